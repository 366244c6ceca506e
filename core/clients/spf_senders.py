"""The addresses a domain's SPF record names one by one (RFC 7208 section 5): senders by the domain's own word.

Whole networks and other companies' records (`include`, `redirect`) name nobody in particular and are left out.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from core.clients.resolver_mail import addresses_of
from core.clients.together import together
from core.errors import CheckError

if TYPE_CHECKING:
    from core.clients.resolver import Resolver

MOST_SENDERS = 6
MOST_HOSTS = 4
LONGEST_RECORD = 4_000  # characters


async def spf_senders(resolver: Resolver, domain: str) -> tuple[str, ...]:
    """At most six addresses, in the record's order. Empty when there is none, or nothing could be asked: whether the
    record is sound is another check's question."""
    try:
        records = (await resolver.query(domain, "TXT")).records
    except CheckError:
        return ()
    found = [text for text in records if text[:7].lower() == "v=spf1 "]
    if len(found) != 1:
        return ()  # two records are as good as none
    terms = [term.removeprefix("+") for term in found[0][:LONGEST_RECORD].split(" ")[1:]]
    hosts = [term[2:] for term in terms if term.lower().startswith("a:") and not set(term[2:]) & set("/%")]
    named = await together(_addresses(resolver, host) for host in hosts[:MOST_HOSTS])
    single = [address for term in terms if (address := _single_address(term))]
    return tuple(dict.fromkeys([*single, *(address for addresses in named for address in addresses)]))[:MOST_SENDERS]


async def _addresses(resolver: Resolver, host: str) -> tuple[str, ...]:
    try:
        return await addresses_of(resolver, host)
    except CheckError:
        return ()


def _single_address(term: str) -> str:
    kind, _, value = term.partition(":")
    if kind.lower() not in ("ip4", "ip6"):
        return ""
    try:
        network = ipaddress.ip_network(value)
    except ValueError:
        return ""
    return str(network.network_address) if network.num_addresses == 1 else ""
