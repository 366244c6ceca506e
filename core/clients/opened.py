"""The doors of one run, opened. Those that were not given lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.clients.reroute import Reroute

if TYPE_CHECKING:
    from core.clients.arrival_ledger import ArrivalLedger
    from core.clients.http import HttpClient
    from core.clients.journal import Journal
    from core.clients.list_keys import ListKeys
    from core.clients.relay_ledger import RelayLedger
    from core.clients.resolver import Resolver
    from core.clients.smtp import SmtpClient
    from core.clients.ssh import SshDoor
    from core.clients.tls_door import TlsDoor
    from core.clients.whois import WhoisClient


def _nowhere() -> Reroute:
    return Reroute(closed=True)


# These are loaded only when they are made: who reads one pasted text needs none of them.


def _journal() -> Journal:
    from core.clients.journal import Journal

    return Journal()


def _no_keys() -> ListKeys:
    from core.clients.list_keys import ListKeys

    return ListKeys()


def _kept_nowhere() -> RelayLedger:
    from core.clients.relay_ledger import RelayLedger

    return RelayLedger()


def _no_arrivals() -> ArrivalLedger:
    from core.clients.arrival_ledger import ArrivalLedger

    return ArrivalLedger()


def _closed_tls() -> TlsDoor:
    from core.clients.tls_door import TlsDoor

    return TlsDoor(_nowhere(), _journal())


def _closed_whois() -> WhoisClient:
    from core.clients.whois import WhoisClient

    return WhoisClient(None, _nowhere(), _journal())


def _closed_http() -> HttpClient:
    from core.clients.http import HttpClient

    return HttpClient(None, _nowhere(), _journal())


@dataclass
class Clients:
    """The doors of one run. `ssh` is None when the person gave no server to log in to; `outside` speaks SMTP from a
    machine outside our network, where one was given.

    The last three lead nowhere unless they are given: what makes clients for something else never asks them.
    """

    resolver: Resolver
    smtp: SmtpClient
    ssh: SshDoor | None = None
    journal: Journal = field(default_factory=_journal)
    list_keys: ListKeys = field(default_factory=_no_keys)
    tls: TlsDoor = field(default_factory=_closed_tls)
    whois: WhoisClient = field(default_factory=_closed_whois)
    http: HttpClient = field(default_factory=_closed_http)
    outside: SmtpClient | None = None
    relay_ledger: RelayLedger = field(default_factory=_kept_nowhere)
    arrivals: ArrivalLedger = field(default_factory=_no_arrivals)
