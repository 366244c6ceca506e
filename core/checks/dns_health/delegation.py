"""Asks the domain's own name servers, each itself, and the zone above who they are (RFC 1034 section 4.2.2)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.checks.dns_health.facts import Delegation, NameServer
from core.clients import Clients
from core.clients.dns_answer import Direct
from core.clients.line import missing_family
from core.errors import CheckError
from core.knowledge.addresses import is_public
from core.knowledge.domain_names import dns_form, registrable_domain
from core.lookup import Lookup
from core.model import Target

if TYPE_CHECKING:
    from core.clients.resolver import Resolver

MOST_SERVERS = 8
LIFETIME = 3.0  # seconds for one question to one name server
_PORT = 53


async def find_delegation(resolver: Resolver, domain: str) -> Delegation | None:
    """None when nobody names a name server for the domain or the zone it lies in."""
    zones = _zones(domain)
    above = _zones_above(zones[-1])
    own, parents = await asyncio.gather(_first_with_servers(resolver, zones), _first_with_servers(resolver, above))
    zone, at_top = own[0] or zones[-1], own[0] in ("", zones[-1])
    parent = asyncio.create_task(_named_by_parent(resolver, zone, parents[1] if at_top else ()))
    try:
        names = (own[1] or await parent)[:MOST_SERVERS]
        servers = await asyncio.gather(*(_server(resolver, name, zone, domain) for name in names))
        return Delegation(zone, await parent, tuple(servers)) if names else None
    finally:
        parent.cancel()


async def ask_early(target: Target, clients: Clients) -> None:
    """The first two rounds of questions of `find_delegation`: they need only the domain."""
    if not target.domain:
        return
    resolver, zones = clients.resolver, _zones(dns_form(target.domain))
    above = _zones_above(zones[-1])
    (_, own), (_, parents) = await asyncio.gather(
        _first_with_servers(resolver, zones), _first_with_servers(resolver, above)
    )
    questions = [(name, kind) for name in own[:MOST_SERVERS] for kind in ("A", "AAAA")]
    await asyncio.gather(*(_records(resolver, *one) for one in [*questions, *((name, "A") for name in parents[:2])]))


def _zones(domain: str) -> list[str]:
    """The names from the domain up to the part that is registered."""
    registered, found = registrable_domain(domain), [domain]
    while found[-1] != registered and "." in found[-1]:
        found.append(found[-1].partition(".")[2])
    return found


def _zones_above(registered: str) -> list[str]:
    found = []
    while registered := registered.partition(".")[2]:
        found.append(registered)
    return found


async def _first_with_servers(resolver: Resolver, zones: list[str]) -> tuple[str, tuple[str, ...]]:
    """The first of the zones that has NS records, with the servers' names."""
    found = await asyncio.gather(*(_records(resolver, zone, "NS") for zone in zones))
    return next(((zone, names) for zone, names in zip(zones, found, strict=True) if names), ("", ()))


async def _records(resolver: Resolver, name: str, rdtype: str) -> tuple[str, ...]:
    try:
        return (await resolver.query(name, rdtype)).records
    except CheckError:
        return ()  # `Lookup`s of the same names report it


async def _named_by_parent(resolver: Resolver, zone: str, parents: tuple[str, ...]) -> tuple[str, ...]:
    """The name servers as the zone above names them; empty when none of two could be asked."""
    found = await asyncio.gather(*(_records(resolver, name, "A") for name in parents[:2]))
    for address in (addresses[0] for addresses in found if addresses):
        try:
            told = await resolver.ask_directly(zone, "NS", (address, _PORT), lifetime=LIFETIME)
        except CheckError:
            continue
        if names := told.answer.records or told.referred:
            return tuple(sorted(names))
    return ()


async def _server(resolver: Resolver, name: str, zone: str, domain: str) -> NameServer:
    kinds = await asyncio.gather(_records(resolver, name, "A"), _records(resolver, name, "AAAA"))
    addresses = tuple(address for kind in kinds for address in kind)
    # A stranger's record must not make us knock inside our own network.
    public = [address for address in addresses if is_public(address)]
    if not public:
        return NameServer(name.removesuffix("."), addresses)
    soa, mx, ns, txt = await asyncio.gather(
        *(
            _direct(resolver, question, kind, _reached(public))
            for question, kind in ((zone, "SOA"), (domain, "MX"), (zone, "NS"), (domain, "TXT"))
        )
    )
    flags = [told for _, told in (soa, mx, ns) if told]
    return NameServer(
        name.removesuffix("."), addresses, soa[0], mx[0], ns[0],
        authoritative=any(told.authoritative for told in flags),
        recursive=any(told.recursive for told in flags),
        txt=txt[0],
    )  # fmt: skip


def _reached(addresses: list[str]) -> str:
    """The first, or the first that this line has a way to: an IPv6-only line asks over IPv6."""
    return next((address for address in addresses if not missing_family(address)), addresses[0])


async def _direct(resolver: Resolver, name: str, rdtype: str, address: str) -> tuple[Lookup, Direct | None]:
    try:
        told = await resolver.ask_directly(name, rdtype, (address, _PORT), lifetime=LIFETIME)
    except CheckError as error:
        what = error.code.partition(".")[2]
        return Lookup(name, rdtype, rcode=str(error.values.get("rcode", "")), error=what), None
    return Lookup(name, rdtype, tuple(sorted(told.answer.records)), told.answer.rcode), told
