"""A thief of whom the log tells little: logins alone, few networks; and the certificate that programs say has ended."""

from __future__ import annotations

import pytest

from core.checks.mail_log.judge import judge

QUEUED = "mx postfix/qmgr[1]: {key}: from=<info@example.jp>, size=1, nrcpt=1 (queue active)"


def logins(count: int, addresses: int, *, queued: bool, domain: str = "203.0.113") -> list[str]:
    rows = []
    for n in range(count):
        stamp, key = f"Nov 22 10:{n // 2 % 60:02d}:{n % 60:02d}", f"5D{n:05X}"
        client = f"client=x[{domain}.{1 + n % addresses}], sasl_method=PLAIN, sasl_username=info@example.jp"
        rows.append(f"{stamp} mx postfix/smtpd[9]: {key}: {client}")
        if queued:
            rows.append(f"{stamp} {QUEUED.format(key=key)}")
    return rows


@pytest.mark.parametrize("queued", [True, False], ids=["queued", "logins alone"])
@pytest.mark.parametrize(
    ("count", "addresses", "domain", "suspected"),
    [
        (100, 12, "203.0.113", True),
        (100, 4, "203.0.113", False),  # a mailing from the office and two telephones
        (100, 12, "192.168.1", False),  # the desks of the office share an account
        (30, 12, "203.0.113", False),  # little mail
    ],
)
def test_one_account_from_many_addresses(
    read, count: int, addresses: int, domain: str, suspected: bool, queued: bool
) -> None:
    facts = read(logins(count, addresses, queued=queued, domain=domain))
    assert facts.identities[0].messages == count
    codes = [finding.code for finding in judge(facts)]
    assert ("mail_log.account_suspicious" in codes) is suspected, codes


@pytest.mark.parametrize(("times", "told"), [(3, True), (2, False)])
def test_programs_that_say_that_the_certificate_has_ended(read, times: int, told: bool) -> None:
    line = "Nov 22 10:00:0{n} mx dovecot: imap-login: Disconnected: SSL_read failed: sslv3 alert certificate expired"
    facts = read([line.replace("{n}", str(n)) for n in range(times)])
    assert ("mail_log.tls" in [finding.code for finding in judge(facts)]) is told
