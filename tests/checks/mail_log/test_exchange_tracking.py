"""Exchange's message tracking logs: who sends, what leaves, what fails; never a subject."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

from core.checks.mail_log.judge import judge
from core.checks.mail_log.reader import read_text
from core.knowledge.evidence_kind import kind_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEAD = (
    "#Software: Microsoft Exchange Server\n#Log-type: Message Tracking Log\n"
    "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,connector-id,source,event-id,"
    "internal-message-id,message-id,recipient-address,recipient-status,total-bytes,recipient-count,message-subject,"
    "sender-address,original-client-ip\n"
)
STRANGER = {"client-ip": "203.0.113.77", "sender-address": "x@bad.example"}


def row(at: str, source: str, event: str, number: int, to: str, **more: str) -> str:
    told = {"server-ip": "10.0.0.5", "sender-address": "sato@example.jp", "recipient-count": str(to.count("@")), **more}
    columns = HEAD.splitlines()[2].partition(": ")[2].split(",")
    told |= {"date-time": f"2026-11-22T{at}.123Z", "source": source, "event-id": event, "recipient-address": to}
    told |= {"message-id": f"<{number}@ex01>", "message-subject": '"Secret, plans"'}
    return ",".join(told.get(name, "") for name in columns)


def log(*rows: str) -> str:
    return HEAD + "\n".join(rows) + "\n"


def test_an_ordinary_hour():
    text = log(
        row("08:00:00", "STOREDRIVER", "RECEIVE", 1, "a@far.example"),
        row("08:00:01", "SMTP", "SEND", 1, "a@far.example", **{"server-ip": "198.51.100.25"}),
        row("08:00:02", "SMTP", "RECEIVE", 2, "sato@example.jp", **{**STRANGER, "sender-address": "b@far.example"}),
        row("08:00:03", "STOREDRIVER", "DELIVER", 2, "sato@example.jp"),
        row("08:00:04", "SMTP", "HAREDIRECT", 2, "sato@example.jp"),
    )  # fmt: skip
    assert kind_of(text) == "log"
    facts = read_text(text, NOW)
    assert (facts.product, facts.sent, facts.delivered_outside) == ("exchange", 2, 1)
    assert facts.first == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert [(each.kind, each.name, each.messages) for each in facts.identities] == [("account", "sato@example.jp", 1)]
    assert "Secret" not in json.dumps(asdict(facts), default=str)
    assert not any(finding.severity.value == "critical" for finding in judge(facts))


def test_strangers_passed_on_and_forwarded_mail_that_is_not():
    rows = []
    for number in range(20):
        rows.append(row(f"02:{number:02}:00", "SMTP", "RECEIVE", number, f"v{number}@far.example", **STRANGER))
        rows.append(
            row(
                f"02:{number:02}:01", "SMTP", "SEND", number, f"v{number}@far.example", **{"server-ip": "198.51.100.25"}
            )
        )
    facts = read_text(log(*rows), NOW)
    assert [(each.kind, each.messages) for each in facts.identities] == [("relay", 20)]
    came = row("03:00:00", "SMTP", "RECEIVE", 99, "sato@example.jp", **STRANGER)
    went = row("03:00:01", "SMTP", "SEND", 99, "sato@phone.example", **{"server-ip": "198.51.100.25"})
    forwarded = read_text(log(came, went), NOW)
    assert forwarded.identities == ()
    assert forwarded.forwarded == 1


def test_refusals_and_waiting():
    said = '"550 5.7.1 Service unavailable; client [203.0.113.25] blocked using zen.spamhaus.org"'
    text = log(
        row("08:00:00", "STOREDRIVER", "RECEIVE", 1, "a@far.example"),
        row("08:00:01", "SMTP", "FAIL", 1, "a@far.example", **{"recipient-status": said}),
        row("08:00:02", "SMTP", "DEFER", 1, "a@far.example", **{"recipient-status": "451 4.4.0 DNS query failed"}),
    )
    facts = read_text(text, NOW)
    assert (facts.bounced, facts.deferred) == (1, 1)
    assert {each.reason for each in facts.refusals} == {"ip_blocked", "dns_problem"}


def test_odd_lines_are_left_out():
    assert read_text(log('2026-11-22T08:00:00.1Z,"', row("08:00:00", "SMTP", "RECEIVE", 1, "")), NOW).sent == 0
