"""One question to the DNS and what came of it, as a fact that several checks keep (RFC 1034, 1035)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lookup:
    """One question: records, or an rcode ("NOERROR", "NXDOMAIN") without any, or why nothing came ("timed_out")."""

    name: str
    rdtype: str
    records: tuple[str, ...] = ()
    rcode: str = ""
    error: str = ""
