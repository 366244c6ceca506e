"""A context and clients that reach a server on loopback under its documentation address."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.smtp import SmtpClient
from core.model import Context, MailHost, Relation, Target, Vantage

ADDRESS = "203.0.113.25"


@pytest.fixture
def make_clients() -> Callable[[int], Clients]:
    """Clients whose way to the mail server's port 25 ends at a loopback port; everything else is closed."""

    def make(port: int) -> Clients:
        reroute = Reroute({(ADDRESS, 25): ("127.0.0.1", port)}, closed=True)
        journal = Journal()
        resolver = Resolver("127.0.0.1:9", reroute, journal)
        return Clients(resolver, SmtpClient(reroute, journal, 2.0, 2.0), journal=journal)

    return make


@pytest.fixture
def make_context() -> Callable[..., Context]:
    def make(relation: Relation = "outside", thorough: bool = False, name: str = "mx.example.jp") -> Context:
        target = Target(domain="example.jp", own_server=True, thorough=thorough)
        return Context(target, (MailHost(name, addresses=(ADDRESS,)),), vantage=Vantage(relation))

    return make
