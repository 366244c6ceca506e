"""Checks of one run ask the same things: each is asked once, and nobody is kept waiting by somebody who gave up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.errors import CheckError
from tests.servers.dns_server import DnsServer, Reply, always


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with DnsServer() as one:
        one.add("midori.example", "TXT", '"v=spf1 -all"')
        yield one


def resolver(server: DnsServer, remember: float = 30.0) -> Resolver:
    return Resolver(server.address, Reroute(), Journal(), 2.0, remember)


async def test_the_same_question_is_asked_once(server: DnsServer) -> None:
    one = resolver(server)
    answers = [await one.query("midori.example", "TXT") for _ in range(3)]
    assert answers[0].records == ("v=spf1 -all",) and answers[0] == answers[1] == answers[2]
    assert len(server.asked) == 1


async def test_questions_at_the_same_time_share_their_answer(server: DnsServer) -> None:
    one = resolver(server)
    answers = await asyncio.gather(*(one.query("midori.example", "TXT") for _ in range(5)))
    assert len(set(answers)) == 1 and len(server.asked) == 1


async def test_another_name_or_kind_is_another_question(server: DnsServer) -> None:
    one = resolver(server)
    for name, kind in (("midori.example", "TXT"), ("midori.example", "MX"), ("mail.midori.example", "TXT")):
        await one.query(name, kind)
    assert len(server.asked) == 3


async def test_without_being_told_to_nothing_is_remembered_nor_after_its_time(server: DnsServer) -> None:
    for remember in (0.0, 1e-9):
        server.asked.clear()
        one = resolver(server, remember)
        for _ in range(2):
            await one.query("midori.example", "TXT")
        assert len(server.asked) == 2


async def test_a_question_with_a_time_or_server_of_its_own_is_asked_anew(server: DnsServer) -> None:
    one = resolver(server)
    await one.query("midori.example", "TXT")
    await one.query("midori.example", "TXT", lifetime=1.0)
    await one.query("midori.example", "TXT", server=(server.host, server.port))
    assert len(server.asked) == 3


async def test_a_failure_is_told_to_all_who_wait_and_not_kept(server: DnsServer) -> None:
    server.script("broken.example", always(Reply(rcode="SERVFAIL")))
    one = resolver(server)
    found = await asyncio.gather(*(one.query("broken.example", "A") for _ in range(3)), return_exceptions=True)
    assert [getattr(error, "code", None) for error in found] == ["dns.server_failed"] * 3
    asked = len(server.asked)
    with pytest.raises(CheckError):
        await one.query("broken.example", "A")
    assert len(server.asked) == 2 * asked


async def test_who_waits_is_answered_though_the_first_to_ask_gave_up(server: DnsServer) -> None:
    server.script("slow.example", always(Reply((("A", "203.0.113.10"),), delay=0.2)))
    one = resolver(server)
    first = asyncio.create_task(one.query("slow.example", "A"))
    await asyncio.sleep(0)
    second = asyncio.create_task(one.query("slow.example", "A"))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).records == ("203.0.113.10",)
    assert first.cancelled()


async def test_who_stops_waiting_takes_nothing_from_the_others(server: DnsServer) -> None:
    server.script("slow.example", always(Reply((("A", "203.0.113.10"),), delay=0.2)))
    one = resolver(server)
    tasks = [asyncio.create_task(one.query("slow.example", "A")) for _ in range(3)]
    await asyncio.sleep(0.01)
    tasks[1].cancel()
    assert [answer.records for answer in (await tasks[0], await tasks[2])] == [("203.0.113.10",)] * 2
    assert len(server.asked) == 1
