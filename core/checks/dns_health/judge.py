"""Can the internet find our mail servers, and believe the addresses our mail leaves from?"""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.dns_health.facts import Facts, MxHost
from core.checks.dns_health.reverse import is_confirmed
from core.checks.dns_health.senders import evidence_of, judge_senders
from core.checks.dns_health.servers import held_by_servers, judge_last_change, judge_servers
from core.checks.dns_health.spelling import judge_spelling
from core.clean import clean
from core.knowledge.addresses import is_public
from core.lookup import Lookup
from core.model import Finding, Severity, Table, Value


def judge(facts: Facts) -> tuple[Finding, ...]:
    """The faults; OK only when everything was seen and nothing is wrong."""
    alone = tuple(_fails_alone(facts))
    senders = () if _denies_all(facts) else judge_senders(facts)  # "no such name" means nothing then
    findings = [*alone, *_domain(facts), *_mx(facts), *judge_servers(facts), *senders]
    unknown = [] if alone else _failed(facts)
    if unknown:
        values: dict[str, Value] = {
            "names": list(dict.fromkeys(clean(lookup.name, 255) for lookup in unknown)),
            "reasons": list(dict.fromkeys(_reason(lookup) for lookup in unknown)),
        }
        findings.append(Finding("dns_health.partly_unknown", Severity.UNKNOWN, values, evidence_of(facts, unknown)))
    if not findings:
        findings.append(_ok(facts))
    return (*findings, *judge_spelling(facts.domain), *_elsewhere(facts), *judge_last_change(facts))


def _denies_all(facts: Facts) -> bool:
    """Whether this line's DNS server says that not even the domain's top level exists. Silence says nothing."""
    return facts.top_level is not None and facts.top_level.rcode == "NXDOMAIN"


def _ok(facts: Facts) -> Finding:
    hosts = [host.exchange for host in facts.mx_hosts]
    addresses = [one.address for one in facts.addresses]
    if facts.domain is None and not addresses:
        return Finding("dns_health.nothing_public", Severity.UNKNOWN)
    if facts.domain is None:
        return Finding("dns_health.addresses_ok", Severity.OK, {"addresses": addresses}, (), _table(facts))
    values: dict[str, Value] = {"domain": facts.domain, "hosts": hosts}
    return Finding("dns_health.ok", Severity.OK, values, (), _table(facts))


def _domain(facts: Facts) -> Iterator[Finding]:
    """The domain without any MX record."""
    mx, values = facts.mx, {"domain": facts.domain or ""}
    if _rewrites(facts) and facts.rewriting_test:
        evidence = evidence_of(facts, [facts.rewriting_test])
        yield Finding("dns_health.resolver_rewrites", Severity.UNKNOWN, {"resolver": facts.resolver}, evidence)
    if mx is None or mx.error or mx.records:
        return
    evidence = evidence_of(facts, [mx, *facts.domain_addresses])
    if held_by_servers(facts):
        return  # the domain's own servers know better: `judge_servers` says so
    if mx.rcode == "NXDOMAIN" and (top := facts.top_level) and _denies_all(facts):
        denied = {"resolver": facts.resolver, "name": top.name, **values}
        yield Finding("dns_health.resolver_denies_all", Severity.UNKNOWN, denied, evidence_of(facts, [mx, top]))
    elif mx.rcode == "NXDOMAIN":
        yield Finding("dns_health.no_such_domain", Severity.CRITICAL, values, evidence)
    elif _rewrites(facts):
        return
    elif found := [record for lookup in facts.domain_addresses for record in lookup.records]:
        yield Finding("dns_health.implicit_mx", Severity.WARNING, {**values, "addresses": found}, evidence)
    elif not any(lookup.error for lookup in facts.domain_addresses):
        yield Finding("dns_health.no_mx", Severity.CRITICAL, values, evidence)


def _fails_alone(facts: Facts) -> Iterator[Finding]:
    """The resolver knows of other names and fails for the domain's (SERVFAIL): whoever holds it answers nobody, or its
    DNSSEC signatures do not fit (surely, where its servers know it). Else it may lie with this one resolver."""
    mx, test = facts.mx, facts.rewriting_test
    if mx and test and mx.error == "server_failed" and mx.rcode == "SERVFAIL" and not test.error:
        severity = Severity.WARNING if held_by_servers(facts) is not None else Severity.UNKNOWN
        values: dict[str, Value] = {"domain": facts.domain or "", "resolver": facts.resolver}
        yield Finding("dns_health.domain_fails_alone", severity, values, evidence_of(facts, [mx, test]))


