"""The door to files the person hands us (a bounce, a log, a listing): regular files only, bounded in size.

A device, a pipe or a folder is refused; a larger file is read up to the limit and said to be cut. A picture, a PDF or
an Office file is refused too: read as text it would look like a mail without a refusal in it.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from core.clients.packed import is_packed, is_packed_otherwise, unpacked
from core.errors import UsageError
from core.unpacked import is_old_document, outlook_text, utf16_order

LIMIT = 64 * 1024 * 1024  # bytes
_LOOKED_AT = 1_000_000  # characters
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_OFFICE_PARTS = (b"word/", b"xl/", b"ppt/", b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis.")  # in a .zip
_LINK = b"\x4c\x00\x00\x00\x01\x14\x02\x00"  # a shortcut of Windows (.lnk)
_NAMES_IN = 8192  # bytes of a .zip in which its first members' names stand
_COMMON = re.compile("[\u3040-\u30ff\u3001-\u300f\u4e00-\u9fff]")
_RARE = re.compile("[\uff61-\uff9f\ue000-\uf8ff\u0080-\u00a0]")  # half-width kana, private use, C1 controls

_NO_CHARACTERS = "\uf8f0\uf8f1\uf8f2\uf8f3"  # CP932's names for the bytes A0, FD, FE and FF, which mean nothing


@dataclass(frozen=True)
class FileContent:
    """What was read; `cut` when the file held more than the limit."""

    name: str
    data: bytes
    cut: bool
    packed: bool = False  # `data` stood compressed in the file

    def text(self) -> str:
        """The content as text: what Windows, Unix and mail write in Japan, else UTF-8 with its bad bytes escaped."""
        return decoded(self.data)


def decoded(data: bytes) -> str:
    """Bytes of unknown origin as text: an Outlook item, UTF-16 (PowerShell's `>`), UTF-8, ISO-2022-JP, CP932, EUC-JP.

    Never raises.

    The last two cannot be told by whether they decode: nearly every text of one is some text of the other, of
    half-width kana or rare characters. The more Japanese of the two is taken.
    """
    if (item := outlook_text(data)) is not None:
        return item
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "backslashreplace")
    if data.isascii() and (b"\x1b$" in data or b"\x1b(" in data):
        return data.decode("iso2022_jp_ext", "backslashreplace")
    if order := utf16_order(data):
        return data.decode(order, "backslashreplace")
    for encodings in (("utf-8-sig",), ("cp932", "euc_jp")):
        texts = [text for encoding in encodings if (text := _strictly(data, encoding)) is not None]
        if texts:
            return max(texts, key=_how_japanese) if len(texts) > 1 else texts[0]
    return data.decode("utf-8", "backslashreplace")


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    # Searched one by one: a pattern takes its time over a long text, and nothing else of the program goes on meanwhile.
    return None if encoding == "cp932" and any(each in text for each in _NO_CHARACTERS) else text


def _how_japanese(text: str) -> int:
    """Kana and everyday kanji, less what hardly anybody writes. Of a long text the first part that is not ASCII."""
    strange = re.sub(r"[\x00-\x7f]+", "", text[:_LOOKED_AT])
    return len(_COMMON.findall(strange)) - 3 * len(_RARE.findall(strange))


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
        if Path(path).is_dir():  # Windows says "permission denied"
            raise UsageError("file.folder", name=name) from error
        raise UsageError("file.unreadable", name=name, reason=error.strerror or type(error).__name__) from error
    _refuse_what_is_no_text(name, data)
    if packed := is_packed(data) and len(data) <= limit:
        data = unpacked(name, data, limit + 1)
        _refuse_what_is_no_text(name, data)
    return FileContent(name, data[:limit], len(data) > limit, packed)


def _refuse_what_is_no_text(name: str, data: bytes) -> None:
    """Raises `UsageError` for what no reader of ours understands. Outlook's .msg (OLE) is understood, a .zip may be."""
    if data.startswith(_PICTURES) or _is_newer_picture(data):
        raise UsageError("file.picture", name=name)
    if is_packed_otherwise(data):
        raise UsageError("file.packed", name=name)
    if data.startswith((_LINK, b"[InternetShortcut]")):
        raise UsageError("file.shortcut", name=name)
    office = data.startswith(b"PK\x03\x04") and any(part in data[:_NAMES_IN] for part in _OFFICE_PARTS)
    if office or data.startswith(b"%PDF-") or is_old_document(data):
        raise UsageError("file.document", name=name)


def _is_newer_picture(data: bytes) -> bool:
    """WebP; HEIC and AVIF of phones; BMP, whose two letters alone would be too little."""
    if data[:4] == b"RIFF" or data[4:8] == b"ftyp":
        return data[8:12] in (b"WEBP", b"heic", b"heix", b"mif1", b"avif")
    return data[:2] == b"BM" and data[6:10] == bytes(4) and len(data) > 50


def _read(path: str, name: str, most: int) -> bytes:
    # O_NONBLOCK: opening a named pipe must not wait for a writer. Absent on Windows, where it is not needed.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)  # before fdopen, which refuses a folder with an error of its own
        raise UsageError("file.folder" if stat.S_ISDIR(mode) else "file.not_regular", name=name)
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(most)
