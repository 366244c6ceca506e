"""The examples of the data file are its tests; a reader refuses what it does not know."""

from datetime import date

import pytest

from core.knowledge.queue_reasons import Kind, QueueReasonsError, Reasons, classify, list_named, parse, queue_reasons
from core.knowledge.reply_rules import alternatives, rule_files

EXAMPLES = queue_reasons().examples


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.text[:50] for example in EXAMPLES])
def test_examples(example) -> None:  # type: ignore[no-untyped-def]
    assert classify(example.text) == example.kind


def test_every_pattern_reason_has_an_example_or_is_plain() -> None:
    shown = {example.kind.reason for example in EXAMPLES}
    assert {"ip_blocked", "greylisted", "unreachable", "dns_problem", "domain_cannot_receive"} <= shown


def test_an_address_cannot_choose_its_own_reason() -> None:
    assert classify("450 4.2.0 <spamhaus@greylist.example>: something") == Kind("unclear")


def test_the_list_is_named_as_the_server_names_it() -> None:
    assert list_named("Client host [203.0.113.25] blocked using zen.spamhaus.org; see there") == "zen.spamhaus.org"
    assert list_named("Deferred: 450 4.7.1 [203.0.113.25] blocked using bl.examp"[:60].ljust(60, "l")) == ""
    assert list_named("Mailbox full") == ""


def test_unknown_keys_are_refused() -> None:
    good = {"checked": date(2026, 11, 22), "pattern": [], "example": []}
    assert parse(good).patterns == ()
    with pytest.raises(QueueReasonsError):
        parse({**good, "more": 1})
    with pytest.raises(QueueReasonsError):
        parse({**good, "pattern": [{"match": "x", "reason": "unclear", "sentence": "no"}]})
    with pytest.raises(QueueReasonsError):
        parse({**good, "pattern": [{"match": "x"}]})


def test_what_another_server_answered_is_explained_as_in_a_bounce() -> None:
    said = "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your SPF domain"
    assert classify(f"host gmail-smtp-in.l.google.com[192.0.2.26] said: {said}").reason == "rate_limited"
    assert classify(f"Deferred: {said}").reason == "rate_limited"


def test_numbers_in_names_are_no_answers() -> None:
    said = "connect to mx452.example.com[192.0.2.45]:25: Connection timed out"
    assert classify(said) == Kind("unreachable", "timed_out")


def test_the_short_look_loses_no_line_that_a_pattern_fits() -> None:
    """A line is searched only where it holds one of a pattern's literals: none that fits may be passed over."""
    wordings = [wording for file in rule_files() for rule in file.rules for wording in rule.wordings]
    lines = [example.text for example in EXAMPLES] + [wording.example for wording in wordings]
    fits = 0
    for one in queue_reasons().patterns:
        for line in lines:
            if one.search.search(line):
                fits += 1
                assert any(literal in line.lower() for literal in one.literals), (one.search.pattern, line)
    assert fits > len(EXAMPLES)


def test_every_alternative_of_a_pattern_has_a_literal() -> None:
    assert alternatives(r"a(b|c)d|e\|f|[|]g") == ("a(b|c)d", r"e\|f", "[|]g")
    assert all(literal == literal.lower() != "" for one in queue_reasons().patterns for literal in one.literals)
    with pytest.raises(QueueReasonsError):
        parse({"checked": date(2026, 11, 22), "pattern": [{"match": "spam|[0-9]+", "reason": "x"}], "example": []})


def test_what_an_earlier_listing_held_takes_nothing_from_the_next() -> None:
    """The answers explained are counted by listing: a window looks at many."""
    first = Reasons()
    for number in range(500):
        letters = f"{chr(97 + number % 26)}{chr(97 + number // 26)}"
        first.kind(f"host mx.far.example said: 550 5.7.1 no {letters}")
    said = "host gmail-smtp-in.l.google.com[192.0.2.26] said: 421-4.7.28 Gmail has detected an unusual rate of mail"
    assert Reasons().kind(said) == classify(said) == Kind("rate_limited")
