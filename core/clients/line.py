"""What this computer's line carries: IPv4, IPv6, or IPv6 with a translator to IPv4 (NAT64: RFC 6146, 6052, 7050).

On an IPv6-only line an IPv4 server is reached under an address the translator's prefix makes of it (RFC 6052); the
line tells the prefix in its answer for "ipv4only.arpa" (RFC 7050). Nothing here sends a packet but that question.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from typing import Literal

Family = Literal["IPv4", "IPv6"]
WELL_KNOWN = ipaddress.IPv6Network("64:ff9b::/96")
ASKED = "ipv4only.arpa"
_OURS = ipaddress.IPv6Network("::/16")  # loopback and IPv4 in other clothes (RFC 4291)
_ANSWERS = frozenset({ipaddress.IPv4Address("192.0.0.170"), ipaddress.IPv4Address("192.0.0.171")})
_LENGTHS = (96, 64, 56, 48, 40, 32)  # of a prefix; RFC 6052 knows no others
# Any address of the family would do: whether there is a way out, not whether somebody is there.
_SOMEWHERE: dict[Family, str] = {"IPv4": "198.51.100.1", "IPv6": "2000::1"}


class Line:
    """One run's line. `prefix` is None until a translator is known."""

    def __init__(self) -> None:
        self.prefix: ipaddress.IPv6Network | None = None

    def way_to(self, address: str) -> str:
        """Under which address to connect: the translator's where IPv4 has no way of its own."""
        if self.prefix is None or ":" in address or has_route(address):
            return address
        return str(translated(ipaddress.IPv4Address(address), self.prefix))

    def own_records(self, records: Iterable[str]) -> tuple[str, ...]:
        """AAAA records without those a DNS64 made up (RFC 6147): they are the line's, not the server's."""
        prefixes = (WELL_KNOWN, self.prefix) if self.prefix else (WELL_KNOWN,)
        return tuple(record for record in records if not any(_inside(record, prefix) for prefix in prefixes))


def has_route(address: str) -> bool:
    """Whether this computer has a way towards `address`. Sends nothing: a UDP socket only picks a route."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 25))
    except OSError:
        return False
    return True


def carries(family: Family) -> bool:
    """Whether the line leads anywhere in this family."""
    return has_route(_SOMEWHERE[family])


def missing_family(address: str) -> Family | None:
    """The family this line lacks for `address` while it carries the other; None when that is not the reason."""
    family: Family = "IPv6" if ":" in address else "IPv4"
    other: Family = "IPv4" if family == "IPv6" else "IPv6"
    return family if not has_route(address) and carries(other) else None


def translated(address: ipaddress.IPv4Address, prefix: ipaddress.IPv6Network) -> ipaddress.IPv6Address:
    """`address` as the translator of `prefix` wants it (RFC 6052 section 2.2): bits 64 to 71 stay zero."""
    room = bytearray(prefix.network_address.packed)
    for place, byte in zip(_places(prefix.prefixlen), address.packed, strict=True):
        room[place] = byte
    return ipaddress.IPv6Address(bytes(room))


def prefix_in(records: Iterable[str]) -> ipaddress.IPv6Network | None:
    """The translator's prefix in the AAAA records of "ipv4only.arpa"; None when there is none (RFC 7050 section 3)."""
    for record in records:
        try:
            packed = ipaddress.IPv6Address(record).packed
        except ValueError:
            continue
        for length in _LENGTHS:
            if ipaddress.IPv4Address(bytes(packed[place] for place in _places(length))) in _ANSWERS:
                found = ipaddress.IPv6Network((packed, length), strict=False)
                if found == WELL_KNOWN or _may_translate(found):
                    return found
    return None


def _may_translate(prefix: ipaddress.IPv6Network) -> bool:
    """Not what leads back to this computer, to everybody or to the neighbours (::, ::ffff:0:0, fe80::, ff00::)."""
    start = prefix.network_address
    return not (start.is_link_local or start.is_multicast or start in _OURS)


def _places(length: int) -> list[int]:
    """Where the four bytes of an IPv4 address stand behind a prefix of this length."""
    return [place for place in range(length // 8, 16) if place != 8][:4]


def _inside(record: str, prefix: ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.IPv6Address(record) in prefix
    except ValueError:
        return False
