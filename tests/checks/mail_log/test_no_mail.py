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


def test_no_room_told_to_whoever_brings_mail_is_a_full_disk() -> None:
    for said in (
        "postfix/smtpd[2]: NOQUEUE: reject: MAIL from unknown[192.0.2.1]: 452 4.3.1 Insufficient system storage",
        "sendmail[2]: 6AM0x2aB012345: ruleset=check_mail, arg1=<a@example.com>, relay=[192.0.2.1],"
        " reject=452 4.4.5 Insufficient disk space; try again later",
    ):
        assert told(f"Nov 22 01:28:31 mail {said}\n" * 3).get("mail_log.disk_full") is Severity.CRITICAL, said


def test_words_a_stranger_chose_are_no_full_disk() -> None:
    said = (
        "postfix/smtpd[2]: NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 554 5.7.1 <452 4.3.1 x>: Relay access denied;"
        " from=<452 4.3.1 @example.com> to=<a@example.net> proto=ESMTP helo=<452 4.3.1 >"
    )
    assert "mail_log.disk_full" not in told(f"Nov 22 01:28:31 mail {said}\n" * 3)


def test_a_large_company_whose_name_does_not_answer_is_our_own_dns() -> None:
    def lines(domain: str) -> str:
        said = f"u@{domain} R=dnslookup defer (-1): host lookup did not complete"
        return "".join(f"2026-11-22 01:{n:02d}:02 1vMabc-0000{n:02d}-Xy == {said}\n" for n in range(10, 20))

    assert told(lines("gmail.com"))["mail_log.names_failing"] is Severity.CRITICAL
    assert "mail_log.names_failing" not in told(lines("customer.example"))
