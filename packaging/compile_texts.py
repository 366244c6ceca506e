"""Compile every changed catalogue (`.po`) to the `.mo` the app reads. Run by `make setup`, the tests and the build."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "resources" / "locale"


def compile_changed(locale: Path = LOCALE) -> list[Path]:
    """Write the `.mo` beside each `.po` newer than it; remove a `.mo` whose `.po` is gone. Returns what was written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parent.parent.name, abort_invalid=True)
        with target.open("wb") as stream:
            write_mo(stream, catalogue)
        written.append(target)
    for orphan in locale.glob("*/LC_MESSAGES/*.mo"):
        if not orphan.with_suffix(".po").exists():
            orphan.unlink()
    return written


if __name__ == "__main__":
    for path in compile_changed():
        print(path.name, path.parent.parent.name, file=sys.stderr)
