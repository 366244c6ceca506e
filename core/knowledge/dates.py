"""How fresh the built-in knowledge is: the `checked` dates of the data files."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

from core.resources import resources_dir

_CHECKED = re.compile(r"^checked\s*=\s*(\d{4}-\d\d-\d\d)\s*(?:#|$)", re.MULTILINE)


def data_checked_on() -> date | None:
    """The oldest `checked` date of all data files: everything the app knows is at least this fresh."""
    return min(_dates(), default=None)


def newest_data() -> date | None:
    """The newest of them: today cannot be before it."""
    return max(_dates(), default=None)


@cache
def _dates() -> tuple[date, ...]:
    """Only the lines before the first table are read: all files whole take as long as the rest of a short run."""
    heads = (_head(path) for path in (resources_dir() / "data").rglob("*.toml"))
    found = (_CHECKED.search(head) for head in heads)
    return tuple(date.fromisoformat(each[1]) for each in found if each)


def _head(path: Path) -> str:
    return re.split(r"^\[", path.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
