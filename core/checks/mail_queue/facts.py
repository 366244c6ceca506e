"""What was measured about the mail queue: counts and names, nothing decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# Why the server's tool would not (or could not fully) answer. "daemon_down" may come with a full listing.
Refusal = Literal["permission_denied", "daemon_down", "not_found"]
State = Literal["active", "deferred", "hold", "frozen", "incoming"]
# Whose mail the tool showed: everyone's, only that of whoever asked, one of the two (a pasted listing does not tell
# who asked), or only mail on its way from the server's own programs to its queue (Sendmail's submission queue).
Shows = Literal["all", "own", "own_or_all", "submission"]


@dataclass(frozen=True)
class Named:
    """A sender or a recipient domain, and how often it stands in the queue."""

    name: str
    count: int


@dataclass(frozen=True)
class Reason:
    """Why mail waits: a word of the bounce reasons, how many messages say so, and one of them as it stands."""

    reason: str
    count: int
    example: str


@dataclass(frozen=True)
class QueueFacts:
    """One listing. `total`, `senders` and `reasons` count messages; `recipients` and `recipient_domains` recipients.

    `total` is None when nothing could be read. Lists hold the most frequent first and are bounded; the
    `distinct_*` numbers are not. The null sender (RFC 5321, 4.5.5) stands in `senders` as "<>".
    """

    mta: str | None
    read_at: datetime
    total: int | None = None
    active: int = 0
    deferred: int = 0
    hold: int = 0
    frozen: int = 0
    incoming: int = 0
    bytes: int = 0
    oldest_arrival: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    timed_out: int = 0  # messages waiting because a connection timed out (a part of reason "unreachable")
    senders: tuple[Named, ...] = ()
    sender_domains: tuple[Named, ...] = ()
    null_sender: int = 0
    recipients: int = 0
    recipient_domains: tuple[Named, ...] = ()
    distinct_domains: int = 0
    ages: tuple[Named, ...] = ()  # how long messages have waited, by the words of `tally.AGES`, the newest first
    lists_named: tuple[str, ...] = ()  # blacklists named in the reasons, as they name themselves
    listed_example: str = ""
    own_domains: tuple[str, ...] = ()
    refused: Refusal | None = None
    shows: Shows = "all"
    running: bool | None = None  # whether the mail program is among those that run; None when not shown
    unparsed: int = 0  # lines that are no part of the format
    complete: bool = True  # False: the listing was cut, or a part of it was refused
    command: str = ""  # what was run, or the name of what was pasted
    excerpt: str = ""

    @property
    def oldest_age(self) -> float | None:
        """Seconds between the oldest arrival and the reading; never negative (clocks and zones differ)."""
        if self.oldest_arrival is None:
            return None
        return max(0.0, (self.read_at - self.oldest_arrival).total_seconds())
