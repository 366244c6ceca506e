"""Dead lists that somebody still asks: our own server, or the one that refused us. Pure."""

from __future__ import annotations

from core.checks.dnsbl.facts import Facts, ListUse
from core.knowledge.dnsbl import DeadList, dead_list_of
from core.model import Evidence, Finding, Severity, Value

# A parked name answers with its seller's address, which counts as "listed" where any answer does.
_REFUSES_ALL = {"lists_everything": (True, False), "parked": (True,)}


def dead_findings(facts: Facts) -> list[Finding]:
    """One for each dead list, the own server's first."""
    return _own(facts) + _in_refusals(facts)


def _own(facts: Facts) -> list[Finding]:
    found: dict[str, Finding] = {}
    for use in facts.own_lists:
        if (dead := dead_list_of(use.zone)) is None:
            continue
        severity = Severity.CRITICAL if _refuses_everybody(use, dead) else Severity.WARNING
        asked = f"postconf {use.setting}" if use.product == "postfix" else f"{use.product}: {use.setting}"
        evidence = (Evidence(asked, use.zone, facts.measured_at),)
        finding = Finding(
            "dnsbl.own_server_uses_dead_list", severity, {**_values(dead, use.zone), "setting": use.setting}, evidence
        )
        if dead.name not in found or severity is Severity.CRITICAL:
            found[dead.name] = finding
    return list(found.values())


def _refuses_everybody(use: ListUse, dead: DeadList) -> bool:
    return use.rejects and use.any_answer in _REFUSES_ALL.get(dead.last_answer, ())


def _in_refusals(facts: Facts) -> list[Finding]:
    found: dict[str, Finding] = {}
    for zone in facts.dead_in_refusals:
        if (dead := dead_list_of(zone)) is not None:
            found.setdefault(dead.name, Finding("dnsbl.dead_list_in_refusal", Severity.WARNING, _values(dead, zone)))
    return list(found.values())


def _values(dead: DeadList, zone: str) -> dict[str, Value]:
    return {"list_name": dead.name, "zone": zone, "died": dead.died or None, "last_answer": dead.last_answer}
