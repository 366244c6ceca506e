"""Every page in both languages, light, dark and stark, at 100, 150 and 200 %: a folder each, to be looked at.

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
            print(f"{scale} % {colours}: {folder / f'{scale}-{colours}'}", flush=True)
    return 0


def _walk(folder: Path, factor: float, options: tuple[str, ...]) -> int:
    size = "x".join(str(int(side / factor)) for side in SCREEN)
    script = Path(__file__).with_name("screenshots.py")
    words = [sys.executable, str(script), str(folder), "--scale", str(factor), "--size", size, *options]
    return subprocess.run(words, check=False, timeout=_LIMIT).returncode


if __name__ == "__main__":
    sys.exit(main())
