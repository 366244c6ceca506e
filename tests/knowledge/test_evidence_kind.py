"""Recorded listings, logs and bounces are told apart by their content; anything else is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.knowledge.evidence_kind import kind_of

TESTS = Path(__file__).resolve().parents[1]
QUEUES = sorted((TESTS / "checks" / "mail_queue" / "samples").glob("*.txt"))
# Bare numbers, statistics, what other tools print and one whole message are no listings.
NOT_TELLING = (
    "-bpc.",
    "exiqsumm",
    "exiqgrep-b",
    "showhosts",
    "showstats",
    "showstatus",
    "postcat",
    "qshape",
    "postsuper",
)

LOG = "Nov 22 08:01:02 mail postfix/smtpd[812]: connect from unknown[198.51.100.9]\n" * 3
REFUSED = (
    "2026-11-22T08:01:02.123456+09:00 mail postfix/smtp[9]: A1B2C3D4E5: to=<a@far.example>, relay=mx.far.example"
    "[198.51.100.25]:25, dsn=5.7.1, status=bounced (host said: 550 5.7.1 Blocked)\n"
)
EXIM = "2026-11-22 08:01:02 1xUz7a-00004n-0V <= sales@example.jp U=root P=local S=360\n"
BOUNCE = (
    "Return-Path: <>\nFrom: MAILER-DAEMON@mail.example.jp\nSubject: Undelivered Mail Returned to Sender\n\n" + LOG[:80]
)


@pytest.mark.parametrize("path", QUEUES, ids=lambda path: path.stem)
def test_recorded_listings(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.strip() or any(word in path.name for word in NOT_TELLING):
        assert kind_of(text) != "log"
    else:
        assert kind_of(text) == "queue"


@pytest.mark.parametrize("text", [LOG, REFUSED, EXIM, "\ufeff" + LOG])
def test_logs(text: str) -> None:
    assert kind_of(text) == "log"


@pytest.mark.parametrize(
    "text",
    [
        BOUNCE,
        "550 5.1.1 <taro@example.co.jp>: Recipient address rejected: User unknown",
        "<taro@example.co.jp>: host mx.example.co.jp[192.0.2.1] said: 550 5.7.1 Blocked",
        "554 Message refused",
        "次の受信者またはグループへの配信に失敗しました:\n\nyamada@contoso.example\nメッセージを配信できませんでした。",
        "リモート サーバーから '550 5.7.509 Access denied, sending domain EXAMPLE.JP' が返されました",
    ],
)
def test_bounces_and_single_refusals(text: str) -> None:
    assert kind_of(text) == "bounce"


@pytest.mark.parametrize(
    "text", ["", "   \n", "Dear colleague,\nplease see the attached invoice.\n", "\0\x01\x02" * 50]
)
def test_nothing_of_the_kind(text: str) -> None:
    assert kind_of(text) == "unknown"


def test_hostile_lines_cost_no_time() -> None:
    for line in ("<" * 100_000, "0" * 100_000, "a" * 100_000 + "|", "-" * 100_000, "[" * 3000 + "\n" * 100_000):
        assert kind_of(line * 3) in ("unknown", "bounce")
