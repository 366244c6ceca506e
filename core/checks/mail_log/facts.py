"""What was read from a mail log: counts, names, times and a few lines that prove them; nothing decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["account", "script", "relay", "machine"]
By = Literal["us", "them"]


@dataclass(frozen=True)
class Named:
    """A name and how often it was counted."""

    name: str
    count: int


@dataclass(frozen=True)
class Hour:
    """What was accepted in one hour of the clock that begins `at`."""

    at: datetime
    messages: int


@dataclass(frozen=True)
class Sender:
    """What one account, web program, machine or stranger sent through the server.

    `kind`: "account" logged in, "script" handed it in on the server itself, "machine" is one of a private network,
    "relay" an outside address without a login. Peaks are the most in one hour of the clock.
    """

    kind: Kind
    name: str
    messages: int
    recipients: int
    first: datetime | None
    last: datetime | None
    addresses: tuple[Named, ...] = ()  # where it came from, most frequent first
    networks_in_a_day: int = 0  # most different networks (/24, /64) on one day
    peak_messages: int = 0
    peak_recipients: int = 0
    peak_at: datetime | None = None
    senders: int = 0  # different sender addresses
    sender_domains: tuple[str, ...] = ()
    domains: int = 0  # different recipient domains
    delivered: int = 0  # recipients outside
    refused: int = 0  # recipients refused for good
    reputation: int = 0  # refusals that speak of spam, lists or reputation
    guessed: int = 0  # failed logins from the address that then succeeded
    hours: tuple[Hour, ...] = ()  # the newest hours in which it sent; only of the few who sent most
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Mail refused: by us or by them, for which reason (a word of the bounces), by which company or list."""

    by: By
    reason: str
    count: int
    example: str
    where: str = ""  # the provider's code, else the host that refused; for our own refusals the list asked
    provider: str | None = None
    first: datetime | None = None
    last: datetime | None = None
    hosts: int = 0  # different machines behind it
    machines: tuple[str, ...] = ()  # some of them
    dead: bool = False  # the list asked is known to be dead, or answered that it does not answer us


@dataclass(frozen=True)
class Trouble:
    """Something on the server that the log complains of; `word` is one of `resources/data/log_troubles.toml`."""

    word: str
    count: int
    first: datetime | None
    last: datetime | None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outage:
    """A time in which nothing of a kind went through at all: the longest one seen."""

    count: int
    names: int  # different recipient domains or clients
    first: datetime | None
    last: datetime | None
    open: bool  # still so when the log ends
    lines: tuple[str, ...] = ()
    known: bool = False  # a large mailbox company was among the names: it is surely there


@dataclass(frozen=True)
class BruteForce:
    """Failed logins."""

    failures: int = 0
    addresses: tuple[Named, ...] = ()
    distinct_addresses: int = 0
    names: int = 0
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class LogFacts:
    """One log, or the newest part of a server's logs. Times are the server's own clock."""

    product: str | None
    lines: int
    read_at: datetime
    first: datetime | None = None
    last: datetime | None = None
    understood: int = 0  # lines of programs that have to do with mail
    sent: int = 0  # deliveries, to us and to others
    delivered_outside: int = 0
    deferred: int = 0
    bounced: int = 0
    rejected: int = 0  # refused by us
    senders: tuple[Named, ...] = ()  # sender addresses whose mail left
    identities: tuple[Sender, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    timed_out: Outage | None = None
    names_failing: Outage | None = None
    own_filter: Outage | None = None
    brute_force: BruteForce = BruteForce()
    banned: tuple[str, ...] = ()  # addresses fail2ban shut out
    own_domains: tuple[str, ...] = ()
    our_addresses: tuple[str, ...] = ()  # addresses of ours that others named when they refused
    forwarded: int = 0
    forwarded_refused: int = 0
    backscatter: int = 0  # notices that came back for mail we did not send
    dropped: int = 0  # lines the logging itself left out
    year_guessed: bool = False
    complete: bool = True
    refused: Literal["permission_denied", "not_found", "nothing_logged"] | None = None
    source: str = ""
