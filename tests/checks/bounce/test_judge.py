"""Findings say only what their texts can fill, and who must act decides how bad it is."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from core.checks.bounce import CHECK, read_bounce
from core.model import Severity
from core.texts import LANGUAGES, Texts

LINES = {
    "554 5.7.1 Client host [203.0.113.25] blocked using zen.spamhaus.org": ("bounce.ip_blocked", Severity.CRITICAL),
    "550 5.1.1 User unknown": ("bounce.user_unknown", Severity.WARNING),
    "450 4.7.1 Greylisted": ("bounce.greylisted", Severity.WARNING),
    "550 5.0.0 nope": ("bounce.unclear", Severity.WARNING),
    "good morning": ("bounce.ordinary", Severity.UNKNOWN),
}


@pytest.mark.parametrize("line", LINES)
def test_code_severity_and_words(line: str) -> None:
    facts = read_bounce(line)
    (finding,) = CHECK.judge(facts)
    assert (finding.code, finding.severity) == LINES[line]
    assert set(finding.values) == set(CHECK.codes[finding.code])
    json.dumps([dict(finding.values), asdict(facts)])
    for language in LANGUAGES:
        texts = Texts(language)
        assert texts.text(f"{finding.code}.title", finding.values)
        assert texts.text(f"{finding.code}.meaning", finding.values)
        assert texts.steps(finding.code, finding.values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: str) -> None:
    texts = Texts(language)
    assert not [code for code in CHECK.codes if not texts.has(f"{code}.title") or not texts.has(f"{code}.step.1")]
