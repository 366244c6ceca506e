"""Is the registration running out, stopped, being deleted or gone?"""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.domain_life.facts import Facts, Registration
from core.clean import clean
from core.knowledge.domain_names import dns_form
from core.knowledge.registries import all_parked, parking_kind
from core.model import Evidence, Finding, Severity, Table, Value

_DAY = 86400
SOON_DAYS, MONTH_DAYS = 7, 30
_HELD = ("clienthold", "serverhold", "suspended", "inactive")
_GOING = ("pendingdelete", "redemptionperiod", "deleted", "tobedeleted", "tobesuspended", "pendingrestore")


def judge(facts: Facts) -> tuple[Finding, ...]:
    """At most one finding about the date, one about the state, one about parking."""
    registration = facts.registration
    if registration is None:  # the DNS may tell what the registry does not
        parked = tuple(_parked(facts, Registration(True)))
        return parked if parked and not facts.server else (*parked, _not_told(facts))
    if _is_about_another(facts.domain, registration):
        return (*_parked(facts, Registration(True)), _other_domain(facts, registration))
    if not registration.registered and facts.source == "whois" and facts.name_servers:
        return (*_parked(facts, registration), _contradicted(facts))
    if not registration.registered:
        return (Finding("domain_life.not_registered", Severity.CRITICAL, {"domain": facts.domain}, _evidence(facts)),)
    findings = [*_state(facts, registration), *_parked(facts, registration), *_date(facts, registration)]
    return tuple(findings) or (_ok(facts, registration),)


def _not_told(facts: Facts) -> Finding:
    if not facts.server:
        return Finding("domain_life.unknown_registry", Severity.UNKNOWN, {"domain": facts.domain})
    values: dict[str, Value] = {"domain": facts.domain, "server": facts.server}
    return Finding("domain_life.unreadable", Severity.UNKNOWN, values, _evidence(facts))


def _is_about_another(domain: str, registration: Registration) -> bool:
    """An answer that names no domain cannot be told apart."""
    return bool(registration.domain) and dns_form(registration.domain) != dns_form(domain)


def _other_domain(facts: Facts, registration: Registration) -> Finding:
    values: dict[str, Value] = {"domain": facts.domain, "server": facts.server}
    values["other"] = clean(registration.domain, 255)
    return Finding("domain_life.other_domain", Severity.UNKNOWN, values, _evidence(facts))


def _contradicted(facts: Facts) -> Finding:
    """WHOIS is plain text that anybody on the way can write, and asks about the wrong name where a region registers:
    against a DNS that leads to the domain its "no such name" is no proof."""
    values: dict[str, Value] = {"domain": facts.domain, "server": facts.server}
    values["name_servers"] = [clean(server, 255) for server in facts.name_servers[:5]]
    return Finding("domain_life.contradicted", Severity.WARNING, values, _evidence(facts))


def _ok(facts: Facts, registration: Registration) -> Finding:
    values: dict[str, Value] = {"domain": facts.domain, "registrar": clean(registration.registrar, 200) or None}
    if registration.expires is None:
        return Finding("domain_life.ok_undated", Severity.OK, values, (), _table(facts, registration))
    values["expires"] = registration.expires.isoformat()
    return Finding("domain_life.ok", Severity.OK, values, (), _table(facts, registration))


def _finding(facts: Facts, code: str, severity: Severity, **more: Value) -> Finding:
    registration = facts.registration or Registration(True)
    values: dict[str, Value] = {
        "domain": facts.domain,
        "registrar": clean(registration.registrar, 200) or None,
        "phone": clean(registration.phone, 60) or None,
        **more,
    }
    return Finding(f"domain_life.{code}", severity, values, _evidence(facts), _table(facts, registration))


def _state(facts: Facts, registration: Registration) -> Iterator[Finding]:
    held = [status for status in registration.statuses if status in _HELD]
    going = [status for status in registration.statuses if status in _GOING]
    # "inactive" alone says that no name server is set (RFC 5731), which stops mail as a hold does.
    if going:
        yield _finding(facts, "being_deleted", Severity.CRITICAL, statuses=going)
    elif held:
        yield _finding(facts, "on_hold", Severity.CRITICAL, statuses=held)


def _parked(facts: Facts, registration: Registration) -> Iterator[Finding]:
    """The DNS's word counts before the registry's: it is what the world sees."""
    servers = facts.name_servers or registration.name_servers
    if all_parked(servers):
        names = [clean(server, 255) for server in servers]
        yield _finding(facts, "parked", Severity.CRITICAL, name_servers=names, kind=parking_kind(servers[0]))


def _date(facts: Facts, registration: Registration) -> Iterator[Finding]:
    if registration.expires is None:
        return
    left = (registration.expires - facts.measured_at).total_seconds()
    expires = registration.expires.isoformat()
    days = int(left // _DAY)
    if left < 0:
        yield _finding(facts, "expired", Severity.CRITICAL, expires=expires, age=int(-left))
    elif days < 1:
        yield _finding(facts, "expires_today", Severity.WARNING, expires=expires)
    elif days <= SOON_DAYS:
        yield _finding(facts, "expires_this_week", Severity.WARNING, expires=expires, count=days)
    elif days <= MONTH_DAYS:
        yield _finding(facts, "expires_this_month", Severity.WARNING, expires=expires, count=days)


def _evidence(facts: Facts) -> tuple[Evidence, ...]:
    asked = f"{facts.source} {facts.server} {facts.domain}"
    return (Evidence(asked, clean(facts.answer, 2000), facts.measured_at),) if facts.server else ()


def _table(facts: Facts, registration: Registration) -> Table:
    expires = f"{registration.expires:%Y-%m-%d}" if registration.expires else ""
    statuses, servers = clean(" ".join(registration.statuses), 300), clean(" ".join(registration.name_servers[:8]), 600)
    rows = [(facts.server, expires, statuses, servers)]
    return Table(("server", "expires", "status", "name_servers"), tuple(rows))
