"""Which servers take a domain's mail (RFC 5321 section 5.1, null MX: RFC 7505)."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.clients.dns_answer import Answer
from core.errors import CheckError
from core.model import MailHost
from core.this_computer import is_this_computer

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


def mail_host(name: str, addresses: Sequence[str], port: int = 25, preference: int | None = None) -> MailHost:
    """A server as the DNS leads to it. An address that means this very computer is no way to it: kept apart."""
    reachable = tuple(address for address in addresses if not is_this_computer(address))
    astray = tuple(address for address in addresses if address not in reachable)
    return MailHost(name, port, preference, reachable, astray)


def nowhere_to_knock(hosts: Sequence[MailHost]) -> CheckError:
    """Why none of these servers can be asked: their names lead back to this computer, or have no address at all."""
    if (astray := next((host for host in hosts if host.astray), None)) is not None:
        return CheckError("run.leads_back_here", host=astray.name, addresses=list(astray.astray))
    if not hosts:
        return CheckError("run.no_mail_host_known")
    return CheckError("run.mail_host_not_found", host=hosts[0].name)


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
        return (mail_host(domain, addresses),) if addresses else ()
    named = [(preference, host) for preference, host in records if host][:MOST_HOSTS]
    found = await asyncio.gather(*(_addresses_if_any(resolver, host) for _, host in named))
    return tuple(
        mail_host(host, addresses, preference=preference)
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
