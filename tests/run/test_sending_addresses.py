"""Where our mail leaves from, and how we know: the strongest source is said, and strangers' servers are left out."""

from __future__ import annotations

import pytest

from core.clients import Clients, Doors
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import Target
from core.survey import first_survey
from tests.servers.dns_server import DnsServer, Reply, always

DOMAIN, HOST = "midori.example", "mail.midori.example"


@pytest.fixture
async def server():
    async with DnsServer() as one:
        one.add(HOST, "A", "203.0.113.25")
        one.add("aspmx.l.google.com", "A", "198.51.100.26")
        yield one


async def sources(server: DnsServer, target: Target) -> list[tuple[str, str]]:
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 1.0), None)  # type: ignore[arg-type]
    survey = await first_survey(target, clients, Doors())
    return [(one.address, one.source) for one in survey.context.addresses]


async def test_the_spf_record_names_senders_before_the_mx(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(DOMAIN, "TXT", '"v=spf1 ip4:203.0.113.7 -all"')
    assert await sources(server, Target(domain=DOMAIN)) == [("203.0.113.7", "spf"), ("203.0.113.25", "mx")]


async def test_a_given_address_comes_first_and_stands_once(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(DOMAIN, "TXT", '"v=spf1 ip4:203.0.113.7 ip4:203.0.113.25 -all"')
    found = await sources(server, Target(domain=DOMAIN, address=("203.0.113.25",)))
    assert found == [("203.0.113.25", "given"), ("203.0.113.7", "spf")]


async def test_the_incoming_servers_of_a_big_company_are_not_our_senders(server) -> None:
    server.add(DOMAIN, "MX", "10 aspmx.l.google.com.")
    server.add(DOMAIN, "TXT", '"v=spf1 include:_spf.google.com ~all"')
    assert await sources(server, Target(domain=DOMAIN)) == []


async def test_private_addresses_in_the_record_are_left_out(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(DOMAIN, "TXT", '"v=spf1 ip4:192.168.1.5 -all"')
    assert await sources(server, Target(domain=DOMAIN)) == [("203.0.113.25", "mx")]


async def test_a_domain_whose_servers_fail_leaves_what_was_given(server) -> None:
    server.script(DOMAIN, always(Reply(rcode="SERVFAIL")))
    assert await sources(server, Target(domain=DOMAIN, address=("203.0.113.7",))) == [("203.0.113.7", "given")]
