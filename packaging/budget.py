"""Holds the program to its size: fails with the largest files named."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")
_NAMED = 15  # files in the complaint


def limits(file: Path = FILE) -> Mapping[str, Mapping[str, float]]:
    """Millions of bytes by what is measured ("frozen", "download") and system ("linux", "windows", "darwin")."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; a link counts nothing."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.stat().st_size for each in files if each.is_file() and not each.is_symlink())


def largest(folder: Path, count: int = _NAMED) -> list[tuple[int, Path]]:
    """The largest files of a folder, largest first, with their bytes."""
    files = [each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()]
    return sorted(((each.stat().st_size, each.relative_to(folder)) for each in files), reverse=True)[:count]


def hold(
    kind: str, system: str, measured: Path, frozen: Path, table: Mapping[str, Mapping[str, float]] | None = None
) -> str:
    """One line with the size and its limit. Over it: SystemExit, naming the largest files of `frozen`."""
    limit = (limits() if table is None else table)[kind][system]
    size = size_of(measured) / 1e6
    line = f"{measured.name}: {size:.1f} MB of {limit} MB allowed ({kind}, {system})"
    if size <= limit:
        return line
    named = "\n".join(f"  {count / 1e6:7.1f} MB  {path}" for count, path in largest(frozen))
    raise SystemExit(f"too large: {line}\nThe largest files:\n{named}")
