"""What the DNS says about a mail domain and its servers (RFC 1035, RFC 5321 section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.lookup import Lookup
from core.model import AddressSource


@dataclass(frozen=True)
class MxHost:
    """One MX record's host. `exchange` is "" for a null MX; an address literal is not looked up.

    `circle`: the names when its aliases lead back to one another, the first once more at the end.
    """

    preference: int
    exchange: str
    is_address: bool = False
    a: Lookup | None = None
    aaaa: Lookup | None = None
    cname: Lookup | None = None
    circle: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReverseName:
    """One name (PTR) of an address, and whether the name leads back to it."""

    name: str
    forward: tuple[Lookup, ...] = ()  # A or AAAA of the name


@dataclass(frozen=True)
class AddressFacts:
    """One public address our mail leaves from."""

    address: str
    source: AddressSource
    ptr: Lookup
    names: tuple[ReverseName, ...] = ()


@dataclass(frozen=True)
class NameServer:
    """One of the domain's name servers, asked itself. The look-ups are None when it has no public address."""

    name: str
    addresses: tuple[str, ...]
    soa: Lookup | None = None
    mx: Lookup | None = None
    ns: Lookup | None = None
    authoritative: bool = False
    recursive: bool = False
    txt: Lookup | None = None


@dataclass(frozen=True)
class Delegation:
    """The name servers of the zone the domain lies in; `parent`: as the zone above names them (empty: not asked)."""

    zone: str
    parent: tuple[str, ...]
    servers: tuple[NameServer, ...]


@dataclass(frozen=True)
class Helo:
    """The name our server greets with, as read on it, and the addresses of that name."""

    name: str
    forward: tuple[Lookup, ...]


@dataclass(frozen=True)
class Facts:
    """One look at the DNS. `mx` and what hangs on it are None or empty when no domain was told."""

    measured_at: datetime
    resolver: str
    domain: str | None
    mx: Lookup | None
    mx_hosts: tuple[MxHost, ...]
    domain_addresses: tuple[Lookup, ...]  # A and AAAA of the domain itself: asked only when there is no MX
    rewriting_test: Lookup | None  # a name that cannot exist: it has none in an honest network
    addresses: tuple[AddressFacts, ...]
    delegation: Delegation | None = None
    helo: Helo | None = None
    txt: Lookup | None = None  # of the domain, beside which the name servers' own answers are held
    top_level: Lookup | None = None  # its NS, asked where the system's DNS server says that the domain does not exist
