"""Incidents built from the model's own types: a relay that is open, then closed, with two lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.incident import Entry, Incident, KeptRun
from core.knowledge.dnsbl import list_by_zone
from core.model import Cause, CheckResult, Evidence, Finding, Problem, Report, SendingAddress, Severity, Table, Target

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
ADDRESS, HOST = "203.0.113.25", "mail.midori.example"
LISTS = ("zen.spamhaus.org", "bl.spamcop.net")

MakeRun = Callable[..., Report]


def listing(zone: str, code: str = "dnsbl.listed", reasons: tuple[str, ...] = ("infected_or_open",)) -> Finding:
    blacklist = list_by_zone(zone)
    assert blacklist is not None
    values = {
        "zone": zone, "list_name": blacklist.name, "address": ADDRESS, "reasons": list(reasons), "parts": [],
        "removal": blacklist.removal, "wait": blacklist.wait, "lookup_page": "https://evil.example/pay",
    }  # fmt: skip
    return Finding(code, Severity.CRITICAL, values)


def dnsbl(at: datetime, *listed: str, silent: tuple[str, ...] = ()) -> CheckResult:
    rows = [(zone, ADDRESS, "127.0.0.2" if zone in listed else "NXDOMAIN", "ok") for zone in LISTS]
    findings = [listing(zone) for zone in listed]
    if silent:
        findings.append(Finding("dnsbl.partly_unasked", Severity.UNKNOWN, {"lists": list(silent), "reason": "refused"}))
    if not findings:
        findings.append(Finding("dnsbl.clean", Severity.OK, {"count": 2, "lists": [], "subjects": [ADDRESS]}))
    first = findings[0]
    table = Table(("zone", "subject", "answer", "self_test"), tuple(rows))
    findings[0] = Finding(first.code, first.severity, first.values, (), table)
    return CheckResult("dnsbl", at, at, {}, tuple(findings))


def relay(at: datetime, state: str, host: str = HOST) -> CheckResult:
    if state in ("timed_out", "absent"):
        problem = Problem("run.timed_out" if state == "timed_out" else "run.needs")
        return CheckResult("open_relay", at, at, problem=problem, applies=state != "absent")
    severity = {"accepted": Severity.CRITICAL, "closed": Severity.OK, "closed_thorough": Severity.OK}
    said = "rcpt: 250 Ok" if state == "accepted" else "rcpt: 550 5.7.1 <x@example.net>... Relaying denied"
    table = Table(("form", "answer"), (("plain", said),))
    finding = Finding(
        f"open_relay.{state}",
        severity.get(state, Severity.UNKNOWN),
        {"host": host, "address": ADDRESS, "count": 1},
        (Evidence("RCPT", said, at),),
        table,
    )
    return CheckResult("open_relay", at, at, {}, (finding,))


@pytest.fixture
def run() -> MakeRun:
    """A run so many hours after the first; causes follow from what it holds."""

    def make(hours: float, state: str, *listed: str, host: str = HOST, **more: object) -> Report:
        at = START + timedelta(hours=hours)
        silent = more.pop("silent", ())
        assert isinstance(silent, tuple)
        results = (relay(at, state, host), dnsbl(at, *listed, silent=silent))
        causes = [Cause("open_relay", "possible", "you", ("open_relay.accepted", "dnsbl.listed"))]
        causes = causes if state == "accepted" else []
        if listed:
            causes.append(Cause("address_listed", "confirmed", "you", ("dnsbl.listed",), {"zones": list(listed)}))
        causes = causes or [
            Cause("nothing_found", "confirmed", "you", values={"count": 2, "unknown": 0, "topic": "sending"})
        ]
        target = Target(domain="midori.example", mail_host=HOST, own_server=True, **more)  # type: ignore[arg-type]
        addresses = (SendingAddress(ADDRESS, "ssh"),)
        return Report(target, results, tuple(causes), at, at + timedelta(minutes=1), "1", "2026-11-22", addresses)

    return make


@pytest.fixture
def incident() -> Callable[..., Incident]:
    """An incident of these runs and of entries given as (hours, kind, content)."""

    def make(*reports: Report, entries: tuple[tuple[float, str, dict[str, str]], ...] = ()) -> Incident:
        runs = tuple(KeptRun(number, report) for number, report in enumerate(reports, 1))
        kept = tuple(
            Entry(number, START + timedelta(hours=hours), kind, content)
            for number, (hours, kind, content) in enumerate(entries, 1)
        )
        return Incident(1, START, runs=runs, entries=kept)

    return make
