"""A log in which no mail appears says nothing; it is no good news."""

from __future__ import annotations

from datetime import UTC, datetime

from core.checks.mail_log import judge
from core.checks.mail_log.reader import read_lines
from core.model import Severity

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CONNECT = "Nov 22 01:28:31 mail postfix/smtpd[1]: connect from unknown[192.0.2.1]\n"
SENT = (
    "Nov 22 01:28:31 mail postfix/smtp[1]: 4F1B2C3D4E: to=<a@example.com>, relay=mx.example.com[192.0.2.10]:25,"
    " delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)\n"
)


WAITS = (
    "Nov 22 01:28:31 mail postfix/smtp[1]: 4F1B2C3D4E: to=<a@example.com>, relay=none, delay=30, delays=0/0/30/0,"
    " dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.10]:25: Connection timed out)\n"
)


def told(text: str) -> dict[str, Severity]:
    return {finding.code: finding.severity for finding in judge(read_lines([text.splitlines()], NOW, UTC, "mail.log"))}


def test_connections_alone_are_no_proof_of_health() -> None:
    assert told(CONNECT) == {"mail_log.no_mail": Severity.UNKNOWN}


def test_one_delivery_is_mail() -> None:
    assert told(CONNECT + SENT) == {"mail_log.ordinary": Severity.OK}


def test_mail_that_all_waits_is_no_good_news() -> None:
    assert told(CONNECT + WAITS) == {"mail_log.none_arrived": Severity.UNKNOWN}
    assert told(WAITS + SENT) == {"mail_log.ordinary": Severity.OK}
