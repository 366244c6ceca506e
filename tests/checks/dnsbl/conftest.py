"""The living lists as a DNS server shows them: test entries written from the operators' pages, not from our data."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from tests.servers.dns_server import DnsServer, Script, answers, table

NIBBLES = "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
STANDARD = {"2.0.0.127": ("127.0.0.2",)}
TEST_ENTRIES: dict[str, dict[str, tuple[str, ...]]] = {
    "zen.spamhaus.org": {"2.0.0.127": ("127.0.0.10", "127.0.0.4", "127.0.0.2"), NIBBLES: ("127.0.0.2",)},
    "dbl.spamhaus.org": {"dbltest.com": ("127.0.1.2",), "test": ("127.0.1.2",)},
    "b.barracudacentral.org": STANDARD,
    "bl.spamcop.net": STANDARD,
    "psbl.surriel.com": STANDARD,
    "bl.mailspike.net": STANDARD,
    "multi.surbl.org": {"surbl-org-permanent-test-point.com": ("127.0.0.254",)},
    "multi.uribl.com": {"test.uribl.com": ("127.0.0.14",)},
    "bl.spameatingmonkey.net": STANDARD,
    "bl.ipv6.spameatingmonkey.net": {NIBBLES: ("127.0.0.2",)},
    "uribl.spameatingmonkey.net": {"_dnsbl_.test": ("127.0.0.2",)},
    "bl.blocklist.de": STANDARD,
    "dnsbl-1.uceprotect.net": STANDARD,
    "dnsbl-2.uceprotect.net": STANDARD,
    "dnsbl-3.uceprotect.net": STANDARD,
}


@dataclass
class Lists:
    """Every zone healthy and empty, until a test lists something or breaks one."""

    server: DnsServer
    resolver: Resolver
    entries: dict[str, dict[str, tuple[str, ...]]] = field(
        default_factory=lambda: {zone: dict(entries) for zone, entries in TEST_ENTRIES.items()}
    )

    @property
    def clients(self) -> Clients:
        """What `measure` needs; a blacklist is never asked over SMTP."""
        return Clients(self.resolver, None)  # type: ignore[arg-type]

    def healthy(self, zone: str) -> Script:
        """The zone as its operator runs it."""
        return table({name: answers(*codes) for name, codes in self.entries[zone].items()})

    def serve(self, broken: dict[str, Script] | None = None) -> None:
        """Put all zones on the server."""
        for zone in self.entries:
            self.server.script(zone, (broken or {}).get(zone) or self.healthy(zone))

    def list_address(self, zone: str, name: str, *codes: str) -> None:
        """Enter a reversed address or a domain."""
        self.entries[zone][name] = codes


@pytest.fixture
async def lists() -> AsyncIterator[Lists]:
    async with DnsServer() as server:
        yield Lists(server, Resolver(server.address, Reroute(), Journal()))
