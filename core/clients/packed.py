"""What a compressed file or a .zip holds, as far as the limit goes: mails and listings are sent packed, too.

Told apart by the first bytes. What breaks off or is damaged gives what could be read.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from typing import IO, cast

from core.errors import UsageError

_MOST_MEMBERS = 200
_PIECE = 1 << 20
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError)
_FOREIGN = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd")  # 7-Zip, RAR, Zstandard


def is_packed(data: bytes) -> bool:
    """Whether `unpacked` opens this."""
    return data.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"PK\x03\x04"))


def is_packed_otherwise(data: bytes) -> bool:
    """Whether it is packed in a way that nobody opens here."""
    return data.startswith(_FOREIGN)


def unpacked(name: str, data: bytes, most: int) -> bytes:
    """At most `most` bytes of what is inside; of a .zip all files, the oldest first.

    Raises UsageError "log_file.encrypted" or "log_file.broken_zip".
    """
    if data.startswith(b"PK\x03\x04"):
        return _archived(name, data, most)
    opener = gzip.open if data.startswith(b"\x1f\x8b") else bz2.open if data.startswith(b"BZh") else lzma.open
    with cast(IO[bytes], opener(io.BytesIO(data), "rb")) as stream:
        return _read(stream, most)


def opened_zip(name: str, stream: IO[bytes]) -> zipfile.ZipFile:
    """The archive. Raises UsageError "log_file.broken_zip"."""
    try:
        return zipfile.ZipFile(stream)
    except _BROKEN as error:
        raise UsageError("log_file.broken_zip", name=name) from error


def members(name: str, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Its files, the oldest first. Raises UsageError "log_file.encrypted"."""
    files = [item for item in archive.infolist() if not item.is_dir()][:_MOST_MEMBERS]
    if any(item.flag_bits & 1 for item in files):
        raise UsageError("log_file.encrypted", name=name)
    return sorted(files, key=lambda each: (each.date_time, each.filename))


def _archived(name: str, data: bytes, most: int) -> bytes:
    with opened_zip(name, io.BytesIO(data)) as archive:
        kept: list[bytes] = []
        for item in members(name, archive):
            left = most - sum(map(len, kept))
            if left <= 0:
                break
            try:
                with archive.open(item) as member:
                    kept.append(_read(member, left))
            except _BROKEN:
                continue  # a damaged member hides no other
    return b"\n".join(kept)[:most]


def _read(stream: IO[bytes], most: int) -> bytes:
    """Piece by piece: what comes before a broken place is not lost."""
    pieces: list[bytes] = []
    left = most
    while left > 0:
        try:
            piece = stream.read(min(_PIECE, left))
        except _BROKEN:
            break
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
