"""Makes every icon of the program from one drawing, resources/icons/mail-first-aid.svg. Run after changing it.

    python packaging/icons.py

PNG for Linux (freedesktop icon theme sizes), ICO for Windows and ICNS for macOS, both of which hold PNG pictures.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DRAWING = ROOT / "resources" / "icons" / "mail-first-aid.svg"
WINDOW_ICON = DRAWING.with_suffix(".png")
ICO = ROOT / "packaging" / "windows" / "mail-first-aid.ico"
ICNS = ROOT / "packaging" / "mac" / "mail-first-aid.icns"
LINUX = ROOT / "packaging" / "linux" / "icons"

WINDOW_SIZE = 512
LINUX_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)
# Apple's types of PNG pictures: 16 to 1024 pixels, and the same sizes for screens with twice the points.
ICNS_TYPES = {
    b"icp4": 16, b"ic11": 32, b"icp5": 32, b"ic12": 64, b"ic07": 128, b"ic13": 256, b"ic08": 256, b"ic14": 512,
    b"ic09": 512, b"ic10": 1024,
}  # fmt: skip


def draw(size: int) -> bytes:
    """The drawing as a PNG of `size` by `size` pixels."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(0)
    painter = QPainter(picture)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(content.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """A Windows icon: a directory of 16 bytes a picture, then the pictures. 256 is written as 0."""
    offset = 6 + 16 * len(pictures)
    head, body = struct.pack("<HHH", 0, 1, len(pictures)), b""
    for size, content in sorted(pictures.items()):
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(content), offset + len(body))
        body += content
    return head + body


def icns(pictures: dict[int, bytes]) -> bytes:
    """A Mac icon: "icns", the length of all, then type, length and picture of each."""
    body = b"".join(
        kind + struct.pack(">I", 8 + len(pictures[size])) + pictures[size] for kind, size in ICNS_TYPES.items()
    )
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def write_all() -> list[Path]:
    """Draw each size once and write every file; returns them."""
    sizes = {WINDOW_SIZE, *LINUX_SIZES, *ICO_SIZES, *ICNS_TYPES.values()}
    pictures = {size: draw(size) for size in sizes}
    files = {LINUX / f"{size}x{size}.png": pictures[size] for size in LINUX_SIZES}
    files[WINDOW_ICON] = pictures[WINDOW_SIZE]
    files[ICO] = ico({size: pictures[size] for size in ICO_SIZES})
    files[ICNS] = icns(pictures)
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(files)


def missing() -> list[Path]:
    """Files that should be there and are not."""
    wanted = [LINUX / f"{size}x{size}.png" for size in LINUX_SIZES] + [WINDOW_ICON, ICO, ICNS]
    return [path for path in wanted if not path.is_file()]


def main() -> int:
    """Write or check."""
    if sys.argv[1:] == ["--check"]:
        for path in missing():
            print(f"missing: {path.relative_to(ROOT)}", file=sys.stderr)
        return int(bool(missing()))
    for path in write_all():
        print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
