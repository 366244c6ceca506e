"""What a started, an arrived and a missing message mean. Pure: the time is a value."""

from __future__ import annotations

from datetime import datetime

from core.arrival.header import HeaderFacts, Received, passed
from core.arrival.send import Sent
from core.clean import clean
from core.clients.arrival_ledger import Test
from core.model import Evidence, Finding, Severity, Value

PATIENCE_MINUTES = 15  # most messages arrive within one; a first meeting may be put off for a quarter of an hour
_SHOWN = 6  # stations


def judge_started(sent: Sent) -> Finding:
    """The message is on its way, or was not taken, or is to be written by the person."""
    host = clean(sent.plan.host.name, 255)
    if sent.hosted:
        return Finding("arrival.hosted", Severity.UNKNOWN, {"host": host})
    if sent.test is None:
        code = "arrival.relay_refused" if sent.plan.purpose == "relay" else "arrival.send_refused"
        severity = Severity.OK if _refused_as_stranger(sent) else Severity.UNKNOWN
        code = code if severity is Severity.OK or sent.plan.purpose == "send" else "arrival.not_taken"
        text = clean(f"{sent.reply.code} {sent.reply.text}", 300) if sent.reply else ""
        return Finding(code, severity, {"host": host, "stage": sent.stage, "reply": text}, sent.evidence)
    values: dict[str, Value] = {"token": sent.test.token, "mailbox": sent.test.mailbox, "minutes": PATIENCE_MINUTES}
    if sent.by_hand:
        kind = "arrival.write_send" if sent.test.purpose == "send" else "arrival.write_receive"
        return Finding(kind, Severity.UNKNOWN, values)
    return Finding("arrival.sent", Severity.UNKNOWN, {**values, "host": host}, sent.evidence)


def _refused_as_stranger(sent: Sent) -> bool:
    """Refused for good at the recipient; "come back later" and a closed door say nothing about relaying."""
    reply = sent.reply
    return (
        sent.plan.purpose == "relay"
        and sent.stage == "RCPT"
        and reply is not None
        and (reply.code >= 500 or reply.code == 454)
    )


def judge_confirmed(facts: HeaderFacts, test: Test | None) -> Finding:
    """What a pasted header proves. `test` is the one whose word stands in it (or None: no such test of ours)."""
    evidence = tuple(Evidence("(header)", one.line) for one in facts.received[:_SHOWN])
    if test is None:
        return Finding("arrival.no_token", Severity.UNKNOWN, {}, evidence)
    values: dict[str, Value] = {"token": test.token, "mailbox": test.mailbox, "host": clean(test.host, 255)}
    if test.token not in facts.tokens:
        code = "arrival.returned" if facts.returned else "arrival.no_header"
        return Finding(code, Severity.UNKNOWN, values, evidence)
    if not facts.received:
        return Finding("arrival.no_header", Severity.UNKNOWN, values, evidence)
    values["stations"] = [_station(one) for one in facts.received[:_SHOWN]]
    if test.purpose == "relay":
        return _relay(facts, test, values, evidence)
    code = "arrival.send_works" if test.purpose == "send" else "arrival.receive_works"
    return Finding(code, Severity.OK, values, evidence)


def _relay(facts: HeaderFacts, test: Test, values: dict[str, Value], evidence: tuple[Evidence, ...]) -> Finding:
    if not passed(facts, test.names):
        return Finding("arrival.other_way", Severity.UNKNOWN, values, evidence)
    if test.relation == "outside":
        return Finding("arrival.relay_confirmed", Severity.CRITICAL, values, evidence)
    code = "arrival.relay_inside" if test.relation == "inside" else "arrival.relay_unknown_place"
    return Finding(code, Severity.UNKNOWN, values, evidence)


def _station(one: Received) -> str:
    return clean(f"{one.from_part[:80] or '—'} → {one.by_part[:80] or '—'}", 200)


def judge_missing(test: Test | None, now: datetime) -> Finding:
    """It did not come: too early to say, or what that may mean. Never an all-clear."""
    if test is None:
        return Finding("arrival.no_token", Severity.UNKNOWN)
    minutes = max(0, int((now - test.started_at).total_seconds() // 60))
    values: dict[str, Value] = {
        "token": test.token, "mailbox": test.mailbox, "host": clean(test.host, 255), "minutes": PATIENCE_MINUTES,
        "waited": minutes,
    }  # fmt: skip
    if minutes < PATIENCE_MINUTES:
        return Finding("arrival.wait", Severity.UNKNOWN, values)
    if test.purpose == "relay":
        return Finding("arrival.missing_relay", Severity.UNKNOWN, values)
    code = "arrival.missing_send" if test.purpose == "send" else "arrival.missing_receive"
    return Finding(code, Severity.WARNING, values)
