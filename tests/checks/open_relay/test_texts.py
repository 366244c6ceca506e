"""Every code of the two SMTP checks has its words in both languages, with declared values only."""

from __future__ import annotations

import string
from collections.abc import Mapping

import pytest

from core.checks import open_relay, smtp_banner
from core.texts import LANGUAGES, Language, Texts

CODES: Mapping[str, tuple[str, ...]] = {**open_relay.CHECK.codes, **smtp_banner.CHECK.codes}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(CODES))
def test_words_of_a_code(code: str, language: Language) -> None:
    texts = Texts(language)
    keys = [key for key in texts.keys() if key.startswith(f"{code}.")]  # noqa: SIM118
    assert {f"{code}.title", f"{code}.meaning"} <= set(keys)
    for key in keys:
        for count in (1, 2):
            used = {name for _, name, _, _ in string.Formatter().parse(texts.template(key, count)) if name}
            assert used <= set(CODES[code]), key


def test_both_languages_have_the_same_keys() -> None:
    japanese, english = ({key for key in Texts(language).keys()} for language in LANGUAGES)  # noqa: SIM118, C416
    prefixes = ("smtp_banner.", "open_relay.", "problem.smtp.", "relay_reason.", "version_source.")
    assert {k for k in japanese if k.startswith(prefixes)} == {k for k in english if k.startswith(prefixes)}
