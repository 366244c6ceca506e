"""The whole check, from a context to findings, through a real DNS server on loopback."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import pytest

from core.checks.dnsbl import CHECK
from core.errors import CheckTimeoutError
from core.knowledge.dnsbl import load_lists
from core.model import Context, Finding, SendingAddress, Severity, Target, headline
from tests.servers.dns_server import NXDOMAIN, Reply, always, answers

ADDRESS, REVERSED = "203.0.113.25", "25.113.0.203"
DOMAIN = "midori-shoji.example"


def context(*addresses: str, source="given", domain: str | None = DOMAIN, thorough=False) -> Context:
    found = tuple(SendingAddress(address, source) for address in addresses)
    return Context(Target(domain=domain, thorough=thorough), addresses=found)


async def findings(lists, asked: Context, broken=None) -> tuple[Finding, ...]:
    lists.serve(broken)
    facts = await CHECK.measure(asked, lists.clients)
    json.dumps(dataclasses.asdict(facts), default=lambda value: value.isoformat())
    found = CHECK.judge(facts)
    for one in found:
        assert set(one.values) == set(CHECK.codes[one.code]), one.code
    return found


def codes(found: tuple[Finding, ...]) -> list[tuple[str, Severity]]:
    return [(one.code, one.severity) for one in found]


async def test_all_answer_and_none_lists_us(lists) -> None:
    found = await findings(lists, context(ADDRESS))
    assert codes(found) == [("dnsbl.clean", Severity.OK)]
    assert found[0].values["subjects"] == [ADDRESS, DOMAIN]
    assert found[0].values["count"] == 11  # every default list but the one for IPv6 only
    assert found[0].table is not None and len(found[0].table.rows) == 11


async def test_a_listing_says_list_reason_and_proof(lists) -> None:
    lists.list_address("zen.spamhaus.org", REVERSED, "127.0.0.4", "127.0.0.2")
    found = await findings(lists, context(ADDRESS, source="bounce"))
    assert codes(found) == [("dnsbl.listed", Severity.CRITICAL)]
    values = found[0].values
    assert (values["zone"], values["address"], values["source"]) == ("zen.spamhaus.org", ADDRESS, "bounce")
    assert values["reasons"] == ["spam_source", "infected_or_open"]
    assert values["removal"] == "hosting_company_asks"
    assert sorted(found[0].evidence[0].answered.split()) == ["127.0.0.2", "127.0.0.4"]
    assert found[0].evidence[0].asked.startswith("25.113.0.203.zen.spamhaus.org. A @127.0.0.1:")


@pytest.mark.parametrize(
    ("zone", "answer", "source", "code", "severity"),
    [
        ("zen.spamhaus.org", "127.0.0.10", "given", "dnsbl.listed", Severity.CRITICAL),
        ("zen.spamhaus.org", "127.0.0.10", "mx", "dnsbl.listed", Severity.WARNING),
        ("bl.spamcop.net", "127.0.0.2", "mx", "dnsbl.listed", Severity.CRITICAL),
        ("psbl.surriel.com", "127.0.0.2", "given", "dnsbl.listed", Severity.WARNING),
        ("bl.blocklist.de", "127.0.0.9", "given", "dnsbl.listed_minor", Severity.WARNING),
    ],
)
async def test_weight_follows_reach_and_meaning(lists, zone, answer, source, code, severity) -> None:
    lists.list_address(zone, REVERSED, answer)
    found = await findings(lists, context(ADDRESS, source=source))
    assert codes(found) == [(code, severity)]


@pytest.mark.parametrize(
    ("zone", "answer", "code", "severity"),
    [
        ("dbl.spamhaus.org", "127.0.1.102", "dnsbl.domain_listed", Severity.CRITICAL),
        ("multi.surbl.org", "127.0.0.64", "dnsbl.domain_listed", Severity.WARNING),
        ("multi.surbl.org", "127.0.0.4", "dnsbl.listed_without_weight", Severity.OK),
        ("multi.uribl.com", "127.0.0.4", "dnsbl.listed_minor", Severity.WARNING),
    ],
)
async def test_domains_are_weighed_by_their_bits(lists, zone, answer, code, severity) -> None:
    lists.list_address(zone, DOMAIN, answer)
    found = await findings(lists, context(ADDRESS))
    assert (code, severity) in codes(found)


async def test_ipv6_is_asked_where_it_is_covered(lists) -> None:
    nibbles = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
    lists.list_address("zen.spamhaus.org", nibbles, "127.0.0.3")
    found = await findings(lists, context("2001:db8::25"))
    assert codes(found) == [("dnsbl.listed", Severity.CRITICAL)]
    asked = {name for name, _, _ in lists.server.asked if name.startswith("5.2.0.")}
    assert asked == {f"{nibbles}.zen.spamhaus.org", f"{nibbles}.bl.ipv6.spameatingmonkey.net"}


async def test_a_silent_important_list_is_never_an_all_clear(lists) -> None:
    refusal = always(answers("127.255.255.254"))
    found = await findings(lists, context(ADDRESS), {"zen.spamhaus.org": refusal})
    assert codes(found) == [("dnsbl.partly_unasked", Severity.UNKNOWN)]
    assert found[0].values["lists"] == ["Spamhaus ZEN"]
    assert found[0].values["reason"] == "public_resolver"


async def test_small_lists_that_refuse_do_not_spoil_the_all_clear_but_are_named(lists) -> None:
    found = await findings(lists, context(ADDRESS), {"multi.uribl.com": always(answers("127.0.0.1"))})
    assert codes(found) == [("dnsbl.clean_major", Severity.OK)]
    assert (found[0].values["unasked"], found[0].values["reasons"]) == (["URIBL"], ["refused"])


async def test_a_listing_stays_when_other_lists_fail(lists) -> None:
    lists.list_address("bl.spamcop.net", REVERSED, "127.0.0.2")
    broken = {"b.barracudacentral.org": always(Reply(rcode="SERVFAIL")), "zen.spamhaus.org": always(NXDOMAIN)}
    found = await findings(lists, context(ADDRESS), broken)
    assert codes(found) == [
        ("dnsbl.listed", Severity.CRITICAL),
        ("dnsbl.partly_unasked", Severity.UNKNOWN),
        ("dnsbl.partly_unasked", Severity.UNKNOWN),
    ]
    assert {one.values["reason"] for one in found[1:]} == {"server_failed", "test_entry_missing"}


async def test_every_list_fails(lists) -> None:
    found = await findings(lists, context(ADDRESS), {zone: always(Reply(rcode="REFUSED")) for zone in lists.entries})
    assert codes(found) == [("dnsbl.could_not_ask", Severity.UNKNOWN)]
    assert found[0].values["reasons"] == ["refused"]


@pytest.mark.parametrize("invented", ["198.51.100.80", "127.0.0.2", "127.0.0.1"])
async def test_a_line_that_rewrites_answers_voids_everything(lists, invented: str) -> None:
    lists.list_address("zen.spamhaus.org", REVERSED, "127.0.0.2")
    lists.server.script("", always(answers(invented)))
    found = await findings(lists, context(ADDRESS))
    assert codes(found) == [("dnsbl.resolver_rewrites", Severity.UNKNOWN)]
    assert found[0].values["answer"] == [invented]


async def test_a_resolver_that_is_silent_is_an_error_in_time(lists) -> None:
    lists.server.script("", always(Reply(silent=True)))
    with pytest.raises(CheckTimeoutError, match=r"dns\.timed_out") as caught:
        async with asyncio.timeout(CHECK.time_limit):
            await CHECK.measure(context(ADDRESS), lists.clients)
    assert caught.value.values["name"] == "midori-shoji.example", "not a test name of ours"


async def test_dead_lists_cost_their_own_time_only(lists) -> None:
    silent = always(Reply(silent=True))
    async with asyncio.timeout(CHECK.time_limit):
        found = await findings(lists, context(ADDRESS), {"psbl.surriel.com": silent, "bl.mailspike.net": silent})
    assert codes(found) == [("dnsbl.clean_major", Severity.OK)]
    assert found[0].values["reasons"] == ["silent"]


async def test_private_addresses_are_never_asked_about(lists) -> None:
    private = ("192.168.1.5", "10.0.0.1", "100.64.0.9", "127.0.0.1", "fe80::1", "fd00::5", "::ffff:192.0.2.1")
    found = await findings(lists, context(*private, domain=None))
    assert codes(found) == [("dnsbl.no_public_address", Severity.UNKNOWN)]
    asked = [name for name, _, _ in lists.server.asked]
    assert not [name for name in asked if name.startswith(("5.1.168.192.", "1.0.0.10.", "9.0.64.100."))]


async def test_a_private_address_that_was_told_is_never_dropped_without_a_word(lists) -> None:
    told = dataclasses.replace(
        context(ADDRESS), target=dataclasses.replace(context(ADDRESS).target, address=(ADDRESS, "10.0.0.5"))
    )
    found = await findings(lists, told)
    assert ("dnsbl.private_given", Severity.UNKNOWN) in codes(found)
    assert headline([one.severity for one in found]) is not Severity.OK
    (said,) = [one for one in found if one.code == "dnsbl.private_given"]
    assert said.values == {"addresses": ["10.0.0.5"]}


async def test_nothing_but_a_private_address_is_could_not_look(lists) -> None:
    told = dataclasses.replace(
        context(domain=None), target=dataclasses.replace(context(domain=None).target, address=("192.168.1.5",))
    )
    assert codes(await findings(lists, told)) == [("dnsbl.private_given", Severity.UNKNOWN)]
    assert any("address" in group for group in CHECK.needs), "the check runs when an address alone was told"


async def test_a_domain_without_an_address_is_no_all_clear(lists) -> None:
    found = await findings(lists, context())
    assert codes(found) == [("dnsbl.no_public_address", Severity.UNKNOWN)]
    assert f"{DOMAIN}.dbl.spamhaus.org" in [name for name, _, _ in lists.server.asked]


async def test_a_host_name_is_also_asked_by_its_registered_part(lists) -> None:
    await findings(lists, context(ADDRESS, domain="Mail.Example.CO.JP."))
    names = {name for name, _, _ in lists.server.asked}
    assert {"mail.example.co.jp.dbl.spamhaus.org", "example.co.jp.dbl.spamhaus.org"} <= names
    assert "example.co.jp.multi.uribl.com" in names and "mail.example.co.jp.multi.uribl.com" not in names


async def test_neighbours_are_shown_only_when_thorough_and_never_as_bad(lists) -> None:
    lists.list_address("dnsbl-3.uceprotect.net", REVERSED, "127.0.0.2")
    assert "dnsbl.neighbours_listed" not in [one.code for one in await findings(lists, context(ADDRESS))]
    found = await findings(lists, context(ADDRESS, thorough=True))
    assert headline([one.severity for one in found]) is Severity.OK
    assert [one.code for one in found] == ["dnsbl.neighbours_listed", "dnsbl.clean_major"]


async def test_every_default_list_tests_itself(lists) -> None:
    await findings(lists, context(ADDRESS, "2001:db8::25"))
    names = {name for name, _, _ in lists.server.asked}
    for one in load_lists():
        if one.tier in ("A", "B"):
            assert {f"{test.query}.{one.zone}".lower() for test in one.tests} <= names
