"""The door to files the person hands us (a bounce, a log, a listing): regular files only, bounded in size.

A device, a pipe or a folder is refused; a larger file is read up to the limit and said to be cut.
"""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from core.errors import UsageError

LIMIT = 64 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class FileContent:
    """What was read; `cut` when the file held more than the limit."""

    name: str
    data: bytes
    cut: bool

    def text(self) -> str:
        """The content as text: UTF-8, else the encodings of Japanese Windows and Unix, else escaped bytes."""
        for encoding in ("utf-8-sig", "iso2022_jp", "cp932", "euc_jp"):
            try:
                return self.data.decode(encoding)
            except UnicodeDecodeError:
                continue
        return self.data.decode("utf-8", "backslashreplace")


def read_file(path: str, limit: int = LIMIT) -> FileContent:
    """Read `path` ("-": standard input) up to `limit` bytes. Raises `UsageError` "file.*"."""
    if path == "-":
        data = sys.stdin.buffer.read(limit + 1)
        return FileContent("-", data[:limit], len(data) > limit)
    name = Path(path).name
    if "\0" in path:
        raise UsageError("file.unreadable", name=name, reason="NUL")  # no system has such a name
    try:
        data = _read(path, name, limit + 1)
    except OSError as error:
        raise UsageError("file.unreadable", name=name, reason=error.strerror or type(error).__name__) from error
    return FileContent(name, data[:limit], len(data) > limit)


def _read(path: str, name: str, most: int) -> bytes:
    # O_NONBLOCK: opening a named pipe must not wait for a writer. Absent on Windows, where it is not needed.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)  # before fdopen, which refuses a folder with an error of its own
        raise UsageError("file.not_regular", name=name)
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(most)
