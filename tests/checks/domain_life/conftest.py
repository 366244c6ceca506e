"""Registries on loopback that answer in the real ones' shapes, by RDAP (over TLS) and by WHOIS."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

import pytest
import trustme

from core.checks.domain_life import CHECK
from core.clients import Clients
from core.clients.http import HttpClient
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.whois import WhoisClient
from core.model import Context, Finding, Severity, Target
from tests.servers.dns_server import DnsServer
from tests.servers.tls_server import server_context, serving, tls_from_the_start

REGISTRY = "198.51.100.43"
Ask = Callable[..., Awaitable[tuple[list[tuple[str, Severity]], tuple[Finding, ...]]]]


@pytest.fixture
async def dns() -> AsyncIterator[DnsServer]:
    async with DnsServer() as server:
        yield server


@pytest.fixture
def ask(dns: DnsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Measure and judge `domain` with its registry at `server` saying `says` (bytes; None: it is closed)."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "root.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))

    async def judged(domain: str, table: dict[tuple[str, int], tuple[str, int]]):
        table["127.0.0.1", dns.port] = ("127.0.0.1", dns.port)
        reroute, journal = Reroute(table, closed=True), Journal()
        resolver = Resolver(dns.address, reroute, journal, 1.0)
        clients = Clients(
            resolver, None,  # type: ignore[arg-type]
            whois=WhoisClient(resolver, reroute, journal, 2.0), http=HttpClient(resolver, reroute, journal, 2.0),
        )  # fmt: skip
        facts = await CHECK.measure(Context(Target(domain=domain)), clients)
        json.dumps(asdict(facts), default=lambda value: value.isoformat())
        found = CHECK.judge(facts)
        for one in found:
            assert set(one.values) == set(CHECK.codes[one.code]), one.code
        return [(one.code.partition(".")[2], one.severity) for one in found], found

    async def run(domain: str, server: str, says: bytes | None, asked: list[bytes] | None = None):
        dns.add(server, "A", REGISTRY)
        heard = asked if asked is not None else []
        if says is None:
            return await judged(domain, {})
        if server.startswith("whois"):

            async def whois(reader, writer) -> None:
                heard.append(await reader.readline())
                writer.write(says)
                await writer.drain()

            async with serving(whois) as port:
                return await judged(domain, {(REGISTRY, 43): ("127.0.0.1", port)})

        def rdap(request: bytes) -> bytes:
            heard.append(request)
            return says

        async with tls_from_the_start(server_context(ca.issue_cert(server)), rdap) as port:
            return await judged(domain, {(REGISTRY, 443): ("127.0.0.1", port)})

    return run
