"""Which servers take a domain's mail (RFC 5321 section 5.1, null MX: RFC 7505)."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import TYPE_CHECKING

from core.clients.dns_answer import Answer
from core.errors import CheckError
from core.model import MailHost

if TYPE_CHECKING:
    from core.clients.resolver import Resolver

MOST_HOSTS = 10


def mx_records(answer: Answer) -> tuple[tuple[int, str], ...]:
    """(preference, host without its final dot) of every MX record, best first. A null MX has the host ""."""
    found = []
    for record in answer.records:
        preference, _, host = record.partition(" ")
        found.append((int(preference), host.removesuffix(".")))
    return tuple(sorted(found))


async def addresses_of(resolver: Resolver, name: str) -> tuple[str, ...]:
    """Every A and AAAA of `name`, IPv4 first. Raises `CheckError` when either family could not be asked."""
    answers = await asyncio.gather(resolver.query(name, "A"), resolver.query(name, "AAAA"))
    return tuple(record for answer in answers for record in answer.records)


async def find_mail_hosts(resolver: Resolver, domain: str) -> tuple[MailHost, ...]:
    """The domain's mail servers by preference, at most ten; without an MX the domain's own address stands in.

    Empty when the domain does not exist, has neither MX nor address, or says that it takes no mail (null MX).
    Raises `CheckError` when the MX could not be asked; a host whose addresses could not be asked has none.
    """
    answer = await resolver.query(domain, "MX")
    if answer.rcode == "NXDOMAIN":
        return ()
    records = mx_records(answer)
    if not records:
        addresses = await addresses_of(resolver, domain)
        return (MailHost(domain, addresses=addresses),) if addresses else ()
    named = [(preference, host) for preference, host in records if host][:MOST_HOSTS]
    found = await asyncio.gather(*(_addresses_if_any(resolver, host) for _, host in named))
    return tuple(
        MailHost(host, preference=preference, addresses=addresses)
        for (preference, host), addresses in zip(named, found, strict=True)
    )


async def _addresses_if_any(resolver: Resolver, host: str) -> tuple[str, ...]:
    """One dead name server of one MX must not hide the others; `dns_health` reports it."""
    try:
        return (str(ipaddress.ip_address(host)),)  # an MX that is an address is wrong, yet some servers try it
    except ValueError:
        pass
    kinds = await asyncio.gather(resolver.query(host, "A"), resolver.query(host, "AAAA"), return_exceptions=True)
    found: list[str] = []
    for answer in kinds:
        if isinstance(answer, Answer):
            found += answer.records
        elif not isinstance(answer, CheckError):
            raise answer
    return tuple(found)
