"""Addresses that lead every computer to itself (RFC 6890): nobody's mail server can be asked there from elsewhere."""

from __future__ import annotations

import ipaddress


def is_this_computer(address: str) -> bool:
    """Whether `address` is loopback (127.0.0.1, ::1) or none in particular (0.0.0.0, ::), in IPv6's clothes too
    (::ffff:127.0.0.1). False for anything that is no address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed
    return inner.is_loopback or inner.is_unspecified
