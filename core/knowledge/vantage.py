"""Where we look from: inside the server's trusted surroundings, outside, or unknown.

An accepted relay probe means nothing from inside: office computers may send. From behind an address translator
nobody can tell unless the server says which address it saw (its EHLO answer, or `$SSH_CONNECTION`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from core.knowledge.addresses import IPAddress, IPNetwork, is_public, parse_network
from core.model import Relation

# Neighbours this close usually share one line, which servers tend to trust (`mynetworks_style = subnet`).
_SAME_LINE = {4: 24, 6: 64}
# A trusted network of public addresses wider than this is nobody's surroundings, but the very fault we look for.
_WIDEST_TRUST = {4: 16, 6: 32}
_BRACKETED = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]")


def relation_of(
    local_address: str | None,
    peer_address: str | None,
    seen_address: str | None,
    trusted_networks: Sequence[str] = (),
) -> Relation:
    """Inside, outside or unknown, from addresses alone.

    `local_address`: our end of the connection; `peer_address`: the server as we reach it; `seen_address`: us as the
    server says it saw us; `trusted_networks`: whom the server's settings trust, as CIDR (brackets as in Postfix).
    """
    local, peer, seen = (_parsed(text) for text in (local_address, peer_address, seen_address))
    networks = [network for text in trusted_networks if (network := parse_network(text)) is not None]
    shown = seen or (local if local is not None and is_public(str(local)) else None)
    known = [address for address in (shown, local) if address is not None]
    if any(_trusts(network, address) for address in known[:1] for network in networks):
        return "inside"
    if any(address is not None and not is_public(str(address)) for address in (peer, seen)):
        return "inside"
    if shown is None or peer is None:
        return "unknown"
    return "inside" if _same_line(shown, peer) else "outside"


def seen_address_in(hello: str) -> str | None:
    """The address in the server's EHLO answer ("mx.example.jp Hello name [198.51.100.7]"), if it tells one."""
    found = [match for match in _BRACKETED.findall(hello[:2000]) if _parsed(match) is not None]
    return found[-1] if found else None


def _trusts(network: IPNetwork, address: IPAddress) -> bool:
    too_wide = network.prefixlen < _WIDEST_TRUST[network.version] and is_public(str(address))
    return address in network and not too_wide


def _same_line(one: IPAddress, other: IPAddress) -> bool:
    if one.version != other.version:
        return False
    network = ipaddress.ip_network(f"{other}/{_SAME_LINE[other.version]}", strict=False)
    return one in network


def _parsed(text: str | None) -> IPAddress | None:
    try:
        address = ipaddress.ip_address((text or "").split("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
