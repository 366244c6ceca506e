"""Hints on the spot: every term is explained in both languages without leaning on an unexplained one."""

import pytest

from core.knowledge.glossary import Mention, terms, terms_in
from core.texts import LANGUAGES, Language, Texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_its_word_and_its_meaning_in_plain_length(language: Language) -> None:
    texts = Texts(language)
    for term in terms():
        assert texts.text(f"term.{term}.word")
        assert len(texts.text(f"term.{term}.says")) < 130, f"{term}: a hint is read at a glance"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_is_found_under_its_own_word_or_spelling(language: Language) -> None:
    texts = Texts(language)
    lost = [term for term in terms() if not _finds(texts.text(f"term.{term}.word"), language)]
    assert not lost or set(lost) <= {"alignment", "sasl", "tarpit", "mailbox_quota", "bounce"}, lost


def _finds(text: str, language: Language) -> bool:
    return bool(terms_in(text, language))


def test_the_longest_spelling_wins_and_each_term_counts_once() -> None:
    text = "第三者中継とMTA-STS。MTA-STSは中継ではありません。"
    assert [text[m.start : m.end] for m in terms_in(text, "ja")] == ["第三者中継", "MTA-STS", "中継"]


def test_the_go_between_of_an_office_is_no_relay() -> None:
    assert [mention.term for mention in terms_in("ウェブの中継役（プロキシ）", "ja")] == ["proxy"]


@pytest.mark.parametrize(("text", "found"), [("The MX record", ["mx"]), ("AMX, MXToolbox", []), ("an mx", ["mx"])])
def test_latin_words_count_only_whole(text: str, found: list[str]) -> None:
    assert [mention.term for mention in terms_in(text, "en")] == found


def test_a_japanese_letter_beside_a_latin_word_is_no_hindrance() -> None:
    assert terms_in("このMXは", "ja") == (Mention("mx", 2, 4),)


def test_a_long_hostile_text_is_read_in_time() -> None:
    assert [mention.term for mention in terms_in("第三者中" * 100_000 + "MX", "ja")] == ["mx"]


def test_a_katakana_word_is_no_part_of_a_longer_one() -> None:
    assert terms_in("ログインしていない社外", "ja") == ()
    assert [mention.term for mention in terms_in("記録（ログ）を見ます", "ja")] == ["log"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Check whether you can log in to the server.", 0),
        ("He logs in, then logs out.", 0),
        ("Look at the log in the table.", 1),
        ("the server's log in short", 1),
        ("There is no mail log in the usual place.", 1),
        ("Log in first, then read the logs.", 1),
        ("Read the log.", 1),
    ],
)
def test_logging_in_is_no_log(text: str, found: int) -> None:
    assert [mention.term for mention in terms_in(text, "en")] == ["log"] * found


@pytest.mark.parametrize("name", ["postmaster@example.jp", "a@relay.example.jp", "dns.example.jp", "the-relay.example"])
def test_a_term_inside_an_address_or_a_host_name_is_not_marked(name: str) -> None:
    assert terms_in(f"to {name}", "en") == () == terms_in(f"宛先は{name}です", "ja")
    assert [each.term for each in terms_in("The DNS. Next", "en")] == ["dns"]
