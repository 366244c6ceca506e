"""The quick way to ask many names: whatever is not a plain answer to the very question is left to the careful way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.clients.dns_sweep import Sweep, plain_answer
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from tests.servers.dns_server import NXDOMAIN, DnsServer, Reply, always, answers

NAME = "2.0.0.127.zen.example"


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with DnsServer() as running:
        yield running


async def ask(server: DnsServer, reply: Reply, name: str = NAME, patience: float = 0.3):
    server.script("", always(reply))
    async with Resolver(server.address, Reroute(), Journal()).sweep() as sweep:
        return await sweep.ask(name, patience)


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (NXDOMAIN, ("NXDOMAIN", ())),
        (Reply(), ("NOERROR", ())),
        (answers("127.0.0.2"), ("NOERROR", ("127.0.0.2",))),
        (answers("127.0.0.10", "127.0.0.4", "127.0.0.2"), ("NOERROR", ("127.0.0.10", "127.0.0.4", "127.0.0.2"))),
        (answers("198.51.100.9"), ("NOERROR", ("198.51.100.9",))),
    ],
)
async def test_plain_answers_are_told_as_they_are(server, reply: Reply, found) -> None:
    plain = await ask(server, reply)
    assert plain is not None and (plain[0], set(plain[1])) == (found[0], set(found[1]))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(rcode="SERVFAIL"),
        Reply(rcode="REFUSED"),
        Reply(truncated=True),
        Reply(referral=True),
        Reply((("A", "127.0.0.2"),), rcode="NXDOMAIN"),
        Reply((("A", "127.0.0.2"),), wrong_id=True),
        Reply((("CNAME", "elsewhere.example."),)),
        Reply((("TXT", '"listed"'), ("A", "127.0.0.2"))),
        Reply(raw=b""),
        Reply(raw=b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        Reply(silent=True),
        answers(*(f"127.0.0.{number}" for number in range(1, 60))),
    ],
)
async def test_anything_else_is_left_to_the_careful_way(server, reply: Reply) -> None:
    assert await ask(server, reply) is None


@pytest.mark.parametrize(
    "name", ["", ".", "one", "a..b", "a b.example", "鍵.example", "x" * 64 + ".example", "a." * 140 + "b"]
)
async def test_names_that_are_not_plain_are_left_to_the_careful_way(server, name: str) -> None:
    assert await ask(server, NXDOMAIN, name) is None
    assert server.asked == []


async def test_a_closed_port_and_no_server_at_all_cost_no_time() -> None:
    async with asyncio.timeout(20), Sweep(("127.0.0.1", 9)) as closed, Sweep(None) as nowhere:
        waiting = closed.ask(NAME, 30), closed.ask(NAME, 30), nowhere.ask(NAME, 30)
        assert await asyncio.gather(*waiting) == [None] * 3


async def test_answers_that_come_in_one_burst_reach_the_question_they_belong_to(server) -> None:
    server.script("", always(NXDOMAIN))
    listed = {f"{number}.0.0.127.zen.example": f"127.0.0.{number}" for number in range(2, 250, 3)}
    for name, address in listed.items():
        server.script(name, always(answers(address)))
    names = [f"{number}.0.0.127.zen.example" for number in range(2, 250)]
    async with Sweep((server.host, server.port)) as sweep:
        batches = await asyncio.gather(*(sweep.ask_all(names, 30) for _ in range(3)))
    found = [(name, plain) for batch in batches for name, plain in zip(names, batch, strict=True) if plain is not None]
    for name, plain in found:
        assert plain == (("NOERROR", (listed[name],)) if name in listed else ("NXDOMAIN", ()))
    # Two that drew the same number, or a lost packet: those are asked again with care.
    assert len(found) > 0.9 * 3 * len(names)


async def test_a_flood_of_packets_ends_the_listening(server) -> None:
    server.script("", always(Reply(silent=True)))
    async with Sweep((server.host, server.port)) as sweep:
        waiting = asyncio.ensure_future(sweep.ask_all([NAME] * 4, 30))
        await asyncio.sleep(0)
        for port in sweep._ports:
            for _ in range(3000):
                port.datagram_received(b"\0\0no answer to anything", (server.host, server.port))
        assert await waiting == [None] * 4


async def test_an_end_midway_gives_back_the_room(server) -> None:
    server.script("", always(Reply(silent=True)))
    async with Sweep((server.host, server.port)) as sweep:
        for _ in range(4):
            broken_off = asyncio.ensure_future(sweep.ask_all([NAME] * 100, 0.05))
            await asyncio.sleep(0.01)
            broken_off.cancel()
            await asyncio.gather(broken_off, return_exceptions=True)
        server.script("", always(NXDOMAIN))
        answered = await asyncio.wait_for(sweep.ask_all([NAME] * 20, 30), 60)
    assert answered.count(("NXDOMAIN", ())) > 15


async def test_leaving_settles_what_still_waits(server) -> None:
    server.script("", always(Reply(silent=True)))
    async with Sweep((server.host, server.port)) as sweep:
        waiting = [asyncio.ensure_future(sweep.ask(NAME, 30)) for _ in range(20)]
        await asyncio.sleep(0.05)
    assert await asyncio.gather(*waiting) == [None] * 20


@given(some.binary(max_size=300), some.integers(0, 40))
def test_no_bytes_make_it_fall_over(data: bytes, start: int) -> None:
    plain = plain_answer(b"\0\0\x81\x80\0\1" + data, start) if len(data) > 6 else None
    assert plain is None or plain[0] in ("NOERROR", "NXDOMAIN")


@given(
    some.sampled_from(["NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR"]),
    some.lists(some.ip_addresses(v=4).map(str), max_size=25),
    some.booleans(),
    some.booleans(),
    some.booleans(),
)
def test_it_never_tells_what_the_wire_does_not_say(rcode, addresses, authoritative, recursive, truncated) -> None:
    response = dns.message.make_response(dns.message.make_query(NAME, "A"))
    flags = ((dns.flags.AA, authoritative), (dns.flags.RA, recursive), (dns.flags.TC, truncated))
    response.flags |= sum(flag for flag, is_set in flags if is_set)
    response.set_rcode(dns.rcode.from_text(rcode))
    if addresses:
        response.answer.append(dns.rrset.from_text(NAME + ".", 60, "IN", "A", *addresses))
    wire = response.to_wire()
    plain = plain_answer(wire, 12 + len(NAME) + 2 + 4)
    if plain is not None:
        assert plain[0] == rcode and set(plain[1]) == set(addresses)
        assert not truncated and (authoritative or recursive)
