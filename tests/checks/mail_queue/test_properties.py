"""Any text becomes facts or a UsageError, and 100,000 messages are no strain."""

import json
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.checks.mail_queue import judge, queue_summary, read_queue
from core.errors import UsageError

READ_AT = datetime(2026, 11, 22, 1, 40, tzinfo=UTC)
_HEADS = [
    line[:160]
    for path in sorted((Path(__file__).parent / "samples").glob("*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()[:14]
]
_LINES = st.one_of(
    st.sampled_from(_HEADS), st.text(max_size=80), st.from_regex(r"[0-9A-F]{8}[*!]? +[0-9]{1,30} .{0,40}")
)


@st.composite
def listings(draw: st.DrawFn) -> str:
    lines = draw(st.lists(_LINES, max_size=20))
    text = "\n".join(lines)
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.text(max_size=12)) + text[at + draw(st.integers(0, 9)) :]


def _holds(text: str, read_at: datetime) -> None:
    try:
        facts = read_queue(text, read_at)
    except UsageError:
        return
    states = facts.active + facts.deferred + facts.hold + facts.frozen + facts.incoming
    assert facts.total is None or facts.total >= states
    assert facts.total is not None or facts.refused
    assert facts.oldest_age is None or facts.oldest_age >= 0
    json.dumps(queue_summary(facts))
    json.dumps([dict(finding.values) for finding in judge(facts)])
    assert judge(facts)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(listings(), st.datetimes(min_value=datetime(1, 1, 1), timezones=st.just(UTC)))
def test_any_text_becomes_facts_or_a_usage_error(text: str, read_at: datetime) -> None:
    _holds(text, read_at)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["queue_name", "arrival_time", "message_size", "sender", "recipients", "queue_id"]),
)
def test_a_queue_object_may_hold_anything(value: object, key: str) -> None:
    row = {"queue_name": "deferred", "queue_id": "A1", "arrival_time": 1795311060, "recipients": [{"address": "a@b"}]}
    _holds(json.dumps({**row, key: value}), READ_AT)


def test_numbers_too_long_to_convert() -> None:
    _holds('{"queue_name": "deferred", "queue_id": "A1", "arrival_time": ' + "9" * 5000 + "}\n", READ_AT)
    _holds("[" * 100_000 + '\n{"queue_name": ' + "[" * 100_000, READ_AT)
    _holds(f"ABCDEF0123 {'9' * 5000} Sun Nov 22 01:31:00  a@example.jp\nMail queue is empty", READ_AT)


def test_a_hundred_thousand_messages_in_seconds_and_little_memory() -> None:
    row = (
        '{{"queue_name": "deferred", "queue_id": "4{0:09X}", "arrival_time": {1}, "message_size": 379, '
        '"sender": "user{0}@example.org", "recipients": [{{"address": "dest{0}@d{2}.example", '
        '"delay_reason": "connect to mx{2}.example[192.0.2.10]:25: Connection timed out"}}]}}\n'
    )
    text = "".join(row.format(number, 1795311060 - number, number % 5000) for number in range(100_000))
    started = time.process_time()
    facts = read_queue(text, READ_AT)
    assert time.process_time() - started < 15
    assert (facts.total, facts.distinct_domains, facts.timed_out) == (100_000, 5000, 100_000)
    part = text[: len(text) // 10]
    tracemalloc.start()
    read_queue(part, READ_AT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000  # for 10,000 messages
