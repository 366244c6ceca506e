"""Are the addresses our mail leaves from named as receivers want, and does our server call itself so? (pure)"""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.dns_health.facts import AddressFacts, Facts, Helo
from core.checks.dns_health.reverse import helo_fits, is_confirmed, is_generic, is_trusted
from core.clean import clean
from core.lookup import Lookup
from core.model import Evidence, Finding, Severity, Value

# Sources that prove that mail leaves from this address; an MX or SPF entry only makes it likely.
PROVEN = ("bounce", "header", "ssh", "given")


def judge_senders(facts: Facts) -> Iterator[Finding]:
    """The greeting name, then each address's reverse name, then whether IPv6 alone is at fault."""
    yield from _helo(facts)
    for address in _seen_by_receivers(facts):
        yield from _reverse(facts, address)
    yield from _ipv6_alone(facts)


def _seen_by_receivers(facts: Facts) -> tuple[AddressFacts, ...]:
    """The addresses whose name receivers ask for: not those of a server which hands everything to another one."""
    if any(one.source == "relayed" for one in facts.addresses):
        return tuple(one for one in facts.addresses if one.source not in ("relayed", "mx"))
    elsewhere = _taking_mail_in_elsewhere(facts)
    return tuple(one for one in facts.addresses if one.source != "mx" or one.address not in elsewhere)


def _taking_mail_in_elsewhere(facts: Facts) -> frozenset[str]:
    """Addresses of MX records that lead to others than the server we logged in to: at a provider as often as not, and
    our mail leaves from ours."""
    inside = {one.address for one in facts.addresses if one.source == "ssh"}
    hosts = [
        {record for lookup in (host.a, host.aaaa) if lookup for record in lookup.records} for host in facts.mx_hosts
    ]
    return frozenset(address for host in hosts if inside and not host & inside for address in host)


def _helo(facts: Facts) -> Iterator[Finding]:
    """The greeting name must be one that the world can look up (RFC 5321 section 4.1.4), best the address's own."""
    if facts.helo is None:
        return
    if any(lookup.records for lookup in facts.helo.forward):
        yield from _helo_elsewhere(facts, facts.helo)
        return
    if any(lookup.error and lookup.error != "bad_name" for lookup in facts.helo.forward):
        return
    evidence = evidence_of(facts, list(facts.helo.forward))
    yield Finding("dns_health.helo_unknown", Severity.WARNING, {"name": clean(facts.helo.name, 255)}, evidence)


def _helo_elsewhere(facts: Facts, helo: Helo) -> Iterator[Finding]:
    """The name exists but is another machine's than the one our mail leaves from: some receivers distrust that."""
    sure = [one for one in facts.addresses if one.source in PROVEN]
    if not sure or any(helo_fits(helo, one) is not False for one in sure):
        return
    names = list(dict.fromkeys(clean(name.name.removesuffix("."), 255) for one in sure for name in one.names))
    values: dict[str, Value] = {
        "name": clean(helo.name, 255),
        "addresses": [one.address for one in sure],
        "names": names or None,
    }
    lookups = [*helo.forward, *(one.ptr for one in sure)]
    yield Finding("dns_health.helo_differs", Severity.WARNING, values, evidence_of(facts, lookups))


def _ipv6_alone(facts: Facts) -> Iterator[Finding]:
    """IPv4 has a good name and IPv6 has none: mail fails only where both sides speak IPv6, so now and then."""
    seen = _seen_by_receivers(facts)
    old = [one for one in seen if ":" not in one.address]
    bad = [one for one in seen if ":" in one.address and is_trusted(one) is False]
    if bad and old and all(is_trusted(one) for one in old):
        severity = Severity.CRITICAL if any(one.source in PROVEN for one in bad) else Severity.WARNING
        values: dict[str, Value] = {"addresses": [one.address for one in bad], "good": [one.address for one in old]}
        yield Finding("dns_health.ipv6_path_bad", severity, values, evidence_of(facts, [one.ptr for one in bad]))


def _reverse(facts: Facts, one: AddressFacts) -> Iterator[Finding]:
    """The reverse name of one address: missing, not leading back, or made by a machine."""
    if one.ptr.error:
        return
    proven = one.source in PROVEN
    values: dict[str, Value] = {"address": one.address, "source": one.source}
    if not one.ptr.records:
        severity = Severity.CRITICAL if proven else Severity.WARNING
        yield Finding("dns_health.ptr_missing", severity, values, evidence_of(facts, [one.ptr]))
        return
    names = [clean(name.name.removesuffix("."), 255) for name in one.names]
    lookups = [one.ptr, *(lookup for name in one.names for lookup in name.forward)]
    values["names"] = names
    if is_confirmed(one) is False:
        yield Finding("dns_health.ptr_not_confirmed", Severity.WARNING, values, evidence_of(facts, lookups))
    elif all(is_generic(name, one.address) for name in names):
        yield Finding("dns_health.ptr_generic", Severity.WARNING, values, evidence_of(facts, lookups))


def _answer(lookup: Lookup) -> str:
    return "\n".join(lookup.records) or lookup.rcode or lookup.error


def evidence_of(facts: Facts, lookups: list[Lookup]) -> tuple[Evidence, ...]:
    """What was asked and answered, for the appendix."""
    return tuple(
        Evidence(f"{one.name} {one.rdtype} @{facts.resolver}", _answer(one), facts.measured_at) for one in lookups
    )
