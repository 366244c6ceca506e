"""Every wording of the data files explains its own example, and the files are read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.knowledge.replies import REASONS, explain_reply, provider_of
from core.knowledge.reply_rules import (
    RuleFile,
    RuleFileError,
    expand_codes,
    read_rule_file,
    required_literal,
    rule_files,
)
from core.texts import LANGUAGES, Texts

CASES = [
    (file, rule.reason, example, wording)
    for file in rule_files()
    for rule in file.rules
    for wording, example in ([(w, w.example) for w in rule.wordings] or [(None, rule.example)])
]


@pytest.mark.parametrize(("file", "reason", "example", "wording"), CASES)
def test_an_example_is_explained_as_its_rule_says(file: RuleFile, reason: str, example: str, wording: object) -> None:
    found = explain_reply(example)
    if wording is not None:
        assert wording.search(found.reply.words), "the example does not show the wording it stands beside"
        assert wording.literal in found.reply.words
    if found.word != reason and file.hosts:
        found = explain_reply(example, host=f"mx.{file.hosts[0]}")
    assert found.word == reason


@pytest.mark.parametrize(
    ("line", "host", "word"),
    [
        ("550 5.7.27 no", "gmail-smtp-in.l.google.com", "sender_auth_failed"),
        ("550 5.7.27 no", "mx.example.jp", "sender_refused"),
        ("550 5.7.29 no", "gmail-smtp-in.l.google.com", "tls_failed"),
        ("550 5.1.10 no", "example-com.mail.protection.outlook.com", "user_unknown"),
        ("550 5.1.10 no", "mx.example.jp", "domain_cannot_receive"),
        ("550 5.4.1 no", "example-com.mail.protection.outlook.com", "user_unknown"),
        ("550 5.4.1 no", "mx.example.jp", "unreachable"),
    ],
)
def test_a_provider_is_asked_before_the_registry(line: str, host: str, word: str) -> None:
    assert explain_reply(line, host=host).word == word


@pytest.mark.parametrize("line", ["550 5.0.0 nope", "554 Transaction failed", "550", "", "x" * 10000])
def test_what_says_nothing_stays_unclear(line: str) -> None:
    assert explain_reply(line).word == "unclear"


def test_a_multi_line_reply_reads_as_one() -> None:
    line = "550-5.1.1 The email account that you tried to reach does\n550-5.1.1 not exist. Please try gsmtp"
    assert explain_reply(line).word == "user_unknown"


def test_permanence_follows_the_code() -> None:
    assert explain_reply("552 5.2.2 mailbox full").permanent
    assert not explain_reply("452 4.2.2 mailbox full").permanent
    assert not explain_reply("connect to mx.example.jp[192.0.2.1]:25: Connection timed out").permanent


def test_a_look_alike_host_is_no_provider() -> None:
    assert provider_of("mx.notgoogle.com") is None
    assert provider_of("mx.google.com.example.net") is None
    assert provider_of("aspmx.l.google.com") == "gmail"


def test_unknown_keys_and_words_are_refused(tmp_path: Path) -> None:
    head = 'provider = "x"\nkind = "words"\nchecked = 2026-11-22\n[[rule]]\n'
    for body in (
        'reason = "user_unknwon"\nsays = [["a", "b"]]',
        'reason = "unclear"\nsay = [["a", "b"]]',
        'reason = "unclear"',
    ):
        path = tmp_path / "x.toml"
        path.write_text(head + body)
        with pytest.raises(RuleFileError):
            read_rule_file(path)


def test_codes_expand() -> None:
    assert expand_codes("x.1.1") == ["4.1.1", "5.1.1"]
    assert expand_codes("5.7.606-608") == ["5.7.606", "5.7.607", "5.7.608"]


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        ("user unknown", "user unknown"),
        ("a|b", ""),
        ("(?:x|y) full mailbox?", " full mailbo"),
        (r"spamcop\.net", "spamcop.net"),
    ],
)
def test_the_literal_is_in_every_match(pattern: str, literal: str) -> None:
    assert required_literal(pattern) == literal


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_provider_and_playbook_has_words(language: str) -> None:
    texts = Texts(language)
    rules = [rule for file in rule_files() for rule in file.rules]
    wanted = {f"reason.{word}" for word in REASONS}
    wanted |= {f"provider.{file.provider}" for file in rule_files() if file.kind == "provider"}
    wanted |= {f"playbook.{rule.playbook}.{part}" for rule in rules if rule.playbook for part in ("title", "step.1")}
    assert not sorted(key for key in wanted if not texts.has(key))


def test_links_are_https_and_every_playbook_of_a_provider_has_one() -> None:
    rules = [rule for file in rule_files() for rule in file.rules if rule.playbook]
    assert all(rule.link and rule.link.startswith("https://") for rule in rules)
