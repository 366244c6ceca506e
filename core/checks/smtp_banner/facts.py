"""What the doors of the mail server answered (greeting and EHLO of RFC 5321), and what it tells of itself inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.model import Evidence

# answered: an SMTP greeting came, whatever its code. The others say how far we got.
PortState = Literal["answered", "refused", "timed_out", "unreachable", "silent", "lost", "not_smtp", "tls_failed"]


@dataclass(frozen=True)
class PortAnswer:
    """One address and port."""

    host: str
    address: str
    port: int
    tls: bool  # encrypted from the first byte
    state: PortState
    error: str | None = None  # the client's code
    reply_code: int | None = None
    text: str = ""  # of the greeting, without its code
    ehlo_reply_code: int | None = None
    ehlo_text: str = ""
    capabilities: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class InsideVersion:
    """The version as the program itself told over ssh; `distribution` is its operating system, as our data names it."""

    product: str
    version: str
    distribution: str | None
    line: str  # as read


@dataclass(frozen=True)
class HostPorts:
    """One mail server: its own port first, then the two for mail programs."""

    host: str
    port: int
    answers: tuple[PortAnswer, ...]
    inside: InsideVersion | None = None


@dataclass(frozen=True)
class SmtpBannerFacts:
    """All mail servers of the domain. Ages are counted from `measured_at`."""

    measured_at: datetime
    hosts: tuple[HostPorts, ...]
    landmark: PortAnswer | None = None  # another well-known server's port 25, asked when ours was silent
    behind_proxy: bool = False  # this computer reaches the web through a go-between, which mail cannot use
