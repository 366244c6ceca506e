"""What every data file owes: a date on which somebody checked it, and codes instead of sentences."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parent.parent / "resources" / "data"
FILES = sorted(DATA.rglob("*.toml"))
# Keys that hold other people's words: recorded replies, greetings and listings, and the names things carry.
QUOTED = {"says", "name", "operator", "part", "note", "source", "line", "lines", "banner", "text", "greeting", "reply"}


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, item in value.items():
            if inner != "example":
                yield from strings(item, inner)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, key)
    elif isinstance(value, str):
        yield key, value


def test_there_are_data_files() -> None:
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_a_data_file_says_when_it_was_checked_and_holds_no_sentence(path: Path) -> None:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    assert isinstance(content.get("checked"), date)
    assert date(2026, 1, 1) <= content["checked"] <= date.today()
    sentences = [
        (key, text)
        for key, text in strings(content)
        if key not in QUOTED and text.count(" ") > 3 and text[-1] in ".!。"
    ]
    assert sentences == []
