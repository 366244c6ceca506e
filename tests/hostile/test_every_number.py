"""No numbered case of the hostile world is without a test. What each number stands for is the letter's own heading."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
LAST = {"s": 27, "d": 14, "h": 20, "f": 7, "r": 4, "g": 4, "y": 8}


def test_every_number_has_a_test() -> None:
    wanted = {f"{letter}{number:02}" for letter, last in LAST.items() for number in range(1, last + 1)}
    sources = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    tested = set(re.findall(r"def test_([shdfrgy]\d\d)_", sources))
    assert wanted - tested == set(), "cases without a test"
    assert tested - wanted == set(), "tests with a number that no case has"
