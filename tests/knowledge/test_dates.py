"""The dates of the data files are read from their heads alone, and no file's date is missed."""

from __future__ import annotations

import tomllib

from core.knowledge.dates import data_checked_on, newest_data
from core.resources import resources_dir


def test_heads_tell_the_same_as_the_whole_files() -> None:
    whole = [
        tomllib.loads(path.read_text(encoding="utf-8")).get("checked")
        for path in (resources_dir() / "data").rglob("*.toml")
    ]
    dates = sorted(each for each in whole if each is not None)
    assert dates
    assert (data_checked_on(), newest_data()) == (dates[0], dates[-1])
