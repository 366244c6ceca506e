"""What several checks need and none may fetch for itself: mail hosts, sending addresses, vantage.

Two stages, so that no check waits for a login it does not need: what DNS and this laptop can tell comes first,
what the server itself tells (over ssh) second.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from core.checks.bounce import BounceFacts, read_bounce
from core.checks.bounce.our_address import said_by_ours
from core.checks.server_health.smart_host import smart_host
from core.clients import Clients, Doors
from core.clients.resolver_mail import find_mail_hosts, mail_host
from core.clients.spf_senders import spf_senders
from core.clients.ssh import ServerReading
from core.errors import CheckError
from core.knowledge.addresses import IPAddress, is_public
from core.knowledge.hosts import host_of
from core.knowledge.mail_headers import address_mail_left_from
from core.knowledge.vantage import relation_of
from core.model import AddressSource, Context, MailHost, SendingAddress, Target, Vantage


@dataclass(frozen=True)
class Survey:
    """What was found, and for each need that could not be looked up, why."""

    context: Context
    problems: dict[str, CheckError] = field(default_factory=dict)


def split_host_port(text: str, default_port: int) -> tuple[str, int]:
    """ "mx.example.jp:2525", "[2001:db8::1]:25", "2001:db8::1" -> host and port.

    A bare IPv6 address has no port: with a port it stands in brackets (contract of the command line).
    """
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, int(rest[1:]) if rest.startswith(":") else default_port
    host, colon, port = text.rpartition(":")
    if colon and ":" not in host and port.isdigit():
        return host, int(port)
    return text, default_port


async def first_survey(target: Target, clients: Clients, doors: Doors) -> Survey:
    """What DNS and this laptop tell. Never raises `CheckError`: each is kept beside the need it left empty."""
    problems: dict[str, CheckError] = {}
    await clients.resolver.learn_line()
    async with asyncio.TaskGroup() as group:  # nothing outlives a cancelled run
        asked_hosts = group.create_task(_mail_hosts_or_error(target, clients))
        asked_spf = group.create_task(_named_by_spf(target, clients))
    found, by_spf = asked_hosts.result(), asked_spf.result()
    hosts = () if isinstance(found, CheckError) else found
    if isinstance(found, CheckError):
        problems["mail_hosts"] = found
    addresses = _sending_addresses(target, hosts, (), by_spf)
    vantage = doors.vantage or _vantage_without_login(hosts)
    return Survey(Context(target, hosts, addresses, vantage), problems)


async def second_survey(first: Survey, clients: Clients, doors: Doors) -> Survey:
    """The first survey and what the server tells. A failed login changes nothing here: the checks that read the
    server await the same reading and report why it failed."""
    if clients.ssh is None:
        return first
    try:
        reading = await clients.ssh.reading()
    except CheckError:
        return first
    context = first.context
    by_spf = [one.address for one in context.addresses if "spf" in (one.source, *one.also)]
    found = _sending_addresses(context.target, context.mail_hosts, _addresses_on_server(reading), by_spf)
    if smart_host(reading)[0]:
        found = tuple(_relayed(one) for one in found)
    vantage = doors.vantage or _vantage_with_login(context, reading)
    return replace(first, context=replace(context, addresses=found, vantage=vantage))


def _relayed(one: SendingAddress) -> SendingAddress:
    """The server's own address, where mail leaves through another server."""
    also: list[AddressSource] = ["relayed" if each == "ssh" else each for each in one.also]
    return SendingAddress(one.address, "relayed" if one.source == "ssh" else one.source, tuple(also))


async def _mail_hosts_or_error(target: Target, clients: Clients) -> tuple[MailHost, ...] | CheckError:
    try:
        return await _mail_hosts(target, clients)
    except CheckError as error:
        return error


async def _mail_hosts(target: Target, clients: Clients) -> tuple[MailHost, ...]:
    if target.mail_host:
        return (await _named_host(target.mail_host, clients),)
    if target.domain:
        return await find_mail_hosts(clients.resolver, target.domain)
    return ()


async def _named_by_spf(target: Target, clients: Clients) -> tuple[str, ...]:
    return await spf_senders(clients.resolver, target.domain) if target.domain else ()


async def _named_host(text: str, clients: Clients) -> MailHost:
    name, port = split_host_port(text, 25)
    try:
        return _given_address(ipaddress.ip_address(name), port)
    except ValueError:
        pass
    answers = await asyncio.gather(clients.resolver.query(name, "A"), clients.resolver.query(name, "AAAA"))
    found = tuple(record for answer in answers for record in answer.records)
    if not found:
        raise CheckError("run.mail_host_not_found", host=name)
    return mail_host(name, found, port)


def _given_address(given: IPAddress, port: int) -> MailHost:
    """Who writes 127.0.0.1 sits at the server and means it; 0.0.0.0 is nobody's address."""
    address = str(given)
    return MailHost(address, port, addresses=(address,)) if given.is_loopback else mail_host(address, (address,), port)


