"""The names a mail session is opened with: the server's in the TLS handshake, ours in EHLO."""

from __future__ import annotations

import ipaddress


def handshake_name(host: str) -> str:
    """What the TLS handshake asks for: the host's name without its last dot; "" for an address (RFC 6066 section 3)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rstrip(".")
    return ""


def greeting_name(local_address: str) -> str:
    """How a client without a name greets: its address in brackets (RFC 5321 section 4.1.3), or the name it was given.

    `local_address`: our end of the connection, with or without a zone ("fe80::1%eth0"); "" where it is not known.
    """
    address = local_address.split("%")[0] or "127.0.0.1"
    if ":" in address:
        return f"[IPv6:{address}]"
    return address if any(letter.isalpha() for letter in address) else f"[{address}]"
