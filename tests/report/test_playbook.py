"""A provider's playbook reaches every form: terminal, JSON, PDF's appendix; each has its words."""

from __future__ import annotations

import pytest

from core.checks.bounce import CHECK, bounce_summary, read_bounce
from core.knowledge.reply_rules import playbook_links
from core.report.json_file import finding_to_json
from core.report.playbook import playbook_of, refusal_lines, with_playbooks
from core.report.text_file import findings_text
from core.texts import LANGUAGES, Language, Texts

BLOCKED = (
    "550 5.7.1 Unfortunately, messages from [203.0.113.25] weren't sent. Please contact your Internet service provider "
    "since part of their network is on our block list (S3150)."
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_playbook_of_the_data_has_a_title_and_steps(language: Language) -> None:
    texts = Texts(language)
    named = set(playbook_links())
    worded = {key.split(".")[1] for key in list(texts.keys()) if key.startswith("playbook.")}
    assert named == worded
    for code in named:
        found = playbook_of({"playbook": code, "said": "550 no", "sending_address": "203.0.113.25"}, texts)
        assert found and found.title and found.steps
        assert "{" not in found.letter


def test_the_terminal_shows_steps_link_and_letter() -> None:
    finding = CHECK.judge(read_bounce(BLOCKED))[0]
    text = findings_text([finding], Texts("ja"))
    found = playbook_of(finding.values, Texts("ja"))
    assert found and found.title in text and found.link in text
    assert "203.0.113.25" in found.letter and "S3150" in found.letter
    assert all(line in text for line in found.letter.splitlines())


def test_json_has_the_words_beside_the_code() -> None:
    facts = read_bounce(BLOCKED)
    item = finding_to_json(CHECK.judge(facts)[0], Texts("en"))
    one = with_playbooks(bounce_summary(facts), Texts("en"))["recipients"][0]
    for place in (item, one):
        assert place["playbook_title"] and place["playbook_steps"]
        assert place["playbook_link"].startswith("https://") and "203.0.113.25" in place["playbook_letter"]
    assert one["playbook"] == item["values"]["playbook"] == "microsoft_block_list"


def test_an_unknown_playbook_shows_nothing() -> None:
    assert playbook_of({"playbook": "of_another_version"}, Texts("en")) is None


def test_an_unnamed_recipient_gets_no_line() -> None:
    values = CHECK.judge(read_bounce("550 5.1.1 User unknown"))[0].values
    assert not any(line.startswith("To:") for line in refusal_lines(values, Texts("en")))
    values = CHECK.judge(read_bounce("550 5.1.1 <taro@example.jp>: User unknown"))[0].values
    assert "To: taro@example.jp" in refusal_lines(values, Texts("en"))


EVIL = "https://support.google.com.evil.example/delist?pay"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_quotes_no_page_and_calls_no_address_ours_on_the_word_of_a_mail(language: Language) -> None:
    texts = Texts(language)
    said = f"{BLOCKED} See {EVIL} or www.evil.example. https://sendersupport.olc.protection.outlook.com/snds/ tells why"
    found = playbook_of(CHECK.judge(read_bounce(said))[0].values, texts)
    assert found and "evil" not in found.letter and "evil" not in " ".join(found.steps)
    assert texts.text("refusal.page_left_out") in found.letter
    assert "https://sendersupport.olc.protection.outlook.com/snds/" in found.letter, "a provider's own page is quoted"
    assert found.letter.startswith(texts.text("letters.line.doubtful", addresses=["203.0.113.25"]))


def test_without_an_address_in_it_a_letter_needs_no_note() -> None:
    texts = Texts("en")
    found = playbook_of({"playbook": "microsoft_block_list", "said": "550 5.7.1 S3150"}, texts)
    assert found and found.letter and "make sure that" not in found.letter
