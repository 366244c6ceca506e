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

    zone: str  # of a keyed list with "{key}" in place of the key
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Subject:
    """A public sending address, and how we know it."""

    address: str
    source: AddressSource


@dataclass(frozen=True)
class ListUse:
    """One list that the mail server itself, or its spam filter, asks about those who deliver to it."""

    zone: str
    setting: str  # "smtpd_recipient_restrictions"
    rejects: bool  # it refuses mail by its answer; False: it only warns, counts or lets pass
    any_answer: bool  # no answer is singled out: everything the name answers counts as "listed"
    product: str = "postfix"


@dataclass(frozen=True)
class Facts:
    """One look at all lists, through one resolver."""

    measured_at: datetime
    resolver: str
    resolver_test: Asked  # a name that cannot exist
    zones: tuple[ZoneFacts, ...]
    addresses: tuple[Subject, ...]
    domains: tuple[str, ...]
    own_lists: tuple[ListUse, ...] = ()  # of the server we can log in to
    dead_in_refusals: tuple[str, ...] = ()  # zones of dead lists named in the bounce or the queue we were given
    private_given: tuple[str, ...] = ()  # told to us as sending addresses, and of a kind the internet never sees
    keys_unread: tuple[str, ...] = ()  # services whose key was set, but the keychain stayed shut
