"""A company's mail server under its documentation address, with an authority this laptop trusts for the test."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

import pytest
import trustme

from core.checks.tls_health import CHECK
from core.clients import Clients
from core.clients.http import HttpClient
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.tls_door import TlsDoor
from core.model import Context, Finding, MailHost, Severity, Target
from tests.servers.dns_server import DnsServer

DOMAIN, HOST, ADDRESS, POLICY_ADDRESS = "midori.example", "mail.midori.example", "203.0.113.25", "203.0.113.80"
Look = Callable[..., Awaitable[dict[str, tuple[Severity, Finding]]]]


@pytest.fixture
def ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that OpenSSL on this machine trusts while the test runs."""
    one = trustme.CA()
    root = tmp_path / "root.pem"
    one.cert_pem.write_to_path(root)
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    return one


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    async with DnsServer() as server:
        server.add(f"mta-sts.{DOMAIN}", "A", POLICY_ADDRESS)
        yield server


@pytest.fixture
def look(dns: DnsServer) -> Look:
    """Measure and judge with these ports of the server open on loopback; by code without its prefix."""

    async def run(
        ports: dict[int, int], *, host: str = HOST, policy_port: int | None = None, domain: str = DOMAIN
    ) -> dict[str, tuple[Severity, Finding]]:
        table = {(ADDRESS, port): ("127.0.0.1", real) for port, real in ports.items()}
        table["127.0.0.1", dns.port] = ("127.0.0.1", dns.port)
        if policy_port:
            table[POLICY_ADDRESS, 443] = ("127.0.0.1", policy_port)
        reroute, journal = Reroute(table, closed=True), Journal()
        resolver = Resolver(dns.address, reroute, journal, 1.0)
        clients = Clients(
            resolver, None, tls=TlsDoor(reroute, journal, 5.0),  # type: ignore[arg-type]
            http=HttpClient(resolver, reroute, journal, 5.0),
        )  # fmt: skip
        context = Context(Target(domain=domain), (MailHost(host, preference=10, addresses=(ADDRESS,)),))
        facts = await CHECK.measure(context, clients)
        json.dumps(asdict(facts), default=lambda value: value.isoformat())
        found = CHECK.judge(facts)
        for one in found:
            assert set(one.values) == set(CHECK.codes[one.code]), one.code
            json.dumps(dict(one.values))
        return {f"{one.code.removeprefix('tls_health.')}": (one.severity, one) for one in found}

    return run
