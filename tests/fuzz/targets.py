"""What is fuzzed: each takes any bytes and must neither raise, nor be slow, nor say what cannot be shown.

A target's seeds lie in `corpus/<name>`; an input that once broke it stays there for good.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from core.checks.bounce import CHECK as BOUNCE
from core.checks.bounce import bounce_summary, read_bounce
from core.checks.domain_life import CHECK as DOMAIN
from core.checks.domain_life.facts import Facts as DomainFacts
from core.checks.domain_life.rdap import read_rdap
from core.checks.domain_life.whois_text import read_whois
from core.checks.mail_log import judge as judge_log
from core.checks.mail_log import log_summary, read_text
from core.checks.mail_queue import judge as judge_queue
from core.checks.mail_queue import queue_summary, read_queue
from core.checks.tls_health import CHECK as ENCRYPTION
from core.checks.tls_health.certificate import read_certificate
from core.checks.tls_health.facts import Facts as TlsFacts
from core.checks.tls_health.facts import PortTls
from core.checks.tls_health.measure import parse_policy
from core.clients.http import HttpAnswer
from core.clients.http import _parsed as parsed_answer
from core.clients.remote_frames import FrameParser
from core.clients.server_clock import time_in_text
from core.clients.smtp_reply import ReplyError, ReplyReader
from core.clients.whois import decoded
from core.errors import CheckError, UsageError
from core.masking import Mask
from core.model import Finding
from core.saved_run import report_from_text
from core.saved_run.write import plain

NOW = datetime(2026, 11, 22, 1, 40, tzinfo=UTC)
NONCE = "0123456789abcdef" * 2
_HIDDEN = frozenset(map(chr, (*range(9), *range(14, 32), 0x7F, 0x9B, 0x200B, 0x202E, 0x2028)))
MOST_LINES = 200


def shown_well(findings: tuple[Finding, ...]) -> None:
    """Every finding can be kept as JSON and holds no hidden character in its values and tables."""
    for finding in findings:
        json.dumps(plain(dict(finding.values)))
        cells = [cell for row in finding.table.rows for cell in row] if finding.table else []
        texts = [value for value in finding.values.values() if isinstance(value, str)]
        texts += [word for value in finding.values.values() if isinstance(value, list) for word in map(str, value)]
        hidden = {character for text in texts + cells for character in text} & _HIDDEN
        assert not hidden, (finding.code, hidden)


def queue(data: bytes) -> None:
    """A pasted listing of waiting mail."""
    try:
        facts = read_queue(data.decode("utf-8", "backslashreplace"), NOW)
    except UsageError:
        return
    findings = judge_queue(facts)
    assert findings
    shown_well(findings)
    json.dumps(queue_summary(facts))


def mail_log(data: bytes) -> None:
    """A mail log."""
    try:
        facts = read_text(data.decode("utf-8", "backslashreplace"), NOW)
    except UsageError:
        return
    shown_well(judge_log(facts))
    json.dumps(log_summary(facts))


def bounce(data: bytes) -> None:
    """A returned mail."""
    facts = read_bounce(data)
    findings = BOUNCE.judge(facts)
    assert findings
    shown_well(findings)
    json.dumps(bounce_summary(facts))


def smtp_replies(data: bytes) -> None:
    """What a mail server says, line by line."""
    reader = ReplyReader()
    for line in data.splitlines(keepends=True)[:MOST_LINES]:
        try:
            reply = reader.feed(line)
        except ReplyError:
            return
        if reply is not None:
            assert 200 <= reply.code < 600
            assert reply.positive == (reply.code < 300)
            reader = ReplyReader()


def remote_frames(data: bytes) -> None:
    """What comes over ssh. However it is cut, it must mean the same; without our frame word it means nothing."""
    whole, pieces = FrameParser(NONCE), FrameParser(NONCE)
    whole.feed(data)
    step = 1 + (data[0] % 13 if data else 0)
    for at in range(0, len(data), step):
        pieces.feed(data[at : at + step])
    assert whole.sections() == pieces.sections()
    assert (whole.started, whole.ended) == (pieces.started, pieces.ended)
    if NONCE.encode() not in data:
        assert not whole.started and not whole.sections()


def saved_run(data: bytes) -> None:
    """A saved run from a file that anybody may have written."""
    try:
        report_from_text(data.decode("utf-8", "backslashreplace"))
    except UsageError:
        return


def masking(data: bytes) -> None:
    """The masked export: whatever stands around it, an address does not get through."""
    text = data.decode("utf-8", "replace")
    masked = Mask().text(f"{text} tanaka@example.jp 203.0.113.25 {text}")
    # More digits or dots around it make it another number, and no address.
    assert not re.search(r"tanaka@|(?<![\d.])203\.0\.113\.25(?![\d])", masked)


def registry(data: bytes) -> None:
    """What a registry says, by WHOIS and by RDAP."""
    told = [("whois", read_whois(decoded(data)))]
    with suppress(ValueError):  # no JSON: its reader says so
        told.append(("rdap", read_rdap(HttpAnswer(200, "", data).json())))
    for source, registration in told:
        facts = DomainFacts(NOW, "midori.jp", source, "whois.example", registration, ("ns.midori.jp",), "")  # type: ignore[arg-type]
        findings = DOMAIN.judge(facts)
        assert findings
        shown_well(findings)


def web_answer(data: bytes) -> None:
    """What an HTTPS server sends, its clock, and the policy in it."""
    try:
        answer = parsed_answer(data, "mta-sts.midori.jp")
    except CheckError:
        return
    time_in_text(answer.date)
    policy = parse_policy(answer.body.decode("utf-8", "backslashreplace"))
    facts = TlsFacts(NOW, "midori.jp", True, (), policy)
    shown_well(ENCRYPTION.judge(facts))


def certificate(data: bytes) -> None:
    """A certificate that nobody has verified."""
    read = read_certificate(data)
    door = ("mail.midori.jp", "203.0.113.25", 993, False, "encrypted", "TLSv1.3")
    findings = ENCRYPTION.judge(TlsFacts(NOW, "midori.jp", True, (PortTls(*door, read, 1, 18),)))
    assert findings
    shown_well(findings)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "queue": queue,
    "mail_log": mail_log,
    "bounce": bounce,
    "smtp_replies": smtp_replies,
    "remote_frames": remote_frames,
    "saved_run": saved_run,
    "masking": masking,
    "registry": registry,
    "web_answer": web_answer,
    "certificate": certificate,
}
