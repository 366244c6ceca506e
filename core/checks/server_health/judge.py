"""What the facts mean, the worst first; and what was looked at, and what could not be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.checks.server_health import machine_findings as machine
from core.checks.server_health import network_findings as network
from core.checks.server_health.facts import ServerHealthFacts
from core.model import Finding, Severity

_RULES: tuple[Callable[[ServerHealthFacts], Iterator[Finding]], ...] = (
    machine.running, machine.room, network.resolver, network.way_out, machine.helpers, network.own_lists, network.bans,
    machine.certificates, network.relayhost, machine.clock, machine.load, machine.age, network.passing_on,
    network.panel,
)  # fmt: skip
_ORDER = (Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN, Severity.OK)
# Without these two nobody may say that the server is well.
_VITAL = ("room", "programs")


def judge(facts: ServerHealthFacts) -> tuple[Finding, ...]:
    """All findings, the worst first, and last what the look covered."""
    found = [each for rule in _RULES for each in rule(facts)]
    return tuple(sorted([*found, *_covered(facts, found)], key=lambda each: _ORDER.index(each.severity)))


def _covered(facts: ServerHealthFacts, found: list[Finding]) -> Iterator[Finding]:
    seen = [area for area, looked in _areas(facts).items() if looked]
    unseen = [area for area, looked in _areas(facts).items() if not looked]
    if vital := [area for area in unseen if area in _VITAL]:
        yield machine.finding("unseen", Severity.UNKNOWN, {"areas": list(vital)})
    if not seen or any(each.severity is not Severity.OK for each in found):
        return
    if unseen:
        yield machine.finding("fine_partly", Severity.OK, {"areas": list(seen), "unseen": list(unseen)})
    else:
        yield machine.finding("fine", Severity.OK, {"areas": list(seen)})


def _areas(facts: ServerHealthFacts) -> dict[str, bool]:
    """What was looked at. An area that does not exist there (no certificate, no relay host) is none to miss."""
    bans = facts.bans
    return {
        "room": bool(facts.space),
        "programs": bool(facts.services),
        "helpers": facts.helpers is not None,
        "names": facts.resolving is not None,
        "way_out": facts.outbound is not None and facts.outbound.reached != "unknown",
        "clock": facts.server_clock is not None,
        "load": facts.load is not None,
        "bans": bans is not None and bans.jails is not None and bans.firewall is not None,
        "system": facts.system is not None,
    }