def _address_in(bounce: BounceFacts, domains: Collection[str], hosts: Collection[MailHost]) -> str | None:
    """Our address as the refuser saw it; where our own server refused, it is the customer's."""
    theirs = [said_by_ours([one.final_recipient], one.remote_mta, domains, hosts) for one in bounce.recipients]
    return None if theirs and all(theirs) else bounce.sending_address


def _sending_addresses(
    target: Target, hosts: Collection[MailHost], on_server: Iterable[str], by_spf: Iterable[str]
) -> tuple[SendingAddress, ...]:
    """Bounce first, then a message's headers, the server, what was given, what the SPF record names, and the incoming
    servers; each address once, with all that names it; public ones only."""
    pasted = target.bounce.text if target.bounce else ""
    domains = [domain for domain in (target.domain, *target.also_domain) if domain]
    bounced = _address_in(read_bounce(pasted), domains, hosts) if pasted else None
    candidates: list[tuple[str | None, AddressSource]] = [(bounced, "bounce")]
    candidates += [(address_mail_left_from(pasted, domains), "header")]
    candidates += [(address, "ssh") for address in on_server]
    candidates += [(address, "given") for address in target.address]
    candidates += [(address, "spf") for address in by_spf]
    candidates += [(address, "mx") for host in hosts if _may_send(host.name) for address in host.addresses]
    named: dict[str, dict[AddressSource, None]] = {}
    for address, source in candidates:
        if address and is_public(address):
            named.setdefault(address, {})[source] = None
    return tuple(SendingAddress(address, *_first_and_rest(sources)) for address, sources in named.items())


def _first_and_rest(sources: Iterable[AddressSource]) -> tuple[AddressSource, tuple[AddressSource, ...]]:
    first, *rest = sources
    return first, tuple(rest)


def _may_send(mail_host: str) -> bool:
    """Not the incoming servers of a big company: our mail leaves from others, and theirs prove nothing about it."""
    company = host_of(mail_host, "mx")
    return company is None or not company[0].incoming_only


def _addresses_on_server(reading: ServerReading) -> list[str]:
    """Addresses mail leaves from: Postfix's bind addresses, else the one the login arrived at."""
    settings = dict(line.partition(" = ")[::2] for line in reading.lines("postfix_settings"))
    bound = [settings.get(name, "").strip() for name in ("smtp_bind_address", "smtp_bind_address6")]
    return [address for address in bound if address] or [address for address in (reading.server_address,) if address]


def trusted_networks(reading: ServerReading) -> tuple[str, ...]:
    """Postfix's `mynetworks` as read on the server, as far as it is a list of networks."""
    for line in reading.lines("postfix_settings"):
        name, _, value = line.partition(" = ")
        if name == "mynetworks":
            return tuple(word for word in value.replace(",", " ").split() if _is_network(word))
    return ()


def _is_network(word: str) -> bool:
    try:
        ipaddress.ip_network(word.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return False
    return True


def _vantage_without_login(hosts: tuple[MailHost, ...]) -> Vantage:
    for host in hosts:
        for address in host.addresses:
            local = local_address_towards(address, host.port)
            if local:
                relation = relation_of(local, address, None, ())
                return Vantage(relation, local if is_public(local) else None)
    return Vantage()


def _vantage_with_login(context: Context, reading: ServerReading) -> Vantage:
    """The login shows which address the server sees us under; its trusted networks decide."""
    seen = reading.client_address
    if not seen:
        return context.vantage
    peer = context.mail_hosts[0].addresses[0] if context.mail_hosts and context.mail_hosts[0].addresses else None
    local = local_address_towards(peer, 25) if peer else None
    return Vantage(relation_of(local, peer, seen, trusted_networks(reading)), seen)


def ways_to(hosts: Iterable[MailHost]) -> tuple[str | None, ...]:
    """Out of which network this computer reaches each mail server; another one later means that it was carried off.

    An IPv4 address, or the network an IPv6 address lies in: its end changes by itself (RFC 8981). None: no way.
    """
    return tuple(_way_to(host) for host in hosts if host.addresses)


def _way_to(host: MailHost) -> str | None:
    """By its first address that there is a way to: on an IPv6-only line there is none to the IPv4 one."""
    ways = (_network_of(local_address_towards(address, host.port)) for address in host.addresses)
    return next((way for way in ways if way), None)


def _network_of(address: str | None) -> str | None:
    if address is None or ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))


def local_address_towards(address: str, port: int) -> str | None:
    """The laptop's own address on the way to `address`. Sends nothing: a UDP socket only picks a route."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, port))
            return str(probe.getsockname()[0])
    except OSError:
        return None  # no route (no IPv6 here, or no line at all): a fact the checks meet themselves
