"""The data of log troubles: its examples are its tests, and what is malformed is refused."""

from __future__ import annotations

import pytest

from core.knowledge.log_troubles import TROUBLES, LogTroublesError, log_troubles, parse, trouble_of


@pytest.mark.parametrize(("text", "word"), log_troubles().examples)
def test_each_example_is_sorted_as_it_says(text, word):
    assert trouble_of(text) == (word or None)


def test_every_kind_but_the_bare_ones_has_an_example():
    assert {word for _, word in log_troubles().examples} >= set(TROUBLES)


@pytest.mark.parametrize(
    "change", [{"more": 1}, {"trouble": [{"word": "tls"}]}, {"trouble": [{"word": "x", "any": ["a"]}]},
               {"trouble": [{"word": "tls", "any": ["Upper"]}]}, {"example": [{"text": "a"}]}],
)  # fmt: skip
def test_unknown_or_missing_keys_are_refused(change):
    good = {"checked": log_troubles().checked, "trouble": [], "example": []}
    parse(good)
    with pytest.raises(LogTroublesError):
        parse({**good, **change})
