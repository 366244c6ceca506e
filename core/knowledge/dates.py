"""How fresh the built-in knowledge is: the `checked` dates of the data files."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache

from core.resources import resources_dir


@cache
def data_checked_on() -> date | None:
    """The oldest `checked` date of all data files: everything the app knows is at least this fresh."""
    dates = []
    for path in (resources_dir() / "data").rglob("*.toml"):
        checked = tomllib.loads(path.read_text(encoding="utf-8")).get("checked")
        if isinstance(checked, date):
            dates.append(checked)
    return min(dates, default=None)
