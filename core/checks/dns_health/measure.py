"""Looks up the domain's MX, their addresses, and the reverse names of the addresses our mail leaves from."""

from __future__ import annotations

import asyncio
import secrets
import string
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.checks.dns_health.delegation import find_delegation
from core.checks.dns_health.facts import AddressFacts, Delegation, Facts, Helo, MxHost, ReverseName
from core.clients import Clients
from core.clients.dns_answer import Answer
from core.clients.dns_lookup import look_up, look_up_reverse
from core.clients.resolver_mail import mx_records
from core.errors import CheckError, CheckTimeoutError
from core.knowledge.addresses import is_public, parse_address
from core.knowledge.domain_names import dns_form, plain_domain
from core.knowledge.registries import registry_of
from core.lookup import Lookup
from core.model import Context, SendingAddress

if TYPE_CHECKING:
    from core.clients.resolver import Resolver

MOST_HOSTS = 10
MOST_ADDRESSES = 10
MOST_ALIASES = 8
MOST_NAMES = 5  # an address with dozens of PTR records is looked at in part
SILENT = ("timed_out", "unreachable")


async def measure(context: Context, clients: Clients) -> Facts:
    """The signposts of the domain, of its servers and of the addresses our mail leaves from.

    Raises CheckTimeoutError when the resolver answered nothing at all, UsageError for a name that is none.
    """
    resolver, domain = clients.resolver, context.target.domain
    public = [one for one in context.addresses if is_public(one.address)][:MOST_ADDRESSES]
    about_domain, txt, addresses, delegation, helo = await asyncio.gather(
        _domain_facts(resolver, domain),
        _txt(resolver, domain),
        asyncio.gather(*(_address_facts(resolver, one) for one in public)),
        _delegation(resolver, domain),
        _helo(clients),
    )
    mx, hosts, own, test = about_domain
    top = await _top_level(context, resolver) if mx and mx.rcode == "NXDOMAIN" else None
    facts = Facts(
        datetime.now(UTC), resolver.address, domain, mx, hosts, own, test, tuple(addresses), delegation, helo, txt, top
    )
    first = [mx] if mx else [one.ptr for one in addresses]
    if first and all(lookup.error in SILENT for lookup in first + [one.ptr for one in addresses]):
        raise CheckTimeoutError("dns.timed_out", name=first[0].name, server=resolver.address)
    return facts


async def _top_level(context: Context, resolver: Resolver) -> Lookup | None:
    """The domain's top level ("jp"), which surely exists: whoever denies it denies everything. Only the system's DNS
    server is tested so, which may be a hotel's or a firewall's; one that the person named is taken at its word."""
    name = dns_form(context.target.domain or "")
    registry = registry_of(name)
    if context.target.resolver or not (registry.rdap or registry.whois):
        return None
    return await look_up(resolver, name.rpartition(".")[2], "NS")


async def _txt(resolver: Resolver, domain: str | None) -> Lookup | None:
    return await look_up(resolver, domain, "TXT") if domain else None


async def _delegation(resolver: Resolver, domain: str | None) -> Delegation | None:
    return await find_delegation(resolver, dns_form(domain)) if domain else None


async def _helo(clients: Clients) -> Helo | None:
    """The greeting name set in Postfix, where we could log in; other programs' default is the machine's own name."""
    if clients.ssh is None:
        return None
    try:
        reading = await clients.ssh.reading()
    except CheckError:
        return None  # the checks that read the server report why
    settings = dict(line.partition(" = ")[::2] for line in reading.lines("postfix_settings"))
    name = settings.get("smtp_helo_name", "").strip() or settings.get("myhostname", "").strip()
    if not name or "$" in name:
        return None
    kinds = ("A", "AAAA")
    return Helo(name, tuple(await asyncio.gather(*(look_up(clients.resolver, name, kind) for kind in kinds))))


_DomainFacts = tuple[Lookup | None, tuple[MxHost, ...], tuple[Lookup, ...], Lookup | None]


async def _domain_facts(resolver: Resolver, domain: str | None) -> _DomainFacts:
    if not domain:
        return None, (), (), None
    # A network that invents addresses for names that do not exist would fake more than one answer.
    label = "".join(secrets.choice(string.ascii_lowercase) for _ in range(20))
    mx, test = await asyncio.gather(look_up(resolver, domain, "MX"), look_up(resolver, f"{label}.com", "A"))
    if mx.error or mx.rcode == "NXDOMAIN":
        return mx, (), (), test
    if not mx.records:
        own = await asyncio.gather(look_up(resolver, domain, "A"), look_up(resolver, domain, "AAAA"))
        return mx, (), tuple(own), test
    hosts = mx_records(Answer(domain, "MX", mx.rcode, mx.records))[:MOST_HOSTS]
    return mx, tuple(await asyncio.gather(*(_mx_host(resolver, *host) for host in hosts))), (), test


async def _mx_host(resolver: Resolver, preference: int, exchange: str) -> MxHost:
    if not exchange:
        return MxHost(preference, "")
    if parse_address(exchange):
        return MxHost(preference, exchange, is_address=True)
    kinds = ("A", "AAAA", "CNAME")
    a, aaaa, cname = await asyncio.gather(*(look_up(resolver, exchange, kind) for kind in kinds))
    circle = await _circle(resolver, exchange, cname) if not (a.records or aaaa.records) else ()
    return MxHost(preference, exchange, False, a, aaaa, cname, circle)


async def _circle(resolver: Resolver, name: str, cname: Lookup) -> tuple[str, ...]:
    """The names an alias runs through until it comes back to one of them; empty when it ends somewhere. Resolvers call
    that a failure, which would look like a fault of theirs."""
    passed = [plain_domain(name)]
    while cname.records and len(passed) <= MOST_ALIASES:
        target = plain_domain(cname.records[0])
        if target in passed:
            return (*passed, target)
        passed.append(target)
        cname = await look_up(resolver, target, "CNAME")
    return ()


async def _address_facts(resolver: Resolver, one: SendingAddress) -> AddressFacts:
    ptr = await look_up_reverse(resolver, one.address)
    kind = "AAAA" if ":" in one.address else "A"
    names = ptr.records[:MOST_NAMES]
    forward = await asyncio.gather(*(look_up(resolver, name, kind) for name in names))
    confirmed = tuple(ReverseName(name, (lookup,)) for name, lookup in zip(names, forward, strict=True))
    return AddressFacts(one.address, one.source, ptr, confirmed)
