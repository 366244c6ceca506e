"""The door to a log file of any size: plain, .gz, .bz2, .xz or .zip, read as a stream, told apart by its first bytes.

Bounded whatever arrives: unpacked bytes, archive members, and the length of a line. A file that breaks off or is
damaged gives what could be read, and says so.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import stat
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO, cast

from core.clients.packed import members, opened_zip
from core.errors import UsageError
from core.unpacked import utf16_order

MOST_BYTES = 2_000_000_000  # unpacked: some fifteen million lines
MOST_TEXT = 64 * 1024 * 1024  # characters of a log that is kept as one text
_CHUNK = 1 << 17  # lines of this much stay in the processor's cache until they are read
_LONGEST_LINE = 65_536  # what follows in a longer line is dropped
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, OSError, NotImplementedError)


class LogFile:
    """One log file. `chunks()` may be read once; `cut` and `damaged` are known when it has ended."""

    def __init__(self, path: str, most_bytes: int = MOST_BYTES) -> None:
        """Opens nothing yet. "-" is standard input."""
        self._path, self._left = path, most_bytes
        self.name = path if path == "-" else Path(path).name
        self.modified = datetime.now(UTC)
        self.cut = False  # longer than the limit
        self.damaged = False  # the compressed data breaks off or is not sound

    def chunks(self) -> Iterator[list[str]]:
        """The lines without their ends, some thousands at a time. Raises UsageError "file.*" or "log_file.*"."""
        with closing(self._open()) as stream:
            for member in self._members(stream):
                yield from self._lines(member)
                if self.cut:
                    return

    def _open(self) -> IO[bytes]:
        if self._path == "-":
            return io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer))
        if "\0" in self._path:
            raise UsageError("file.unreadable", name=self.name, reason="NUL")  # no system has such a name
        try:
            # O_NONBLOCK: opening a named pipe must not wait for a writer. Absent on Windows, where it is not needed.
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            descriptor = os.open(self._path, flags)
        except OSError as error:
            if Path(self._path).is_dir():  # Windows says "permission denied"
                raise UsageError("file.folder", name=self.name) from error
            reason = error.strerror or type(error).__name__
            raise UsageError("file.unreadable", name=self.name, reason=reason) from error
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise UsageError("file.folder" if stat.S_ISDIR(status.st_mode) else "file.not_regular", name=self.name)
        self.modified = datetime.fromtimestamp(status.st_mtime, UTC)
        return os.fdopen(descriptor, "rb")

    def _members(self, stream: IO[bytes]) -> Iterator[IO[bytes]]:
        try:
            head = cast(io.BufferedReader, stream).peek(6)[:6]
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UsageError("file.unreadable", name=self.name, reason=reason) from error
        if head.startswith(b"PK\x03\x04"):
            yield from self._archived(stream)
        elif head.startswith(b"\x28\xb5\x2f\xfd"):
            raise UsageError("log_file.zstandard", name=self.name)
        else:
            yield _unpacked(stream, head)

    def _archived(self, stream: IO[bytes]) -> Iterator[IO[bytes]]:
        """The files of a .zip, the oldest first."""
        if not stream.seekable():
            raise UsageError("log_file.zip_from_pipe", name=self.name)
        with opened_zip(self.name, stream) as archive:
            for item in members(self.name, archive):
                try:
                    with archive.open(item) as member:
                        buffered = io.BufferedReader(cast(io.RawIOBase, member))
                        yield _unpacked(buffered, buffered.peek(6)[:6])
                except _BROKEN:
                    self.damaged = True

    def _lines(self, stream: IO[bytes]) -> Iterator[list[str]]:
        rest = b""
        for data in _utf8(self._blocks(stream)):
            # No letter of UTF-8 holds the byte of a line's end: cut there, none is broken.
            head, ended, tail = _joined(rest, data).rpartition(b"\n")
            if ended:
                yield _split(head)
            rest = _not_too_long(tail)
        if rest:
            yield _split(rest)

    def _blocks(self, stream: IO[bytes]) -> Iterator[bytes]:
        """Blocks of one size. Read piece by piece: what comes before a broken place is not lost."""
        reads = cast(io.BufferedReader, stream).read1
        ended = False
        while not ended:
            pieces: list[bytes] = []
            size = 0
            while size < _CHUNK and not ended:
                try:
                    piece = reads(_CHUNK - size)
                except _BROKEN:
                    self.damaged, piece = True, b""
                ended = not piece
                pieces.append(piece)
                size += len(piece)
            self._left -= size
            if self._left < 0:
                self.cut = True
                return
            yield b"".join(pieces)


def log_text(path: str, most: int = MOST_TEXT) -> tuple[str, bool, datetime]:
    """A log as one text of at most `most` characters, its end if it is longer (the newest lines tell most).

    Also whether something is missing, and when the file was last written. Raises UsageError as `LogFile.chunks`.
    """
    log = LogFile(path)
    kept: list[str] = []
    size, cut = 0, False
    for lines in log.chunks():
        kept.append("\n".join(lines))
        size += len(kept[-1]) + 1
        while size > most and len(kept) > 1:
            size -= len(kept.pop(0)) + 1
            cut = True
    return "\n".join(kept), cut or log.cut or log.damaged, log.modified


def _unpacked(stream: IO[bytes], head: bytes) -> IO[bytes]:
    if head.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=stream))
    if head.startswith(b"BZh"):
        return cast(IO[bytes], bz2.BZ2File(stream))
    if head.startswith(b"\xfd7zXZ\x00"):
        return cast(IO[bytes], lzma.LZMAFile(stream))
    return stream


def _utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Windows programs write UTF-16, with a mark or without; all else is ASCII or UTF-8, at times with its own mark."""
    first = next(blocks, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        for text in codecs.iterdecode(chain([first], blocks), "utf-16", "backslashreplace"):
            yield text.encode()
        return
    if order := utf16_order(first):
        for text in codecs.iterdecode(chain([first], blocks), order, "backslashreplace"):
            yield text.encode()
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from blocks


def _split(data: bytes) -> list[str]:
    if b"\r" in data:  # a file that went through Windows
        data = data.replace(b"\r\n", b"\n").removesuffix(b"\r")
    return data.decode("utf-8", "backslashreplace").split("\n")


def _joined(rest: bytes, data: bytes) -> bytes:
    """A block behind the line that the one before left open; a line that is too long already grows no more."""
    if len(rest) <= _LONGEST_LINE - 4:
        return rest + data
    end = data.find(b"\n")
    return rest + data[end:] if end >= 0 else rest


def _not_too_long(line: bytes) -> bytes:
    if len(line) <= _LONGEST_LINE:
        return line
    return line[:_LONGEST_LINE].decode("utf-8", "ignore").encode()  # the letter at the cut goes as a whole
