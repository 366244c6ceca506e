"""A provider whose rules are known refuses all our mail "by local policy": that is about us, not about one letter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.checks.mail_log import judge
from core.checks.mail_log.reader import read_lines

LINE = (
    "Nov 22 09:0{n}:00 mail postfix/smtp[9]: 4F3A2{n}: to=<guest{n}@{domain}>, relay={host}[198.51.100.40]:25, "
    "delay=1, delays=0/0/0/1, dsn=5.7.1, status=bounced (host {host}[198.51.100.40] said: 550 5.7.1 {said} "
    "(in reply to RCPT TO command))"
)


def codes(domain: str, host: str, said: str, count: int) -> list[str]:
    lines = [LINE.format(n=number, domain=domain, host=host, said=said) for number in range(count)]
    facts = read_lines([lines], datetime(2026, 11, 22, 12, tzinfo=UTC), UTC, "mail.log")
    return [finding.code for finding in judge(facts)]


@pytest.mark.parametrize(
    ("domain", "host", "count", "told"),
    [
        ("icloud.com", "mx01.mail.icloud.com", 4, True),
        ("icloud.com", "mx01.mail.icloud.com", 2, False),  # one or two may be about the letter
        ("customer1.example", "mx.customer1.example", 4, False),
    ],
)
def test_local_policy_of_a_known_provider(domain: str, host: str, count: int, told: bool) -> None:
    said = "[CS01] Message rejected due to local policy." if told or "icloud" in host else "Refused by local rule."
    assert ("mail_log.refused_reputation" in codes(domain, host, said, count)) is told
