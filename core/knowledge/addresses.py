"""Which IP addresses are public, by a table of our own.

Python's `is_private` and `is_global` count the documentation ranges (RFC 5737, RFC 3849, RFC 9637) as private; here
they are public, because practice and examples use them like any company's address. Everything else follows the IANA
special-purpose registries (RFC 6890): what is not public is never asked about in a blacklist and never probed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private, RFC 1918
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking, RFC 2544
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Public IPv6 is 2000::/3; loopback, mapped IPv4, NAT64, ULA, link-local and multicast all lie outside it.
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2002::/16",  # 6to4
    )
)


def parse_address(text: str) -> IPAddress | None:
    """The address `text` stands for, or None. A zone ("fe80::1%eth0") makes it local, so it is kept."""
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


def parse_network(text: str) -> IPNetwork | None:
    """The network `text` stands for (an address is one of its own), or None. Brackets as Postfix writes them may stand
    anywhere; bits behind the prefix are dropped."""
    try:
        return ipaddress.ip_network(text.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return None


def one_of_each_family(addresses: Iterable[str]) -> tuple[str, ...]:
    """The first IPv4 and the first IPv6 address, in the order they stand. Raises ValueError for what is no address."""
    by_family: dict[int, str] = {}
    for address in addresses:
        by_family.setdefault(ipaddress.ip_address(address).version, address)
    return tuple(by_family.values())


def is_public(address: str) -> bool:
    """Whether `address` is one that the whole internet could reach. False for anything that is no address."""
    parsed = parse_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _NOT_PUBLIC_4)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.scope_id is not None:
            return False
        return parsed in _GLOBAL_6 and not any(parsed in network for network in _NOT_PUBLIC_6)
    return False
