"""What the relay probes were answered; the words are those of RFC 5321."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.knowledge.relay_forms import Meaning, Recipient
from core.model import Evidence, Relation

# What came of one probe: accepted at RCPT, refused as a stranger, some other answer, no answer, or never sent.
Outcome = Literal["accepted", "failed", "not_tried"] | Meaning


@dataclass(frozen=True)
class ProbeResult:
    """One form and its answer. `control` is the answer to a mailbox that cannot exist, asked after a yes."""

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
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class ServerProbes:
    """Everything tried on one server. `hosted`: a big provider's, so nothing was sent."""

    host: str
    address: str
    port: int
    relation: Relation = "unknown"
    seen_address: str | None = None  # ours, as the server's EHLO answer tells it
    local_address: str = ""
    hosted: bool = False
    probes: tuple[ProbeResult, ...] = ()


@dataclass(frozen=True)
class OpenRelayFacts:
    """All servers of the domain, one after another."""

    measured_at: datetime
    servers: tuple[ServerProbes, ...]
