"""The domain's name servers, each asked itself: agreeing, lame, silent, out of date; and the resolver beside them."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
from collections.abc import AsyncIterator, Callable

import pytest

from core.checks.dns_health import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import Context, Finding, Severity, Target
from tests.servers.dns_server import NXDOMAIN, DnsServer, Reply, Rounds, always, answers

DOMAIN, HOST, ADDRESS = "midori.example", "mail.midori.example", "203.0.113.25"
SERVERS = {"ns1.midori.example": "198.51.100.53", "ns2.midori.example": "198.51.100.54"}
PARENT, PARENT_ADDRESS = "a.nic.example", "198.51.100.10"
SOA = "ns1.midori.example. hostmaster.midori.example. {} 7200 900 1209600 300"
WARNING, CRITICAL, UNKNOWN = Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN


class World:
    """The resolver, the zone above and two name servers, each a server of its own."""

    def __init__(self, resolver: DnsServer, parent: DnsServer, own: list[DnsServer]) -> None:
        self.resolver, self.parent, self.own = resolver, parent, own
        self.closed: set[str] = set()
        for server in (resolver, *own):
            zone(server)
        resolver.add("example", "NS", f"{PARENT}.")
        resolver.add(PARENT, "A", PARENT_ADDRESS)
        resolver.add(HOST, "A", ADDRESS)
        for name, address in SERVERS.items():
            resolver.add(name, "A", address)
        parent.add(DOMAIN, "NS", *(f"{name}." for name in SERVERS))

    async def look(self) -> tuple[dict[str, Severity], dict[str, Finding]]:
        table = {(self.resolver.host, self.resolver.port): ("127.0.0.1", self.resolver.port)}
        table[PARENT_ADDRESS, 53] = ("127.0.0.1", self.parent.port)
        for address, server in zip(SERVERS.values(), self.own, strict=True):
            if address not in self.closed:
                table[address, 53] = ("127.0.0.1", server.port)
        resolver = Resolver(self.resolver.address, Reroute(table, closed=True), Journal(), 2.0)
        facts = await CHECK.measure(Context(Target(domain=DOMAIN)), Clients(resolver, None))  # type: ignore[arg-type]
        json.dumps(dataclasses.asdict(facts), default=lambda value: value.isoformat())
        found = CHECK.judge(facts)
        for one in found:
            assert set(one.values) == set(CHECK.codes[one.code]), one.code
        by_code = {one.code.partition(".")[2]: one for one in found}
        return {code: one.severity for code, one in by_code.items()}, by_code


def zone(server: DnsServer, mx: str = HOST, serial: int = 2025112201) -> None:
    server.add(DOMAIN, "SOA", SOA.format(serial))
    server.add(DOMAIN, "MX", f"10 {mx}.")
    server.add(DOMAIN, "NS", *(f"{name}." for name in SERVERS))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with contextlib.AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(DnsServer()) for _ in range(4)]
        yield World(servers[0], servers[1], servers[2:])


async def test_all_agree(world) -> None:
    assert (await world.look())[0] == {"ok": Severity.OK}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(rcode="REFUSED"), "refused"),
        (Reply(rcode="SERVFAIL"), "not_its_zone"),
        (Reply(silent=True), "silent"),
        (Reply(), "not_its_zone"),
        (Reply(referral=True), "not_its_zone"),
    ],
)
async def test_one_lame_server(world, reply: Reply, reason: str) -> None:
    world.own[1].script("", always(reply))
    said, found = await world.look()
    assert said == {"server_lame": WARNING}
    assert found["server_lame"].values["servers"] == ["ns2.midori.example"]
    assert found["server_lame"].values["reasons"] == [reason]


async def test_a_name_server_without_an_address(world) -> None:
    world.resolver.script("ns2.midori.example", always(NXDOMAIN))
    said, found = await world.look()
    assert said == {"server_lame": WARNING}
    assert found["server_lame"].values["reasons"] == ["no_address"]


async def test_a_line_that_lets_us_ask_nobody_directly(world) -> None:
    world.closed = set(SERVERS.values())
    assert (await world.look())[0] == {"servers_unasked": UNKNOWN}


async def test_name_servers_only_in_a_private_view(world) -> None:
    for name in SERVERS:
        world.resolver.script(name, always(answers("192.168.1.53")))
    assert (await world.look())[0] == {"servers_unasked": UNKNOWN}


def swap(server: DnsServer, change: Callable[[DnsServer], None]) -> None:
    server._records.clear()
    change(server)


async def test_servers_with_different_mx(world) -> None:
    swap(world.own[1], lambda server: zone(server, mx="old.elsewhere.example", serial=2024010101))
    assert (await world.look())[0] == {"servers_disagree": CRITICAL}


async def test_servers_with_different_versions(world) -> None:
    swap(world.own[1], lambda server: zone(server, serial=2024010101))
    assert (await world.look())[0] == {"serials_differ": WARNING}


async def test_d13_a_resolver_that_remembers_the_old_mx(world) -> None:
    for server in world.own:
        swap(server, lambda one: zone(one, mx="new.elsewhere.example"))
    said, found = await world.look()
    assert said == {"resolver_differs": WARNING}
    assert found["resolver_differs"].values["new"] == ["10 new.elsewhere.example."]


async def test_a_resolver_that_denies_a_living_domain(world) -> None:
    world.resolver.script(DOMAIN, always(NXDOMAIN))
    for name, address in SERVERS.items():
        world.resolver.script(name, always(answers(address)))
    assert (await world.look())[0] == {"resolver_differs": WARNING}


async def test_the_zone_above_names_others(world) -> None:
    swap(world.parent, lambda server: server.add(DOMAIN, "NS", "ns1.midori.example.", "ns9.old.example."))
    said, found = await world.look()
    assert said == {"delegation_differs": WARNING}
    assert found["delegation_differs"].values["parent"] == ["ns1.midori.example", "ns9.old.example"]


async def test_a_network_that_invents_addresses_is_said_even_with_an_mx(world) -> None:
    world.resolver.script("com", always(answers("198.51.100.80")))
    assert (await world.look())[0] == {"resolver_rewrites": UNKNOWN}


async def test_few_questions_wait_for_one_another(world) -> None:
    """What a run waits for is the number of questions after one another, not how many there are."""
    rounds = Rounds()
    for server in (world.resolver, world.parent, *world.own):
        server.rounds = rounds
    said, _ = await world.look()
    assert said == {"ok": Severity.OK}
    assert rounds.count <= 4


@pytest.mark.parametrize(("days", "seen"), [(0, True), (7, True), (8, False), (-2, False)])
async def test_a_serial_that_is_a_day_tells_of_a_change(world, days: int, seen: bool) -> None:
    day = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=days)
    for server in (world.resolver, *world.own):
        swap(server, lambda one: zone(one, serial=int(f"{day:%Y%m%d}07")))
    world.resolver.add("example", "NS", f"{PARENT}.")
    for name, address in {PARENT: PARENT_ADDRESS, HOST: ADDRESS, **SERVERS}.items():
        world.resolver.add(name, "A", address)
    said, found = await world.look()
    assert said == ({"ok": Severity.OK, "changed_recently": Severity.OK} if seen else {"ok": Severity.OK})
    if seen:
        assert found["changed_recently"].values["changed"] == day.isoformat()
