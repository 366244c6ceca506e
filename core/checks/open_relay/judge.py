"""What the answers mean. A yes counts only from outside; a no counts only when it was about the recipient."""

from __future__ import annotations

from core.checks.open_relay.facts import OpenRelayFacts, ProbeResult, ServerProbes
from core.clean import clean
from core.model import Evidence, Finding, Severity, Table, Value

COLUMNS = ("form", "mail_from", "rcpt_to", "answer")


def judge(facts: OpenRelayFacts) -> tuple[Finding, ...]:
    """One finding for each server."""
    return tuple(_server(server) for server in facts.servers)


def _server(server: ServerProbes) -> Finding:
    values: dict[str, Value] = {"host": clean(server.host, 255), "address": server.address}
    if server.hosted:
        return Finding("open_relay.hosted", Severity.UNKNOWN, values)
    accepted = [probe for probe in server.probes if probe.outcome == "accepted"]
    telling = [probe for probe in accepted if passes_on(probe)]
    if accepted and server.relation == "inside":
        return _finding(server, "not_testable_here", Severity.UNKNOWN, values)
    if telling:
        severity = Severity.CRITICAL if server.relation == "outside" else Severity.UNKNOWN
        code = "accepted" if server.relation == "outside" else "accepted_unknown_vantage"
        return _finding(server, code, severity, {**values, "count": len(telling)})
    if accepted:
        return _finding(server, "ambiguous", Severity.UNKNOWN, values)
    return _no_yes(server, values)


def _no_yes(server: ServerProbes, values: dict[str, Value]) -> Finding:
    """Nothing was accepted: refused, as far as it was really tested."""
    refused = {probe.form for probe in server.probes if probe.outcome == "refused"}
    open_ = [p for p in server.probes if p.form not in refused and not refused.intersection(p.implied_by)]
    total, tested = len(server.probes), len(server.probes) - len(open_)
    if not open_ and total:
        code = "refused_inside" if server.relation == "inside" else "closed"
        return _finding(server, code, Severity.OK, {**values, "count": total})
    reasons: list[str] = list(dict.fromkeys(p.outcome for p in open_ if p.outcome != "not_tried"))
    more: dict[str, Value] = {"tested": tested, "total": total, "reasons": reasons or ["not_tried"]}
    return _finding(server, "incomplete", Severity.UNKNOWN, {**values, **more})


def passes_on(probe: ProbeResult) -> bool:
    """Whether a yes shows passing on: into a foreign domain, or into ours where a mailbox that cannot exist is
    refused. A server that takes every name in its own domain says yes to that anyway."""
    return probe.recipient == "outside" or probe.control == "refused"


def _finding(server: ServerProbes, code: str, severity: Severity, values: dict[str, Value]) -> Finding:
    rows = tuple((p.form, clean(p.mail_from, 320), clean(p.rcpt_to, 320), _answer(p)) for p in server.probes)
    evidence: tuple[Evidence, ...] = tuple(line for probe in server.probes for line in probe.evidence)
    return Finding(f"open_relay.{code}", severity, values, evidence, Table(COLUMNS, rows))


def _answer(probe: ProbeResult) -> str:
    if probe.reply_code is None:
        return probe.error or "—"
    return clean(f"{probe.stage}: {probe.reply_code} {probe.text}", 300)
