"""The company's logo: PNG or JPEG, small, checked before the engine sees it.

SVG is refused: it can name other files, and draw anything over the page. The size in pixels is read from the file's
head (PNG, ISO/IEC 15948; JPEG, ITU-T T.81), because a picture of a few kilobytes can unpack to gigabytes.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path

from core.errors import UsageError

LARGEST = 150_000  # bytes: the whole report is to stay below 500 KB
MOST_PIXELS = 2000  # a side
_PNG = b"\x89PNG\r\n\x1a\n"
# Start of frame, without the tables that share its range: DHT (C4), JPG (C8), DAC (CC).
_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]")


@dataclass(frozen=True)
class Logo:
    """A picture that was checked."""

    data: bytes
    format: str  # "png" or "jpg", as typst names them


def read_logo(path: Path) -> Logo:
    """The logo in a file. Raises `UsageError` "logo.unreadable", "logo.too_large", "logo.unknown_kind"."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as refused:
        raise UsageError("logo.unreadable", name=path.name, reason=refused.strerror or "") from refused
    return checked_logo(data, path.name)


def checked_logo(data: bytes, name: str = "") -> Logo:
    """The same from its bytes. Raises `UsageError` "logo.too_large", "logo.unknown_kind"."""
    size = _png_size(data) or _jpeg_size(data)
    if size is None:
        raise UsageError("logo.unknown_kind", name=name)
    if len(data) > LARGEST or not all(0 < side <= MOST_PIXELS for side in size):
        raise UsageError("logo.too_large", name=name, bytes=LARGEST, pixels=MOST_PIXELS)
    return Logo(data, "png" if data.startswith(_PNG) else "jpg")


def _png_size(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(_PNG) or data[12:16] != b"IHDR" or len(data) < 33:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """From the frame header, found by walking from segment to segment."""
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        if _FRAME.match(data, at):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None
