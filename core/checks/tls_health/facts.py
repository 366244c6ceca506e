"""What the encryption of the mail server's doors looks like (RFC 5280, 6125, 8461 MTA-STS, 8460 TLS-RPT, 7672 DANE)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.model import Evidence


@dataclass(frozen=True)
class Certificate:
    """The server's own certificate, as read, unverified. `names` and `addresses` are its subjectAltName."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    self_issued: bool
    sha256: str
    key_sha256: str  # of its public key (SubjectPublicKeyInfo), as TLSA records give it


@dataclass(frozen=True)
class PortTls:
    """One door. `state`: "encrypted" or how far we got; `verify_code`: OpenSSL's (0 trusted, None not found out)."""

    host: str
    address: str
    port: int
    starttls: bool
    state: str
    version: str = ""
    certificate: Certificate | None = None
    sent: int = 0  # certificates the server sent
    verify_code: int | None = None
    verify_message: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class MtaSts:
    """A published MTA-STS policy. `error` says why it could not be read: "not_served" (its host answered, but with no
    policy, or its certificate is wrong) or "not_asked" (we got no answer, which may be this line's fault)."""

    mode: str = ""
    mx: tuple[str, ...] = ()
    max_age: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Tlsa:
    """The TLSA records of one mail server's port 25, "usage selector matching data"."""

    host: str
    records: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """All doors of all mail servers. Days are counted from `measured_at`."""

    measured_at: datetime
    domain: str | None
    mx_known: bool  # the hosts come from the domain's MX, not from the person
    ports: tuple[PortTls, ...]
    mta_sts: MtaSts | None = None  # None: not published
    tls_rpt: str | None = None
    tlsa: tuple[Tlsa, ...] = ()
