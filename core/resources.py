"""Where the data files are: the same answer from the source tree, an installed wheel and the frozen app."""

from __future__ import annotations

import sys
from pathlib import Path


def resources_dir() -> Path:
    """The folder `resources` (beside `core`; inside the bundle when frozen by PyInstaller)."""
    frozen = getattr(sys, "_MEIPASS", None)
    root = Path(frozen) if frozen else Path(__file__).resolve().parent.parent
    return root / "resources"
