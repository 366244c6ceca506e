"""What settings can say about relaying, and which networks are too wide to be trusted."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.knowledge.addresses import parse_network

# A trusted network of public addresses wider than this is more than one company's own (a /16 has 65,536 addresses).
_WIDEST = {4: 16, 6: 32}
_DOCKER = ipaddress.IPv4Network("172.17.0.0/16")


@dataclass(frozen=True)
class Verdict:
    """`because`: the settings that decide, as they stand there. `too_wide`: networks trusted though they are not one
    company's own."""

    state: Literal["open", "closed", "unclear"]
    because: tuple[str, ...] = ()
    too_wide: tuple[str, ...] = ()


def is_everyone(network: str) -> bool:
    """Whether this network is the whole internet, or half of it."""
    parsed = parse_network(network)
    return parsed is not None and parsed.prefixlen <= 1


def too_wide(networks: Iterable[str]) -> tuple[str, ...]:
    """Those with more public addresses than a company has, and gateways; other private ranges are its own."""
    found: list[str] = []
    for text in networks:
        network = parse_network(text)
        if is_gateway(text):
            found.append(text)
            continue
        if network is None or network.prefixlen >= _WIDEST[network.version]:
            continue
        if network.prefixlen <= 1 or not (network.is_private or network.is_loopback or network.is_link_local):
            found.append(text)
    return tuple(found)


def is_gateway(text: str) -> bool:
    """Whether this is where address translators stand: Docker's own network (172.17.0.0/16, by default also those up to
    172.31), or the first or last address of a private network. A server behind one may see every stranger as it."""
    network = parse_network(text)
    if not isinstance(network, ipaddress.IPv4Network) or not network.is_private or network.is_loopback:
        return False
    if network.prefixlen == 32:
        return int(network.network_address) % 256 in (1, 254) and not network.is_link_local
    return network.prefixlen >= 12 and network.overlaps(_DOCKER)


def is_network(text: str) -> bool:
    """Whether this is an address or a network."""
    return parse_network(text) is not None
