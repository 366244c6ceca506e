"""Which DNS servers to ask: one the person names, or those this computer is set to."""

from __future__ import annotations

import ipaddress

import dns.resolver

from core.clients.dns_wire import Endpoint
from core.errors import UsageError


def parse_server(text: str) -> Endpoint:
    """ "192.0.2.53", "192.0.2.53:5353", "2001:db8::53" or "[2001:db8::53]:5353". Raises UsageError "dns.bad_server"."""
    host, port = text.strip(), "53"
    if host.startswith("["):
        host, closing, rest = host[1:].partition("]")
        port = (rest.removeprefix(":") if rest else port) if closing else ""
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    try:
        address, number = str(ipaddress.ip_address(host)), int(port) if port.isascii() and port.isdigit() else 0
    except ValueError as error:
        raise UsageError("dns.bad_server", server=text) from error
    if not 0 < number < 65536:
        raise UsageError("dns.bad_server", server=text)
    return address, number


def system_servers() -> tuple[Endpoint, ...]:
    """The DNS servers this computer is set to, at most three; none when it has no such setting."""
    try:
        found = dns.resolver.Resolver(configure=True)
    except (dns.resolver.NoResolverConfiguration, OSError):
        return ()
    return tuple((server, found.port) for server in found.nameservers if isinstance(server, str))[:3]


def shown(server: Endpoint) -> str:
    """ "192.0.2.53:53" or "[2001:db8::53]:53": for people, and what `parse_server` reads."""
    host, port = server
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