def _elsewhere(facts: Facts) -> Iterator[Finding]:
    """The MX records that are tried first lead to others than the server we know: a filter in front, or a record that
    was forgotten. Good to know; whether it is a fault only the rest can tell."""
    known = [one.address for one in facts.addresses if one.source in ("ssh", "relayed", "mx")]
    named = [host for host in facts.mx_hosts if host.exchange]
    first = [host for host in named if host.preference == min(each.preference for each in named)]
    there = [address for host in first for address in _addresses(host)]
    if facts.mx and known and there and not set(known) & set(there):
        hosts: list[str] = [clean(host.exchange, 255) for host in first]
        values: dict[str, Value] = {"domain": facts.domain or "", "hosts": hosts, "addresses": known}
        yield Finding("dns_health.leads_elsewhere", Severity.OK, values, evidence_of(facts, [facts.mx]))


def _rewrites(facts: Facts) -> bool:
    return facts.rewriting_test is not None and bool(facts.rewriting_test.records)


def _mx(facts: Facts) -> Iterator[Finding]:
    """The MX records' hosts, one fault each; critical when no other host is left to take the mail."""
    if not facts.mx or not facts.mx_hosts:
        return
    named = [host for host in facts.mx_hosts if host.exchange]
    if not named:
        lookups = [facts.mx, facts.txt] if facts.txt else [facts.mx]
        severity = Severity.WARNING if _sends_nothing(facts.txt) else Severity.CRITICAL
        yield Finding("dns_health.null_mx", severity, {"domain": facts.domain or ""}, evidence_of(facts, lookups))
    alive = any(_takes_mail(host) for host in named)
    for host in named:
        if code := _fault(host):
            severity = Severity.WARNING if alive or code == "mx_is_alias" else Severity.CRITICAL
            yield _mx_finding(facts, host, code, severity)


def _sends_nothing(txt: Lookup | None) -> bool:
    """Whether the SPF record says that no mail leaves from here either: a domain without mail, on purpose."""
    return txt is not None and any(record.lower().split() == ["v=spf1", "-all"] for record in txt.records)


def _mx_finding(facts: Facts, host: MxHost, code: str, severity: Severity) -> Finding:
    lookups = [lookup for lookup in (facts.mx, host.a, host.aaaa, host.cname) if lookup]
    values: dict[str, Value] = {"domain": facts.domain or "", "host": clean(host.exchange, 255)}
    if code == "mx_private":
        values["addresses"] = list(_addresses(host))
    if code == "mx_is_alias" and host.cname:
        values["alias_of"] = clean(host.cname.records[0].removesuffix("."), 255)
    if code == "mx_circle":
        values["names"] = [clean(name, 255) for name in host.circle]
    return Finding(f"dns_health.{code}", severity, values, evidence_of(facts, lookups))


def _addresses(host: MxHost) -> tuple[str, ...]:
    return tuple(record for lookup in (host.a, host.aaaa) if lookup for record in lookup.records)


def _takes_mail(host: MxHost) -> bool:
    """Whether some server could reach it, or we cannot rule that out."""
    if host.circle:
        return False
    asked = [lookup for lookup in (host.a, host.aaaa) if lookup]
    failed = any(lookup.error and lookup.error != "bad_name" for lookup in asked)
    return failed or any(is_public(address) for address in _addresses(host))


def _fault(host: MxHost) -> str | None:
    if host.is_address:
        return "mx_is_address"
    if host.circle:
        return "mx_circle"
    addresses = _addresses(host)
    if not addresses:
        return None if _takes_mail(host) else "mx_has_no_address"
    if not _takes_mail(host):
        return "mx_private"
    return "mx_is_alias" if host.cname and host.cname.records else None


def _failed(facts: Facts) -> list[Lookup]:
    """What could not be asked and would have mattered."""
    lookups: list[Lookup | None] = [facts.mx, *facts.domain_addresses]
    for host in (one for one in facts.mx_hosts if not one.circle):
        lookups += [host.a, host.aaaa, host.cname]
    for one in facts.addresses:
        lookups.append(one.ptr)
        if is_confirmed(one) is None:
            lookups += [lookup for name in one.names for lookup in name.forward]
    return [lookup for lookup in lookups if lookup and lookup.error and lookup.error != "bad_name"]


def _reason(lookup: Lookup) -> str:
    if lookup.rcode == "REFUSED":
        return "refused"
    known = {"timed_out": "silent", "unreachable": "silent", "server_failed": "server_failed"}
    return known.get(lookup.error, "broken_answer")


def _table(facts: Facts) -> Table:
    rows = [("MX", f"{host.preference} {host.exchange}", " ".join(_addresses(host))) for host in facts.mx_hosts]
    rows += [("PTR", one.address, " ".join(one.ptr.records)) for one in facts.addresses]
    servers = facts.delegation.servers if facts.delegation else ()
    rows += [("SOA", one.name, " ".join(one.soa.records) if one.soa else "") for one in servers]
    return Table(("rdtype", "name", "answer"), tuple(rows))
