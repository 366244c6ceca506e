"""Do the domain's name servers all answer, and all the same, and the same as the resolver we asked? (pure)"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from core.checks.dns_health.facts import Delegation, Facts, NameServer
from core.clean import clean
from core.lookup import Lookup
from core.model import Evidence, Finding, Severity, Value

LATELY_DAYS = 7


def judge_servers(facts: Facts) -> Iterator[Finding]:
    """Faults of the delegation; nothing when the zone's servers are not known."""
    delegation = facts.delegation
    if delegation is None:
        return
    if _unasked(delegation):
        values: dict[str, Value] = {"zone": delegation.zone, "servers": [one.name for one in delegation.servers]}
        yield Finding("dns_health.servers_unasked", Severity.UNKNOWN, values, _evidence(facts, delegation.servers))
        return
    yield from _lame(facts, delegation)
    yield from _named_differently(facts, delegation)
    yield from _disagreeing(facts, delegation)
    yield from _old_spf(facts, delegation)


def answers_itself(server: NameServer) -> bool:
    """Whether it holds the zone: it answered for its SOA, and as one who knows."""
    return server.authoritative and server.soa is not None and not server.soa.error and bool(server.soa.records)


def held_by_servers(facts: Facts) -> tuple[str, ...] | None:
    """The MX as the name servers agree on; None when they could not be asked or disagree."""
    servers = [one for one in facts.delegation.servers if answers_itself(one)] if facts.delegation else []
    answers = {one.mx.records for one in servers if one.mx and not one.mx.error}
    return answers.pop() if len(answers) == 1 else None


def _unasked(delegation: Delegation) -> bool:
    """Whether we see them at all from here: not when all are silent or without a public address (while a resolver
    does answer for the domain), nor when a resolver stands in for them."""
    asked = [one for one in delegation.servers if one.soa]
    if not asked:
        return True
    silent = all(one.soa and one.soa.error in ("timed_out", "unreachable", "no_family") for one in asked)
    replaced = all(one.recursive and not one.authoritative for one in asked)
    return silent or replaced


def _lame(facts: Facts, delegation: Delegation) -> Iterator[Finding]:
    """Name servers that do not answer for the zone they are named for."""
    lame = [one for one in delegation.servers if not answers_itself(one) and not _not_carried(one)]
    if not lame:
        return
    severity = Severity.CRITICAL if len(lame) == len(delegation.servers) else Severity.WARNING
    values: dict[str, Value] = {
        "zone": delegation.zone,
        "servers": [clean(one.name, 255) for one in lame],
        "reasons": list(dict.fromkeys(_reason(one) for one in lame)),
    }
    yield Finding("dns_health.server_lame", severity, values, _evidence(facts, lame))


def _not_carried(server: NameServer) -> bool:
    """Whether our line has no IPv4 (or no IPv6) for it: then we could not look."""
    return server.soa is not None and server.soa.error == "no_family"


def _reason(server: NameServer) -> str:
    if server.soa is None:
        return "no_address"
    if server.soa.error in ("timed_out", "unreachable"):
        return "silent"
    return "refused" if server.soa.rcode == "REFUSED" else "not_its_zone"


def _named_differently(facts: Facts, delegation: Delegation) -> Iterator[Finding]:
    """The zone above still names other servers than the zone itself: typical of an unfinished move."""
    own = {name for one in delegation.servers if answers_itself(one) and one.ns for name in one.ns.records}
    if delegation.parent and own and set(delegation.parent) != own:
        values: dict[str, Value] = {
            "zone": delegation.zone,
            "parent": [clean(name.removesuffix("."), 255) for name in delegation.parent],
            "own": [clean(name.removesuffix("."), 255) for name in sorted(own)],
        }
        yield Finding("dns_health.delegation_differs", Severity.WARNING, values, _evidence(facts, delegation.servers))


def _disagreeing(facts: Facts, delegation: Delegation) -> Iterator[Finding]:
    """Servers that give different MX, different versions of the zone, or another MX than our resolver."""
    servers = [one for one in delegation.servers if answers_itself(one)]
    values: dict[str, Value] = {"zone": delegation.zone, "servers": [clean(one.name, 255) for one in servers]}
    answers = {one.mx.records for one in servers if one.mx and not one.mx.error}
    if len(answers) > 1:
        yield Finding("dns_health.servers_disagree", Severity.CRITICAL, values, _evidence(facts, servers))
    elif len({serial(one) for one in servers}) > 1:
        yield Finding("dns_health.serials_differ", Severity.WARNING, values, _evidence(facts, servers))
    held = held_by_servers(facts)
    if held is not None and facts.mx and not facts.mx.error and tuple(sorted(facts.mx.records)) != held:
        told: dict[str, Value] = {
            "domain": facts.domain or "",
            "resolver": facts.resolver,
            "old": [clean(record, 300) for record in sorted(facts.mx.records)] or None,
            "new": [clean(record, 300) for record in held] or None,
        }
        yield Finding("dns_health.resolver_differs", Severity.WARNING, told, _evidence(facts, servers))


def _old_spf(facts: Facts, delegation: Delegation) -> Iterator[Finding]:
    """Our resolver still gives another list of senders than the domain's servers: so do others for a while."""
    servers = [one for one in delegation.servers if answers_itself(one) and one.txt and not one.txt.error]
    held = {_spf(one.txt) for one in servers if one.txt}
    if facts.txt is None or facts.txt.error or len(held) != 1:
        return
    new, old = held.pop(), _spf(facts.txt)
    if new != old:
        values: dict[str, Value] = {
            "domain": facts.domain or "",
            "old": [clean(record, 600) for record in old] or None,
            "new": [clean(record, 600) for record in new] or None,
        }
        asked = [Evidence(f"{one.txt.name} TXT @{one.name}", "\n".join(_spf(one.txt))) for one in servers if one.txt]
        yield Finding("dns_health.spf_remembered", Severity.WARNING, values, tuple(asked))


def _spf(lookup: Lookup) -> tuple[str, ...]:
    return tuple(sorted(record for record in lookup.records if record[:7].lower() in ("v=spf1", "v=spf1 ")))


def judge_last_change(facts: Facts) -> Iterator[Finding]:
    """Many write the day of the last change into the serial ("2026112201", RFC 1912 section 2.2): no fault, a clue."""
    for server in facts.delegation.servers if facts.delegation else ():
        changed = _day_of(serial(server)) if answers_itself(server) else None
        if changed and 0 <= (facts.measured_at.date() - changed).days <= LATELY_DAYS:
            zone = facts.delegation.zone if facts.delegation else ""
            values: dict[str, Value] = {"zone": zone, "changed": changed.isoformat()}
            yield Finding("dns_health.changed_recently", Severity.OK, values, _evidence(facts, [server]))
            return


def _day_of(number: str) -> date | None:
    if len(number) != 10 or not (number.isascii() and number.isdigit()):
        return None
    try:
        return date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    except ValueError:
        return None


def serial(server: NameServer) -> str:
    """The zone's version number at this server: the third word of its SOA."""
    words = server.soa.records[0].split() if server.soa and server.soa.records else []
    return words[2] if len(words) > 2 else ""


def _evidence(facts: Facts, servers: tuple[NameServer, ...] | list[NameServer]) -> tuple[Evidence, ...]:
    found = []
    for one in servers:
        for lookup in (one.soa, one.mx):
            if lookup:
                said = "\n".join(lookup.records) or lookup.rcode or lookup.error
                found.append(Evidence(f"{lookup.name} {lookup.rdtype} @{one.name}", said, facts.measured_at))
    return tuple(found)
