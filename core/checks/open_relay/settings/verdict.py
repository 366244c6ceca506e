"""What settings can say about relaying, and which networks are too wide to be trusted."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# A trusted network of public addresses wider than this is more than one company's own (a /16 has 65,536 addresses).
_WIDEST = {4: 16, 6: 32}


@dataclass(frozen=True)
class Verdict:
    """`because`: the settings that decide, as they stand there. `too_wide`: networks trusted though they are not one
    company's own."""

    state: Literal["open", "closed", "unclear"]
    because: tuple[str, ...] = ()
    too_wide: tuple[str, ...] = ()


def is_everyone(network: str) -> bool:
    """Whether this network is the whole internet, or half of it."""
    parsed = _network(network)
    return parsed is not None and parsed.prefixlen <= 1


def too_wide(networks: Iterable[str]) -> tuple[str, ...]:
    """Those with more public addresses than a company has; private ranges of any width are its own."""
    found: list[str] = []
    for text in networks:
        network = _network(text)
        if network is None or network.prefixlen >= _WIDEST[network.version]:
            continue
        if network.prefixlen <= 1 or not (network.is_private or network.is_loopback or network.is_link_local):
            found.append(text)
    return tuple(found)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return None


def is_network(text: str) -> bool:
    """Whether this is an address or a network."""
    return _network(text) is not None
