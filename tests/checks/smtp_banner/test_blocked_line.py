"""A line that blocks port 25 (OP25B) told from a server that is silent: one other well-known server is asked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from core.checks.smtp_banner import judge, measure
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.smtp import SmtpClient
from core.model import Context, MailHost, Severity, Target
from tests.servers.hostile_smtp import ORDINARY, Script, Silence, hostile_server
from tests.servers.nsd import Nsd, free_port

OURS, THEIRS = "203.0.113.25", "198.51.100.99"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port whose connections never come to be: its queue is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.fixture(scope="module")
def dns() -> Iterator[Nsd]:
    with Nsd({"gmail.com": f"@ MX 5 mx\nmx A {THEIRS}\n"}, "127.0.0.1", free_port()) as running:
        yield running


def clients(dns: Nsd, ours: int, theirs: int) -> Clients:
    table = {(OURS, 25): ("127.0.0.1", ours), (THEIRS, 25): ("127.0.0.1", theirs)}
    table |= {(OURS, 465): ("127.0.0.1", ours), (OURS, 587): ("127.0.0.1", ours)}
    reroute, journal = Reroute(table), Journal()
    return Clients(Resolver(dns.server, reroute, journal), SmtpClient(reroute, journal, 0.5, 2.0), journal=journal)


CONTEXT = Context(Target(domain="example.jp"), (MailHost("mx.example.jp", addresses=(OURS,)),))


async def test_when_a_well_known_server_is_silent_too_it_is_the_line(dns: Nsd, silent: int) -> None:
    doors = clients(dns, silent, silent)
    facts = await measure(CONTEXT, doors)
    (finding,) = judge(facts)
    assert (finding.code, finding.severity) == ("smtp_banner.line_blocked", Severity.UNKNOWN)
    assert finding.values["landmark"] == "mx.gmail.com"
    assert f"{THEIRS}:25 (SMTP)" in doors.journal.contacted


async def test_when_it_answers_the_line_is_open(dns: Nsd, silent: int) -> None:
    async with hostile_server() as other:
        (finding,) = judge(await measure(CONTEXT, clients(dns, silent, other.port)))
        assert other.connections == 1
        assert other.received[-1] == "QUIT"
        assert not any(line.upper().startswith(("MAIL", "RCPT", "DATA")) for line in other.received)
    assert (finding.code, finding.severity) == ("smtp_banner.silent_line_open", Severity.WARNING)


async def test_nobody_else_is_asked_while_our_own_server_answers(dns: Nsd, silent: int) -> None:
    async with hostile_server() as own:
        doors = clients(dns, own.port, silent)
        facts = await measure(CONTEXT, doors)
    assert facts.landmark is None
    assert not any(THEIRS in entry for entry in doors.journal.contacted)


@pytest.mark.parametrize(("other", "code"), [({"connect": [Silence(5.0)]}, "line_blocked"), (ORDINARY, "silent")])
async def test_a_line_that_takes_every_call_and_says_nothing(dns: Nsd, other: Script, code: str) -> None:
    """Some lines (a carrier's, a virus scanner's on the desk) answer in everybody's stead: it is not our server."""
    async with hostile_server({"connect": [Silence(5.0)]}) as ours, hostile_server(other) as landmark:
        (finding,) = judge(await measure(CONTEXT, clients(dns, ours.port, landmark.port)))
    assert finding.code == f"smtp_banner.{code}"
