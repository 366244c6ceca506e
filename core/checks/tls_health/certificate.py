"""Reads one certificate (RFC 5280) that nobody has verified; compares its names with a host's (RFC 6125).

Bytes from a stranger: what cannot be read gives None, and names are cut and cleaned by whoever shows them.
"""

from __future__ import annotations

import ipaddress

from core.checks.tls_health.facts import Certificate

MOST_BYTES = 128 * 1024


def read_certificate(der: bytes) -> Certificate | None:
    """The certificate, or None when these bytes are none."""
    if not der or len(der) > MOST_BYTES:
        return None
    from core.checks.tls_health.certificate_parts import parsed  # slow to load, and many a run sees no certificate

    return parsed(der)


def is_named(certificate: Certificate, host: str) -> bool:
    """Whether the certificate is for `host`; "*" stands for exactly one label, the first (RFC 6125 6.4.3)."""
    if is_address(host):
        return str(ipaddress.ip_address(host)) in certificate.addresses
    return any(name_matches(pattern, host) for pattern in certificate.names)


def is_address(host: str) -> bool:
    """Whether the server was given as a number (IPv4 or IPv6) and not by name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def name_matches(pattern: str, host: str) -> bool:
    """One name or wildcard against a host name."""
    wanted, name = host.rstrip(".").lower(), pattern.rstrip(".").lower()
    if name == wanted:
        return True
    first, _, rest = name.partition(".")
    return first == "*" and "." in rest and wanted.partition(".")[2] == rest
