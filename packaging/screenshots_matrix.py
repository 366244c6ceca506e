"""Every page in both languages, light, dark and stark, at 100, 150 and 200 %: a folder each, and contact sheets.

    python packaging/screenshots_matrix.py out/screens

The screen is a laptop's of 1366 x 768: what is scaled has less room. Each walk is a process of its own, since Qt reads
the scale once.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

SCREEN = (1366, 700)  # pixels that the system's bars leave
SCALES = {"100": 1.0, "150": 1.5, "200": 2.0}
COLOURS: dict[str, tuple[str, ...]] = {"light": (), "dark": ("--dark",), "stark": ("--stark",)}
_COLUMNS, _WIDTH, _GAP = 6, 640, 8  # of a contact sheet, in pixels
_LIMIT = 600  # seconds for one walk in both languages


def main() -> int:
    """Take them all; returns the first status that is not 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    for scale, factor in SCALES.items():
        for colours, options in COLOURS.items():
            status = _walk(folder / f"{scale}-{colours}", factor, options)
            if status:
                return status
            for sheet in contact_sheets(folder / f"{scale}-{colours}", folder / "sheets"):
                print(f"{scale} % {colours}: {sheet}", flush=True)
    return 0


def contact_sheets(pictures: Path, into: Path) -> list[Path]:
    """All pictures of one walk side by side, a sheet for each language."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    into.mkdir(parents=True, exist_ok=True)
    made = []
    for language in ("ja", "en"):
        images = [QImage(str(path)) for path in sorted(pictures.glob(f"*-{language}.png"))]
        small = [image.scaledToWidth(_WIDTH, Qt.TransformationMode.SmoothTransformation) for image in images]
        if not small:
            continue
        height, rows = max(image.height() for image in small) + _GAP, -(-len(small) // _COLUMNS)
        sheet = QImage(_COLUMNS * (_WIDTH + _GAP), rows * height, QImage.Format.Format_RGB32)
        sheet.fill(QColor("#7a7f87"))
        painter = QPainter(sheet)
        for number, image in enumerate(small):
            painter.drawImage(number % _COLUMNS * (_WIDTH + _GAP), number // _COLUMNS * height, image)
        painter.end()
        made.append(into / f"{pictures.name}-{language}.png")
        sheet.save(str(made[-1]))
    return made


def _walk(folder: Path, factor: float, options: tuple[str, ...]) -> int:
    size = "x".join(str(int(side / factor)) for side in SCREEN)
    script = Path(__file__).with_name("screenshots.py")
    words = [sys.executable, str(script), str(folder), "--scale", str(factor), "--size", size, *options]
    return subprocess.run(words, check=False, timeout=_LIMIT).returncode


if __name__ == "__main__":
    sys.exit(main())
