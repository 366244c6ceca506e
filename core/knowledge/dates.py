"""How fresh the built-in knowledge is: the `checked` dates of the data files."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache

from core.resources import resources_dir


def data_checked_on() -> date | None:
    """The oldest `checked` date of all data files: everything the app knows is at least this fresh."""
    return min(_dates(), default=None)


def newest_data() -> date | None:
    """The newest of them: today cannot be before it."""
    return max(_dates(), default=None)


@cache
def _dates() -> tuple[date, ...]:
    files = (resources_dir() / "data").rglob("*.toml")
    dates = (tomllib.loads(path.read_text(encoding="utf-8")).get("checked") for path in files)
    return tuple(checked for checked in dates if isinstance(checked, date))
