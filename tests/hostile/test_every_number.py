"""No numbered case of the hostile world is without a test; `cases.toml` says what each number stands for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
HOW_MANY = {"s": 27, "d": 14, "h": 20, "f": 7, "r": 4, "g": 4, "y": 8}


def cases() -> dict[str, str]:
    """Each number and what it stands for."""
    tables = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))
    return {number: words for table in tables.values() for number, words in table.items()}


def test_no_number_is_left_out() -> None:
    wanted = [f"{letter}{number:02}" for letter, last in HOW_MANY.items() for number in range(1, last + 1)]
    assert list(cases()) == wanted
    assert all(cases().values())


def test_every_number_has_a_test() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    tested = set(re.findall(r"def test_([shdfrgy]\d\d)_", sources))
    assert cases().keys() - tested == set(), "cases without a test"
    assert tested - cases().keys() == set(), "tests with a number that no case has"
