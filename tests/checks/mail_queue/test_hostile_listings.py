"""Listings a hostile sender or server has shaped: a line is dropped and counted, never believed. H17, H18, H20."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from core.checks.mail_queue import judge, read_queue
from core.checks.mail_queue.reader import read_lines
from core.clean import clean

READ_AT = datetime(2026, 11, 22, 1, 40, tzinfo=UTC)
GOOD = (
    '{"queue_name": "deferred", "queue_id": "A1", "arrival_time": 1795311060, "message_size": 9, '
    '"forced_expire": false, "sender": "a@example.jp", "recipients": [{"address": "b@example.com", '
    '"delay_reason": "timed out"}]}\n'
)
BAD_LINES = {
    "truncated": GOOD[:60] + "\n",
    "not a number": GOOD.replace("1795311060", "NaN"),
    "infinite": GOOD.replace("1795311060", "-Infinity"),
    "the same key twice": GOOD.replace('"queue_id"', '"queue_id": "B2", "queue_id"'),
    "200,000 deep": '{"queue_name": "deferred", "queue_id": ' + "[" * 200_000 + "\n",
    "10,000 digits": GOOD.replace("1795311060", "9" * 10_000),
    "a list": '["queue_name"]\n',
}


@pytest.mark.parametrize("bad", BAD_LINES.values(), ids=BAD_LINES)
def test_h17_a_line_that_is_no_message_is_dropped_and_counted(bad: str) -> None:
    facts = read_queue(GOOD + bad + GOOD.replace("A1", "C3"), READ_AT)
    assert (facts.total, facts.unparsed) == (2, 1)
    assert {named.name: named.count for named in facts.senders} == {"a@example.jp": 2}


def test_h17_quotation_marks_in_a_reason_do_not_look_like_a_second_key() -> None:
    reason = 'said: {\\"queue_id\\": \\"B2\\"}'
    facts = read_queue(GOOD.replace("timed out", reason), READ_AT)
    assert (facts.total, facts.unparsed) == (1, 0)


REASONS = {
    "a bracket and quotes": 'host said: 550 "no) (way" \\ end)',
    "100 KB": "said: 450 " + "x" * 100_000,
    "look-alike newlines": "said: 450 one\u2028two\u2029three\u0085four\x0bfive\x0csix",
    "a listing in a listing": "said: 450 -Queue ID-  --Size-- Mail queue is empty",
    "signs that turn the text round": "said: 450 \u202egnp.exe \u200b\x1b[2J",
}


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS)
@pytest.mark.parametrize("listing", ["json", "people"])
def test_h18_a_reason_stays_one_row_and_is_cut(reason: str, listing: str) -> None:
    if listing == "json":
        text = GOOD.replace('"timed out"', json.dumps(reason)) + GOOD.replace("A1", "C3")
    else:
        row = "{0}       373 Sun Nov 22 01:31:00  a@example.jp\n({1})\n            b@example.com\n\n"
        head = "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n"
        text = head + row.format("7F4174269", reason) + row.format("7F4174270", "timed out")
        text += "-- 0 Kbytes in 2 Requests.\n"
    facts = read_queue(text, READ_AT)
    assert facts.total == 2
    assert all(len(each.example) <= 2000 for each in facts.reasons)
    first = judge(facts)[0]
    assert first.table is not None
    for cell in (cell for row in first.table.rows for cell in row):
        assert cell == clean(cell, 2000)
        assert len(cell) <= 2000 and not set(cell) & set("\u2028\u2029\u0085\x0b\x0c\x1b\u202e\u200b")


DOWN = "postqueue: warning: Mail system is down -- accessing queue directly\n"


@pytest.mark.parametrize(
    "text", [DOWN, DOWN + GOOD, "postqueue: fatal: Queue report unavailable - mail system is down\n"]
)
def test_h20_a_stopped_mail_system_stands_first(text: str) -> None:
    findings = judge(read_queue(text, READ_AT))
    assert findings[0].code == "mail_queue.system_down"
    assert findings[0].severity.value == "critical"


def test_a_server_that_never_says_the_same_twice_is_read_in_part() -> None:
    """Every reason is another one and tells what it is only late: so many are read whole, of the rest the beginning."""
    many, more = 4000, 50
    reasons = [f"{number} {'.' * 400} greylisted" for number in range(many + more)]
    lines = [
        json.dumps({
            "queue_name": "deferred", "queue_id": f"{number:X}", "arrival_time": 1, "message_size": 1,
            "sender": "a@b.example", "recipients": [{"address": "c@d.example", "delay_reason": reason}],
        })
        for number, reason in enumerate(reasons)
    ]  # fmt: skip
    facts = read_lines(lines, datetime(2026, 11, 22, tzinfo=UTC))
    assert facts.total == many + more
    assert {each.reason: each.count for each in facts.reasons} == {"greylisted": many, "unclear": more}
