"""What the blacklists answered, in RFC 5782's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.model import AddressSource

# What was asked for: the three self-tests of a zone (and of the resolver), or one of our own addresses or domains.
Purpose = Literal["listed_test", "unlisted_test", "random_test", "address", "domain"]


@dataclass(frozen=True)
class Asked:
    """One question and what came back: A records, or an rcode without any, or why nothing came."""

    purpose: Purpose
    query_name: str
    family: int  # 4, 6; 0 for domains and for tests that fit all
    subject: str = ""  # the address or domain in question
    return_codes: tuple[str, ...] = ()
    rcode: str = ""  # "NOERROR", "NXDOMAIN", or of a server that failed: "SERVFAIL", "REFUSED"
    error: str = ""  # "timed_out", "unreachable", "server_failed", "broken_answer"


@dataclass(frozen=True)
class ZoneFacts:
    """Everything asked of one list in this run."""

    zone: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Subject:
    """A public sending address, and how we know it."""

    address: str
    source: AddressSource


@dataclass(frozen=True)
class Facts:
    """One look at all lists, through one resolver."""

    measured_at: datetime
    resolver: str
    resolver_test: Asked  # a name that cannot exist
    zones: tuple[ZoneFacts, ...]
    addresses: tuple[Subject, ...]
    domains: tuple[str, ...]
