"""Knock at the doors of every mail server: its mail port, and beside it 465 and 587. Listens and greets, no more.

A refused or silent port is a fact here, never an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime

from core.checks.smtp_banner.facts import HostPorts, InsideVersion, PortAnswer, PortState, SmtpBannerFacts
from core.checks.smtp_banner.inside import fitting, versions_in
from core.clients import Clients
from core.clients.resolver_mail import find_mail_hosts, nowhere_to_knock
from core.clients.session_names import greeting_name, handshake_name
from core.clients.smtp_session import SmtpSession
from core.errors import CheckError
from core.knowledge.addresses import one_of_each_family
from core.knowledge.mta import identify
from core.knowledge.port_25_landmarks import landmark_domains
from core.model import Context, MailHost

MOST_SERVERS = 4
SESSION_SECONDS = 50.0  # a postscreen teaser or dead reverse DNS may delay a greeting by many seconds
_STATES: dict[str, PortState] = {
    "smtp.connection_refused": "refused",
    "smtp.connect_timed_out": "timed_out",
    "smtp.unreachable": "unreachable",
    "smtp.no_family": "unreachable",
    "smtp.reply_timed_out": "silent",
    "smtp.connection_lost": "lost",
    "smtp.tls_failed": "tls_failed",
}


async def measure(context: Context, clients: Clients) -> SmtpBannerFacts:
    """Every port of every address side by side. Raises CheckError "run.*" without any address."""
    hosts = [host for host in context.mail_hosts[:MOST_SERVERS] if host.addresses]
    if not hosts:
        raise nowhere_to_knock(context.mail_hosts)
    measured_at = datetime.now(UTC)
    inside, found = await asyncio.gather(
        _inside(context, clients), asyncio.gather(*(_host(host, clients) for host in hosts))
    )
    landmark = await _landmark(found, clients)
    told = tuple(_with_inside(ports, inside, len(hosts)) for ports in found)
    return SmtpBannerFacts(measured_at, told, landmark, clients.http.behind_proxy)


async def _landmark(found: list[HostPorts], clients: Clients) -> PortAnswer | None:
    """When no server of ours answers on port 25, one connection to another well-known one: is it our line?"""
    ours = [answer for ports in found for answer in ports.answers if answer.port == 25]
    if not ours or any(answer.state not in ("timed_out", "silent", "lost") for answer in ours):
        return None
    for domain in landmark_domains():
        try:
            hosts = await find_mail_hosts(clients.resolver, domain)
        except CheckError:  # a name that cannot be looked up just now is no landmark; the next one may be
            continue
        if hosts and hosts[0].addresses:
            return await _knock(hosts[0], hosts[0].addresses[0], 25, False, clients)
    return None


async def _host(host: MailHost, clients: Clients) -> HostPorts:
    doors = [(host.port, False)] + ([(465, True), (587, False)] if host.port == 25 else [])
    addresses = one_of_each_family(host.addresses)
    knocks: list[Awaitable[PortAnswer]] = [
        _knock(host, address, port, tls, clients) for port, tls in doors for address in addresses
    ]
    return HostPorts(host.name, host.port, tuple(await asyncio.gather(*knocks)))


async def _knock(host: MailHost, address: str, port: int, tls: bool, clients: Clients) -> PortAnswer:
    session: SmtpSession | None = None
    try:
        name = handshake_name(host.name)
        session = await clients.smtp.open(address, port, tls=tls, server_name=name, deadline=SESSION_SECONDS)
        async with session:
            return await _greeted(session, host, tls)
    except CheckError as error:
        state = _STATES.get(error.code, "not_smtp")
        if session is None:
            return PortAnswer(host.name, address, port, tls, state, error.code, evidence=error.transcript)
        greeting = session.greeting  # it greeted, and only then broke off
        return PortAnswer(
            host.name, address, port, tls, "answered", error.code, greeting.code, greeting.text,
            evidence=error.transcript,
        )  # fmt: skip


async def _greeted(session: SmtpSession, host: MailHost, tls: bool) -> PortAnswer:
    greeting, where = session.greeting, (host.name, session.peer_address, session.port, tls)
    if not greeting.positive or not session.usable:
        return PortAnswer(*where, "answered", None, greeting.code, greeting.text, evidence=session.transcript)
    hello = await session.ehlo(greeting_name(session.local_address))
    return PortAnswer(
        *where, "answered", None, greeting.code, greeting.text, hello.reply.code,
        hello.reply.lines[0] if hello.reply.lines else "", hello.capabilities, session.transcript,
    )  # fmt: skip


async def _inside(context: Context, clients: Clients) -> tuple[tuple[InsideVersion, ...], str | None]:
    """Versions told over ssh and the address the login arrived at. No login is no obstacle: the queue check says so."""
    if clients.ssh is None or not context.target.ssh:
        return (), None
    try:
        reading = await clients.ssh.reading()
    except CheckError:
        return (), None
    return versions_in(reading), reading.server_address


def _with_inside(ports: HostPorts, inside: tuple[tuple[InsideVersion, ...], str | None], host_count: int) -> HostPorts:
    """The server we logged in to is this host when it is the only one, or when the addresses say so."""
    versions, server_address = inside
    if host_count > 1 and server_address not in {answer.address for answer in ports.answers}:
        return ports
    greeted = next((found for a in ports.answers if a.reply_code == 220 and (found := identify(a.text))), None)
    chosen = fitting(versions, greeted.product if greeted else None)
    return HostPorts(ports.host, ports.port, ports.answers, chosen)
