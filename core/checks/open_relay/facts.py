"""What the relay probes were answered; the words are those of RFC 5321."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.knowledge.relay_forms import Meaning, Recipient
from core.model import Evidence, Relation

# What came of one probe: accepted at RCPT, refused as a stranger, some other answer, no answer, or never sent.
# "held_back": not sent because this server refused us often enough in the last minutes.
# "no_service": nobody listens there; only for the doors beside the mail port, which need not exist.
Outcome = Literal["accepted", "failed", "not_tried", "held_back", "no_service"] | Meaning
Product = Literal["postfix", "exim", "sendmail", "opensmtpd"]


@dataclass(frozen=True)
class ProbeResult:
    """One form and its answer at one door. `control`: the answer to a mailbox that cannot exist, asked after a yes."""

    form: str
    helo: str | None
    mail_from: str
    rcpt_to: str
    recipient: Recipient
    implied_by: tuple[str, ...]
    outcome: Outcome
    stage: str = ""  # the command that brought the answer
    reply_code: int | None = None
    enhanced_status: str | None = None
    text: str = ""
    control: Literal["accepted", "refused"] | None = None
    error: str | None = None  # the client's code when `outcome` is "failed"
    address: str = ""
    port: int = 0
    evidence: tuple[Evidence, ...] = ()

    @property
    def door(self) -> tuple[str, int]:
        """Where it was tried."""
        return self.address, self.port


@dataclass(frozen=True)
class ServerProbes:
    """Everything tried on one server. `hosted`: a big provider's, so nothing was sent.

    `through`: the machine outside that the probes went through, as the person named it.
    """

    host: str
    address: str
    port: int
    relation: Relation = "unknown"
    seen_address: str | None = None  # ours, as the server's EHLO answer tells it
    local_address: str = ""
    hosted: bool = False
    thorough: bool = False
    through: str | None = None
    probes: tuple[ProbeResult, ...] = ()
    arrived_at: datetime | None = None  # a message of the last day, handed in from outside, that came through


@dataclass(frozen=True)
class SettingsRead:
    """What the server's own settings say about relaying, as read over ssh, by product."""

    product: Product
    lines: tuple[str, ...]
    complete: bool = True


@dataclass(frozen=True)
class OpenRelayFacts:
    """All servers of the domain, one after another, and the settings of the one we could log in to."""

    measured_at: datetime
    servers: tuple[ServerProbes, ...]
    settings: tuple[SettingsRead, ...] = ()
