"""What a bounce says, in the words of RFC 3464 (delivery status notifications) and RFC 3463 (status codes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.knowledge.reply_rules import ReasonWord
from core.model import WhoActs

# bounce: at least one recipient failed; delay: still being tried; the others are no bounce.
Kind = Literal["bounce", "delay", "delivered", "auto_reply", "read_receipt", "complaint", "ordinary", "empty"]
Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]
RefusedBy = Literal["remote", "own_server", "unknown"]


@dataclass(frozen=True)
class Recipient:
    """One recipient's fate. `diagnostic_code` quotes the other side; reason and what follows are our reading of it."""

    final_recipient: str
    action: Action
    reason: ReasonWord
    permanent: bool
    who_acts: WhoActs
    original_recipient: str | None = None
    status: str | None = None
    reply_code: int | None = None
    remote_mta: str | None = None
    reporting_mta: str | None = None
    diagnostic_code: str = ""
    refused_by: RefusedBy = "unknown"
    decided_by: str = "nothing"
    provider: str | None = None
    playbook: str | None = None
    link: str | None = None

    @property
    def forwarded(self) -> bool:
        """Refused at another address than the one written to: the forwarding is at fault, not the address."""
        return bool(self.original_recipient) and self.original_recipient != self.final_recipient


@dataclass(frozen=True)
class BounceFacts:
    """Everything read from one message or line. `sending_address` is our server's address as the refuser saw it."""

    kind: Kind
    recipients: tuple[Recipient, ...] = ()
    sending_address: str | None = None
    reporting_mta: str | None = None
    subject: str = ""
    will_retry_until: str | None = None
    cut: bool = False

    @property
    def is_bounce(self) -> bool:
        """Whether a delivery failed or is delayed."""
        return self.kind in ("bounce", "delay")
