"""An empty DNS server for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.servers.dns_server import DnsServer


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with DnsServer() as one:
        yield one
