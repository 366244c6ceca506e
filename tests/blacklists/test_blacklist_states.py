"""Which lists live: each asked its own test entries, nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.blacklists import ListState, blacklist_states, verdict_of
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.knowledge.dnsbl import load_lists
from tests.patience import HANG
from tests.servers.dns_server import NXDOMAIN, DnsServer, Reply, Script, always, answers, table

KEY = "canary7secret7key"


def healthy(one) -> Script:
    return table({test.query: answers(*test.answers) for test in one.tests if test.answers})


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with DnsServer() as running:
        for one in load_lists():
            running.script(one.zone, healthy(one))
        yield running


async def states(server: DnsServer, keys=None) -> dict[str, ListState]:
    found = await blacklist_states(Resolver(server.address, Reroute(), Journal()), keys)
    return {state.zone: state for state in found}


async def test_every_list_of_every_tier_is_tested_and_nobody_asked_about(server) -> None:
    found = await states(server)
    assert set(found) == {one.zone for one in load_lists()}
    assert {state.state for state in found.values()} == {"alive"}
    assert [state.tier for state in found.values()][:4] == ["A"] * 4
    assert {asked.purpose for state in found.values() for asked in state.asked} == {
        "listed_test",
        "unlisted_test",
        "random_test",
    }


@pytest.mark.parametrize(
    ("reply", "state", "reason"),
    [
        (answers("127.255.255.254"), "refuses_us", "public_resolver"),
        (answers("127.255.255.255"), "refuses_us", "too_many_queries"),
        (Reply(rcode="REFUSED"), "refuses_us", "refused"),
        (NXDOMAIN, "broken", "test_entry_missing"),
        (answers("127.0.0.2"), "broken", "lists_everything"),
        (answers("198.51.100.9"), "broken", "outside_answer"),
        (Reply(rcode="SERVFAIL"), "could_not_ask", "server_failed"),
        (Reply(silent=True), "could_not_ask", "silent"),
        (answers("127.0.0.1"), "could_not_ask", "blocked_locally"),
    ],
)
async def test_a_list_that_fails_says_how(server, reply: Reply, state: str, reason: str) -> None:
    server.script("zen.spamhaus.org", always(reply))
    async with asyncio.timeout(HANG):
        found = await states(server)
    assert (found["zen.spamhaus.org"].state, found["zen.spamhaus.org"].reason) == (state, reason)
    assert found["bl.spamcop.net"].state == "alive"


async def test_a_line_that_invents_answers_proves_nothing_about_any_list(server) -> None:
    server.script("", always(answers("192.0.2.80")))
    assert {state.reason for state in (await states(server)).values()} == {"resolver_rewrites"}


async def test_a_silent_resolver_ends_in_time(server) -> None:
    for one in load_lists():
        server.script(one.zone, always(Reply(silent=True)))
    server.script("", always(Reply(silent=True)))
    async with asyncio.timeout(HANG):
        found = await states(server)
    assert {state.state for state in found.values()} == {"could_not_ask"}


async def test_half_a_list_is_no_living_list(server) -> None:
    zen = next(one for one in load_lists() if one.zone == "zen.spamhaus.org")
    only_4 = {test.query: answers(*test.answers) for test in zen.tests if test.answers and test.family == 4}
    server.script(zen.zone, table(only_4))
    assert (await states(server))[zen.zone].state == "broken"


async def test_with_a_key_the_keyed_list_is_tested_in_place_of_the_open_one(server) -> None:
    zen = next(one for one in load_lists() if one.zone == "zen.spamhaus.org")
    server.script(f"{KEY}.zen.dq.spamhaus.net", healthy(zen))
    found = await states(server, {"spamhaus": KEY})
    assert "zen.spamhaus.org" not in found
    assert found["{key}.zen.dq.spamhaus.net"].state == "alive" and found["{key}.zen.dq.spamhaus.net"].important
    assert KEY not in repr(found)


async def test_where_no_list_at_all_can_be_believed_it_is_the_dns_server(server) -> None:
    """One that knows none of them: a captive portal, a split horizon, a resolver for the office alone."""
    for one in load_lists():
        server.script(one.zone, always(NXDOMAIN))
    found = (await states(server)).values()
    assert {(state.state, state.reason) for state in found} == {("could_not_ask", "resolver_blind")}
    assert verdict_of([(state.state, state.reason, state.important) for state in found]) == "blind"
