"""The way through an outside machine ends at once, whatever that machine still sends."""

from __future__ import annotations

import asyncio

from core.clients.journal import Journal
from core.clients.ssh_tunnel import SshTunnel
from tests.patience import HANG


async def test_a_flood_through_the_tunnel_does_not_keep_it_open(tmp_path):
    flood = tmp_path / "ssh"
    flood.write_text("#!/bin/sh\nexec yes '250 ok'\n")
    flood.chmod(0o755)
    tunnel = SshTunnel("me@outside.test", None, Journal(), program=(str(flood),))
    wire = await tunnel.connect("203.0.113.25", 25)
    assert (await wire.read()).startswith(b"250 ok\n")
    await asyncio.sleep(0.3)  # nobody reads: the buffers are full
    async with asyncio.timeout(HANG):
        await tunnel.close()
    assert wire._process.returncode == -9
