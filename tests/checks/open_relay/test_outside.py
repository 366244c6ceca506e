"""The same probes through a real sshd (`ssh -W`): nothing runs there, and why a way is closed is told."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.checks.open_relay import judge, measure
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.smtp import SmtpClient
from core.clients.ssh_tunnel import SshTunnel
from core.errors import CheckConnectionError, CheckError
from core.model import Context, MailHost, Target, Vantage
from tests.servers.hostile_smtp import Send, hostile_server
from tests.servers.sshd import Sshd

ADDRESS = "203.0.113.25"


@pytest.fixture(scope="module")
def outside() -> Iterator[Sshd]:
    with Sshd.started() as running:
        yield running


@pytest.fixture
async def through(outside: Sshd) -> AsyncIterator[Callable[..., Clients]]:
    """Clients whose relay probes go through the sshd; the laptop's own way leads nowhere."""
    made: list[SmtpClient] = []

    def make(port: int, server: Sshd = outside, config: Path | None = None) -> Clients:
        journal, reroute = Journal(), Reroute({(ADDRESS, 25): ("127.0.0.1", port)}, closed=True)
        tunnel = SshTunnel(server.destination(), str(config or server.client_config()), journal)
        made.append(SmtpClient(reroute, journal, 20.0, 20.0, way=tunnel))
        nowhere = SmtpClient(Reroute(closed=True), journal)
        return Clients(Resolver("127.0.0.1:9", reroute, journal), nowhere, journal=journal, outside=made[-1])

    yield make
    for client in made:
        await client.close()


def context(thorough: bool = False) -> Context:
    target = Target(domain="example.jp", own_server=True, thorough=thorough, outside="post@127.0.0.1")
    return Context(target, (MailHost("mx.example.jp", addresses=(ADDRESS,)),), vantage=Vantage("inside"))


@pytest.fixture
def folders(outside: Sshd, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The temporary folders made from here on."""
    made: list[str] = []
    make = tempfile.mkdtemp

    def noted(*arguments: Any, **options: Any) -> str:
        made.append(make(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", noted)
    return made


def still_there(folders: list[str]) -> list[str]:
    return [folder for folder in folders if Path(folder).exists()]


async def test_probes_from_outside_count_though_we_ourselves_are_inside(through) -> None:  # type: ignore[no-untyped-def]
    async with hostile_server({"RCPT": (Send(b"250 2.1.5 Ok\r\n"),)}) as server:
        clients = through(server.port)
        facts = await measure(context(), clients)
    (finding,) = judge(facts)
    assert finding.code == "open_relay.accepted"
    assert facts.servers[0].through == "post@127.0.0.1"
    assert any("ssh -W" in entry for entry in clients.journal.contacted)


async def test_a_thorough_run_through_it_is_whole_and_leaves_nothing_behind(through, folders: list[str]) -> None:  # type: ignore[no-untyped-def]
    async with hostile_server() as server:
        clients = through(server.port)
        facts = await measure(context(thorough=True), clients)
    assert judge(facts)[0].code == "open_relay.closed_thorough"
    assert "EHLO 127.0.0.1" in server.received or "EHLO [127.0.0.1]" in server.received
    await clients.outside.close()
    assert folders
    assert still_there(folders) == []


async def test_a_closed_port_behind_it_is_told_apart(through) -> None:  # type: ignore[no-untyped-def]
    async with hostile_server() as server:
        port = server.port
    with pytest.raises(CheckConnectionError, match="connection_refused"):
        await measure(context(), through(port))


async def test_a_machine_that_forbids_passing_through(through) -> None:  # type: ignore[no-untyped-def]
    with Sshd.started(options=("AllowTcpForwarding no",)) as strict:
        client = through(25, strict).outside
        with pytest.raises(CheckError, match="forwarding_forbidden"):
            await client.open(ADDRESS, 25, deadline=20)


async def test_a_refused_login(through, outside: Sshd, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    config = outside.client_config(key=tmp_path / "no-such-key")
    with pytest.raises(CheckError, match="permission_denied"):
        await through(25, outside, config).outside.open(ADDRESS, 25, deadline=20)
