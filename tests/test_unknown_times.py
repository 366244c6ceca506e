"""A sentence that would tell only times nobody knows is left out; every other one stays as it is."""

from __future__ import annotations

import pytest

from core.report.words import words_for
from core.texts import LANGUAGES, Language, Texts
from core.unknown_times import without_unknown_times

SINCE, UNTIL = "2026-11-22T01:00:00+00:00", "2026-11-22T03:00:00+00:00"
NONE = {"since": None, "until": None, "name": "tanaka"}


@pytest.mark.parametrize(
    ("template", "left"),
    [
        ("疑いがあります。期間：{since:datetime}〜{until:datetime}。", "疑いがあります。"),
        ("期間：{since:datetime}〜{until:datetime}。記録の原文：{name}", "記録の原文：{name}"),
        ("It may be spam. From {since:datetime} to {until:datetime}.", "It may be spam."),
        ("It may be spam. From {since:datetime} to {until:datetime}. Log: {name}", "It may be spam. Log: {name}"),
        ("{name} から（{since:datetime}）。", "{name} から（{since:datetime}）。"),
        ("{name} since {since:datetime}.", "{name} since {since:datetime}."),
        ("{since:datetime}に見ました。", "{since:datetime}に見ました。"),  # nothing else would be left
    ],
)
def test_only_sentences_of_unknown_times_are_left_out(template: str, left: str) -> None:
    assert without_unknown_times(template, NONE) == left
    for known in ({**NONE, "since": SINCE, "until": UNTIL}, {"name": "tanaka"}):
        assert without_unknown_times(template, known) == template


def test_one_known_time_keeps_the_sentence() -> None:
    template = "跡があります。期間：{since:datetime}〜{until:datetime}。"
    assert without_unknown_times(template, {**NONE, "until": UNTIL}) == template


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_of_a_log_without_times_shows_no_empty_period(language: Language) -> None:
    values = {"count": 420, "clients": 2, "addresses": ["192.0.2.17"], "domains": 211, **NONE}
    words = words_for(Texts(language), "mail_log.strangers_relayed", values)
    assert words.meaning and "—" not in words.meaning
    told = words_for(Texts(language), "mail_log.strangers_relayed", {**values, "since": SINCE, "until": UNTIL})
    assert "2026" in told.meaning
