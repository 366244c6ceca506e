"""Mail that came back is told: quietly while most arrives, as a warning where more comes back than arrives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.checks.mail_log import LogFacts, judge
from core.model import Severity, headline

HEAD = "Nov 22 01:28:43 mail postfix"
UNKNOWN = "bounced (host mx.far.example[9.9.9.9] said: 550 5.1.1 <x@far.example>: User unknown)"
TAKEN = "sent (250 2.0.0 Ok: queued as 4F3A21C)"


def _mail(number: int, status: str) -> list[str]:
    queue_id = f"4A{number:06X}"
    return [
        f"{HEAD}/submission/smtpd[5]: {queue_id}: client=pc[9.9.9.10], sasl_username=taro@example.jp",
        f"{HEAD}/qmgr[7]: {queue_id}: from=<taro@example.jp>, size=1, nrcpt=1 (queue active)",
        f"{HEAD}/smtp[6]: {queue_id}: to=<p{number}@far.example>, relay=mx.far.example[9.9.9.9]:25, delay=1, "
        f"dsn=5.1.1, status={status}",
        f"{HEAD}/qmgr[7]: {queue_id}: removed",
    ]


@pytest.mark.parametrize(
    ("refused", "taken", "code", "severity"),
    [
        (3, 0, "mail_log.most_came_back", Severity.WARNING),
        (4, 3, "mail_log.most_came_back", Severity.WARNING),
        (3, 3, "mail_log.some_came_back", Severity.OK),
        (2, 0, "mail_log.some_came_back", Severity.OK),
        (5, 60, "mail_log.some_came_back", Severity.OK),
    ],
)
def test_what_came_back_is_told_and_only_most_of_it_is_a_warning(
    read: Callable[..., LogFacts], refused: int, taken: int, code: str, severity: Severity
) -> None:
    mails = [_mail(n, UNKNOWN if n < refused else TAKEN) for n in range(refused + taken)]
    findings = judge(read([line for mail in mails for line in mail], at=datetime(2026, 11, 22, 2, tzinfo=UTC)))
    told = next(each for each in findings if each.code == code)
    assert told.severity is severity is headline([each.severity for each in findings])
    assert (told.values["count"], told.values["delivered"]) == (refused, taken)
    assert told.values["reasons"] == ["user_unknown"]
    assert "User unknown" in str(told.values["example"])


def test_where_nothing_came_back_nothing_is_told(read: Callable[..., LogFacts]) -> None:
    assert not [each for each in judge(read(_mail(1, TAKEN))) if "came_back" in each.code]


def test_what_came_back_of_a_strangers_spam_is_no_good_news(read: Callable[..., LogFacts]) -> None:
    """A stolen password sends to hundreds of strangers, from many places; most arrive, many do not exist."""
    mails = []
    for number in range(400):
        lines = _mail(number, UNKNOWN if number % 3 == 0 else TAKEN)
        mails += [
            each.replace("9.9.9.10", f"9.9.{number % 7}.10").replace("far.ex", f"far{number}.ex") for each in lines
        ]
    findings = judge(read(mails, at=datetime(2026, 11, 22, 2, tzinfo=UTC)))
    assert findings[0].code == "mail_log.account_abused"
    assert [each.severity for each in findings if each.code.endswith("came_back")] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("554 Transaction failed", "unclear"),
        ("550 5.7.1 Message rejected", "policy_refused"),
        ("554 5.7.1 This message looks like spam", "looks_like_spam"),
    ],
)
@pytest.mark.parametrize(("taken", "warned"), [(0, True), (4, True), (9, False)])
def test_where_most_comes_back_for_no_plain_reason_nothing_is_called_good(
    read: Callable[..., LogFacts], said: str, reason: str, taken: int, warned: bool
) -> None:
    refused = f"bounced (host mx.far.example[9.9.9.9] said: {said})"
    mails = [_mail(n, refused if n < 9 else TAKEN) for n in range(9 + taken)]
    findings = judge(read([line for mail in mails for line in mail], at=datetime(2026, 11, 22, 2, tzinfo=UTC)))
    told = [each for each in findings if each.code == "mail_log.most_came_back_unclear"]
    assert [each.values["reasons"] for each in told] == ([[reason]] if warned else [])
    assert headline([each.severity for each in findings]) is (Severity.WARNING if warned else Severity.OK)
