"""A name that leads to 127.0.0.1 or 0.0.0.0 leads to whoever asks: our own doors are not the company's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from core.clients import Clients, Doors
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import MailHost, Report, Target
from core.run import Run, RunFinished
from core.survey import first_survey
from tests.servers.dns_server import DnsServer

DOMAIN, HOST = "midori.example", "mail.midori.example"
DOORS = frozenset({"smtp_banner", "tls_health", "open_relay", "hosting"})


async def hosts(server: DnsServer, target: Target) -> tuple[MailHost, ...]:
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    return (await first_survey(target, clients, Doors())).context.mail_hosts


async def report_of(target: Target, resolver: str) -> Report:
    async for event in Run(target, only=DOORS, doors=Doors(resolver=resolver)).events():
        if isinstance(event, RunFinished):
            return event.report
    raise AssertionError("no report")


@asynccontextmanager
async def door_here(family: str) -> AsyncIterator[tuple[int, list[str]]]:
    """A door of this computer; it notes who knocks."""
    knocks: list[str] = []

    async def heard(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        knocks.append(str(writer.get_extra_info("peername")))
        writer.close()

    server = await asyncio.start_server(heard, family, 0)
    async with server:
        yield server.sockets[0].getsockname()[1], knocks


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.53", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1"])
async def test_a_signpost_to_this_computer_is_kept_apart(address: str) -> None:
    async with DnsServer() as server:
        server.add(DOMAIN, "MX", f"10 {HOST}.")
        server.add(HOST, "AAAA" if ":" in address else "A", address)
        (host,) = await hosts(server, Target(domain=DOMAIN))
    assert (host.name, host.addresses, len(host.astray)) == (HOST, (), 1)


async def test_the_other_addresses_of_the_name_are_asked() -> None:
    async with DnsServer() as server:
        server.add(DOMAIN, "MX", f"10 {HOST}.")
        server.add(HOST, "A", "127.0.0.1", "203.0.113.25")
        (host,) = await hosts(server, Target(domain=DOMAIN))
    assert (host.addresses, host.astray) == (("203.0.113.25",), ("127.0.0.1",))


@pytest.mark.parametrize("told", [HOST, "0.0.0.0"])
async def test_nobody_knocks_at_this_computer_and_the_reason_is_told(told: str) -> None:
    async with DnsServer() as server, door_here("127.0.0.1") as (port, knocks):
        server.add(HOST, "A", "127.0.0.1")
        report = await report_of(Target(mail_host=f"{told}:{port}", own_server=True), server.address)
    assert knocks == []
    assert {one.problem.code for one in report.results if one.problem} == {"run.leads_back_here"}
    assert {one.state for one in report.results} == {"unknown"}, "nothing is called good"
    assert not any(cause.code == "mail_service_stopped" for cause in report.causes)


async def test_who_writes_this_computer_means_it() -> None:
    async with DnsServer() as server:
        named: Callable[[str], Target] = lambda name: Target(mail_host=name)  # noqa: E731
        assert [(await hosts(server, named(name)))[0].addresses for name in ("127.0.0.1:2525", "[::1]:25")] == [
            ("127.0.0.1",),
            ("::1",),
        ]
