"""The senders a domain names one by one in its SPF record, and how long an evaluation may take."""

from __future__ import annotations

import asyncio

import pytest

from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.spf import SpfDoor
from core.clients.spf_senders import spf_senders
from tests.patience import HANG, NEVER
from tests.servers.dns_server import DnsServer, Reply, Rounds, always, answers


@pytest.fixture
async def server():
    async with DnsServer() as one:
        yield one


def resolver(server: DnsServer, lifetime: float = 1.0) -> Resolver:
    return Resolver(server.address, Reroute(), Journal(), lifetime)


@pytest.mark.parametrize(
    ("record", "senders"),
    [
        ("v=spf1 ip4:203.0.113.25 -all", ("203.0.113.25",)),
        ("v=spf1 +ip4:203.0.113.25/32 ip6:2001:db8::25 ~all", ("203.0.113.25", "2001:db8::25")),
        ("v=spf1 a:mail.midori.example mx -all", ("203.0.113.7",)),
        ("v=spf1 ip4:203.0.113.0/24 include:_spf.google.com -all", ()),
        ("v=spf1 -ip4:203.0.113.25 ?ip4:203.0.113.26 a:%{i}.x.example +all", ()),
        ("v=spf1 ip4:nonsense ip4: a:no.midori.example -all", ()),
        ("v=spf10 ip4:203.0.113.25 -all", ()),
    ],
)
async def test_single_addresses_are_senders(server, record: str, senders: tuple[str, ...]) -> None:
    server.add("midori.example", "TXT", f'"{record}"')
    server.add("mail.midori.example", "A", "203.0.113.7")
    assert await spf_senders(resolver(server), "midori.example") == senders


async def test_two_records_and_silence_name_nobody(server) -> None:
    server.add("midori.example", "TXT", '"v=spf1 ip4:203.0.113.25 -all"', '"v=spf1 ip4:203.0.113.26 -all"')
    server.script("down.example", always(Reply(rcode="SERVFAIL")))
    assert await spf_senders(resolver(server), "midori.example") == ()
    assert await spf_senders(resolver(server), "down.example") == ()


async def test_an_evaluation_that_takes_too_long_has_no_verdict(server) -> None:
    server.script("", always(Reply(delay=NEVER)))
    door = SpfDoor(resolver(server, NEVER), limit=0.2)
    async with asyncio.timeout(HANG):
        found = await door.check("203.0.113.25", "a@midori.example", "midori.example")
    assert (found.result, found.problem) == ("temperror", "timed_out")


async def test_d09_a_record_without_end_leads_to_few_questions(server) -> None:
    """Every name includes two new ones: the tenth look-up ends it, whatever was asked ahead."""

    def endless(name: str, kind: str) -> Reply:
        text = f'"v=spf1 include:a{name}.example include:b{name}.example -all"'
        return Reply((("TXT", text),)) if kind == "TXT" else answers()

    server.script("example", endless)
    found = await SpfDoor(resolver(server)).check("203.0.113.25", "x@m.example", "m.example")
    assert found.result in ("permerror", "temperror")
    assert len(server.asked) < 60


async def test_questions_go_out_side_by_side(server) -> None:
    """Nine includes: far fewer ways there and back than nine."""
    includes = " ".join(f"include:i{number}.sender.example" for number in range(9))
    server.script("midori.example", lambda _, kind: Reply((("TXT", f'"v=spf1 {includes} -all"'),)))
    server.script("sender.example", lambda _, kind: Reply((("TXT", '"v=spf1 ip4:203.0.113.9 -all"'),)))
    server.rounds = Rounds()
    found = await SpfDoor(resolver(server, HANG)).check("203.0.113.9", "x@midori.example", "midori.example")
    assert found.result == "pass"
    assert len(server.asked) == 10
    assert server.rounds.count <= 3
