"""The scripts of packaging/ are no package (the name belongs to a library of PyPI): they are found by their folders."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
for folder in ("packaging", "packaging/windows", "packaging/mac", "packaging/linux"):
    sys.path.append(str(ROOT / folder))
