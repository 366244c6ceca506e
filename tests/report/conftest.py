"""Reports built from the model's own types and real codes, as small runs would give them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.model import (
    Cause,
    CheckResult,
    Evidence,
    Finding,
    Problem,
    Report,
    SendingAddress,
    Severity,
    Table,
    Target,
    Vantage,
)

AT = datetime(2026, 11, 22, 1, 15, 30, tzinfo=UTC)


def checked(check_id: str, *findings: Finding, **more: Any) -> CheckResult:
    return CheckResult(check_id, AT, AT + timedelta(seconds=2), None, findings, **more)


@pytest.fixture
def relayed() -> Finding:
    return Finding(
        "open_relay.accepted",
        Severity.CRITICAL,
        {"host": "mail.midori.example.jp", "address": "203.0.113.25", "count": 4},
        (Evidence("RCPT TO:<a@example.net>", "250 2.1.5 <a@example.net>... Recipient ok", AT),),
        Table(
            ("form", "mail_from", "rcpt_to", "answer"),
            (("plain", "<b@example.org>", "<a@example.net>", "250 2.1.5 ok"),),
        ),
    )


@pytest.fixture
def relay_report(relayed: Finding) -> Report:
    """The 2004 story in small: an open relay, waiting mail, old software; one check that could not look."""
    waiting = Finding("mail_queue.long", Severity.CRITICAL, {"count": 2321})
    program = {"host": "mail.midori.example.jp", "product": "Sendmail", "source": "greeting", "version": "8.9.3"}
    old = Finding(
        "smtp_banner.unsupported", Severity.WARNING, {**program, "released": "1999-02-04", "age": 27.8 * 365.25 * 86400}
    )
    return Report(
        target=Target(
            symptom="not_delivered",
            domain="midori.example.jp",
            mail_host="mail.midori.example.jp",
            own_server=True,
            affected="everyone",
            direction="sending",
            recipients="all",
            since="金曜日の夕方",
        ),
        results=(
            checked("mail_queue", waiting),
            checked("smtp_banner", old),
            checked("open_relay", relayed),
            checked("dnsbl", problem=Problem("run.timed_out", {"seconds": 20})),
            checked("dns_health", problem=Problem("run.needs", {"needs": ["domain"]}), applies=False),
        ),
        causes=(
            Cause("open_relay", "confirmed", "you", ("open_relay.accepted",)),
            Cause("server_unsupported", "confirmed", "you", (), {"product": "Sendmail", "version": "8.9.3"}),
        ),
        started_at=AT,
        finished_at=AT + timedelta(minutes=1),
        app_version="0.1.0",
        data_checked_on="2026-11-20",
        addresses=(SendingAddress("203.0.113.25", "mx"),),
        vantage=Vantage("outside", "198.51.100.7", "open"),
        contacted=("203.0.113.25:25 (SMTP)",),
        commands=("postqueue -j",),
    )


@pytest.fixture
def nothing_found(relay_report: Report) -> Report:
    """Everything that was looked at is fine, and no cause stands."""
    fine = Finding("mail_queue.empty", Severity.OK)
    return replace(relay_report, results=(checked("mail_queue", fine),), causes=())


@pytest.fixture
def could_not_look(relay_report: Report) -> Report:
    """No check brought anything home."""
    blind = Problem("run.timed_out", {"seconds": 20})
    return replace(
        relay_report, results=(checked("mail_queue", problem=blind), checked("dnsbl", problem=blind)), causes=()
    )


@pytest.fixture
def with_answer(relay_report: Report, relayed: Finding) -> Callable[[str], Report]:
    """A report in which the other side answered, greeted and named itself with one received text."""

    def make(received: str) -> Report:
        values = {**relayed.values, "host": received}
        table = Table(("form", "answer"), ((received, received),))
        hostile = replace(relayed, values=values, evidence=(Evidence(received, received, AT),), table=table)
        target = replace(relay_report.target, domain=received, mail_host=received, since=received)
        cause = replace(relay_report.causes[1], values={"product": received, "version": received})
        return replace(
            relay_report,
            target=target,
            results=(checked("open_relay", hostile, problem=Problem("run.bug", {}, trace=received)),),
            causes=(cause,),
            contacted=(received,),
            commands=(received,),
            addresses=(SendingAddress(received, "given"),),
            vantage=Vantage("outside", received, "blocked"),
            app_version=received,
            data_checked_on=received,
        )

    return make
