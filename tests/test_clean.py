"""Received text is shown, never obeyed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clean import clean, clean_lines


@pytest.mark.parametrize(
    ("received", "shown"),
    [
        ("220 mail.example.jp ESMTP", "220 mail.example.jp ESMTP"),
        ("株式会社みどり商事　髙橋 ①㈱", "株式会社みどり商事　髙橋 ①㈱"),
        ("pay\u202etxt.exe", "pay⟨U+202E⟩txt.exe"),
        ("\x1b[31mred\x07", "⟨U+001B⟩[31mred⟨U+0007⟩"),
        ("bank\u200b.example", "bank⟨U+200B⟩.example"),
        ("\ue000\udc80\U000f0000", "⟨U+E000⟩⟨U+DC80⟩⟨U+F0000⟩"),
        ("\u0378", "⟨U+0378⟩"),
        ("a\tb", "a b"),
        ("250 ok\r\n221 forged", "250 ok⟨U+000D⟩⟨U+000A⟩221 forged"),
        ("a\u2028b", "a⟨U+2028⟩b"),
        ("か\u3099", "か\u3099"),
        ("a" + "\u0301" * 6, "a" + "\u0301" * 4 + "⟨U+0301⟩⟨U+0301⟩"),
    ],
)
def test_hidden_characters_become_visible(received: str, shown: str) -> None:
    assert clean(received) == shown


def test_kept_characters_stay() -> None:
    assert clean("a\r\nb\tc\x00", keep="\n\t") == "a\nb\tc⟨U+0000⟩"


def test_a_cut_is_seen() -> None:
    assert clean("x" * 2000) == "x" * 2000
    assert clean("x" * 2001) == "x" * 1999 + "…"
    assert clean("\x00" * 10, limit=12) == "⟨U+0000⟩⟨U+…"


def test_lines_are_counted_and_cut() -> None:
    assert clean_lines("a\r\nb\nc\rd\u2028e\n") == (["a", "b", "c", "d⟨U+2028⟩e"], 0)
    assert clean_lines("1\n2\n3", most=2) == (["1", "2"], 1)
    assert clean_lines("") == ([], 0)


@given(st.text(alphabet=st.characters()), st.integers(1, 50))
def test_nothing_hidden_is_left_and_the_limit_holds(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not [character for character in cleaned if unicodedata.category(character) in hidden]
