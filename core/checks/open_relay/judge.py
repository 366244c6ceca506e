"""What the answers mean. A yes counts only from outside; a no counts only when it was about the recipient."""

from __future__ import annotations

from collections.abc import Sequence

from core.checks.open_relay.facts import OpenRelayFacts, ProbeResult, ServerProbes, SettingsRead
from core.checks.open_relay.settings import verdict_of
from core.checks.open_relay.settings.verdict import is_gateway
from core.clean import clean
from core.model import Evidence, Finding, Severity, Table, Value

COLUMNS = ("form", "mail_from", "rcpt_to", "port", "answer")


def judge(facts: OpenRelayFacts) -> tuple[Finding, ...]:
    """One finding for each server, and what its settings say."""
    found = [_server(server) for server in facts.servers]
    found += [arrived for server in facts.servers if (arrived := _arrived(server)) is not None]
    found += [finding for read in facts.settings for finding in _settings(read, facts)]
    return tuple(found)


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
        return _finding(server, code, severity, {**values, "count": len({probe.form for probe in telling})})
    if routed := {probe.form for probe in accepted if probe.recipient == "backup"}:
        severity = Severity.WARNING if server.relation == "outside" else Severity.UNKNOWN
        return _finding(server, "routes_through", severity, {**values, "count": len(routed)})
    if accepted:
        return _finding(server, "ambiguous", Severity.UNKNOWN, values)
    return _no_yes(server, values)


def _arrived(server: ServerProbes) -> Finding | None:
    """The proof of the last day counts as long as the server still says yes: after a repair it is history."""
    still = any(probe.outcome == "accepted" and passes_on(probe) for probe in server.probes)
    if server.arrived_at is None or not still:
        return None
    values: dict[str, Value] = {
        "host": clean(server.host, 255), "address": server.address, "at": server.arrived_at.isoformat()
    }  # fmt: skip
    return Finding("open_relay.arrived", Severity.CRITICAL, values)


def _no_yes(server: ServerProbes, values: dict[str, Value]) -> Finding:
    """Nothing was accepted: refused, as far as it was really tested."""
    asked = [probe for probe in server.probes if probe.outcome != "no_service"]
    refused = {(probe.form, *probe.door) for probe in asked if probe.outcome == "refused"}
    open_ = [probe for probe in asked if not _answered(probe, refused)]
    total, tested = len(asked), len(asked) - len(open_)
    if tested and not any(_matters(probe, server) for probe in open_):
        more_closed: dict[str, Value] = {"untested": len(open_)} if _closed_code(server) == "closed_thorough" else {}
        # Refused from inside makes it likely, not sure: only a look from outside or the settings may say "closed".
        severity = Severity.UNKNOWN if server.relation == "inside" else Severity.OK
        return _finding(server, _closed_code(server), severity, {**values, "count": tested, **more_closed})
    reasons: list[str] = list(dict.fromkeys(p.outcome for p in open_ if p.outcome != "not_tried"))
    more: dict[str, Value] = {"tested": tested, "total": total, "reasons": reasons or ["not_tried"]}
    return _finding(server, "incomplete", Severity.UNKNOWN, {**values, **more})


def _answered(probe: ProbeResult, refused: set[tuple[str, str, int]]) -> bool:
    """Refused itself, or by a form whose refusal answers it too."""
    return any((form, *probe.door) in refused for form in (probe.form, *probe.implied_by))


def _matters(probe: ProbeResult, server: ServerProbes) -> bool:
    """An unanswered form keeps the verdict open. Not so in the thorough run where a server takes no odd sender or
    greeting at all: then nobody gets in by it either."""
    if not server.thorough:
        return True
    ordinary = next((p.mail_from for p in server.probes if p.form == "plain"), "")
    odd_sender = probe.outcome == "bad_sender" and probe.mail_from != ordinary
    return not (odd_sender or (probe.outcome == "bad_helo" and probe.helo))


def _closed_code(server: ServerProbes) -> str:
    if server.relation == "inside":
        return "refused_inside"
    return "closed_thorough" if server.thorough else "closed"


def passes_on(probe: ProbeResult) -> bool:
    """Whether a yes shows passing on: into a foreign domain, or into ours where a mailbox that cannot exist is
    refused. A server that takes every name in its own domain says yes to that anyway."""
    return probe.recipient == "outside" or probe.control == "refused"


def _finding(server: ServerProbes, code: str, severity: Severity, values: dict[str, Value]) -> Finding:
    rows = tuple(
        (p.form, clean(p.mail_from, 320), clean(p.rcpt_to, 320), str(p.port), _answer(p)) for p in server.probes
    )
    evidence: tuple[Evidence, ...] = tuple(line for probe in server.probes for line in probe.evidence)
    return Finding(f"open_relay.{code}", severity, values, evidence, Table(COLUMNS, rows))


def _answer(probe: ProbeResult) -> str:
    if probe.reply_code is None:
        return probe.error or "—"
    return clean(f"{probe.stage}: {probe.reply_code} {probe.text}", 300)


def _settings(read: SettingsRead, facts: OpenRelayFacts) -> list[Finding]:
    """Open or closed by the settings, and trust that is too wide; nothing where the settings leave it unclear."""
    verdict = verdict_of(read.product, read.lines)
    values: dict[str, Value] = {"product": read.product}
    evidence = (Evidence(f"(ssh: {read.product})", "\n".join(read.lines)[:4000], facts.measured_at),)
    found: list[Finding] = []
    because: list[str] = [clean(line, 200) for line in verdict.because[:5]]
    if verdict.state == "open":
        more: dict[str, Value] = {**values, "settings": because}
        found.append(Finding("open_relay.config_open", Severity.CRITICAL, more, evidence))
    elif verdict.state == "closed" and read.complete:
        found.append(Finding("open_relay.config_closed", Severity.OK, values, evidence))
    else:
        more = {**values, "settings": because or ["—"]}
        found.append(Finding("open_relay.config_unclear", Severity.UNKNOWN, more, evidence))
    if verdict.state != "open":
        found += _trust(verdict.too_wide, values)
    return found


def _trust(networks: Sequence[str], values: dict[str, Value]) -> list[Finding]:
    """Networks trusted though they are wider than the company, or hide who is behind them."""
    found = []
    for code, hides in (("trust_too_wide", False), ("trusts_gateway", True)):
        these: list[str] = [clean(network, 60) for network in networks if is_gateway(network) is hides][:10]
        if these:
            more: dict[str, Value] = {**values, "networks": these, "count": len(these)}
            found.append(Finding(f"open_relay.{code}", Severity.WARNING, more))
    return found
