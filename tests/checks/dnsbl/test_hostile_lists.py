"""Every way a list or a resolver can lie or fail, over real zone names: no false listing, no false all-clear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import dns.rrset
import pytest

from core.checks.dnsbl.facts import Asked, Facts
from core.checks.dnsbl.measure import Asking, ask_list
from core.checks.dnsbl.outcomes import outcomes_of
from core.knowledge.dnsbl import list_by_zone
from tests.patience import HANG
from tests.servers.dns_server import NXDOMAIN, Reply, Script, answers

ADDRESS, REVERSED = "203.0.113.25", "25.113.0.203"
ADDRESS_6 = "2001:db8::25"
NIBBLES = "2.0.0.0.0.0.f.7.f.f.f.f" + ".0" * 20
REVERSED_6 = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
DOMAIN = "midori-shoji.example"
ZONES = {
    "zen.spamhaus.org": "127.0.0.4",
    "dbl.spamhaus.org": "127.0.1.2",
    "b.barracudacentral.org": "127.0.0.2",
    "bl.spamcop.net": "127.0.0.2",
    "psbl.surriel.com": "127.0.0.2",
    "bl.mailspike.net": "127.0.0.10",
    "multi.surbl.org": "127.0.0.8",
    "multi.uribl.com": "127.0.0.2",
    "bl.spameatingmonkey.net": "127.0.0.2",
    "bl.ipv6.spameatingmonkey.net": "127.0.0.2",
    "uribl.spameatingmonkey.net": "127.0.0.2",
    "bl.blocklist.de": "127.0.0.9",
}
TIER_A = list(ZONES)[:4]
LOOP = tuple(
    dns.rrset.from_text(one, 60, "IN", "CNAME", other) for one, other in (("a.jp.", "b.jp."), ("b.jp.", "a.jp."))
)


def everything(reply: Reply) -> Callable[[Script], Script]:
    return lambda healthy: lambda name, rdtype: reply


def only_ours(reply: Reply) -> Callable[[Script], Script]:
    """Self-tests pass; our own address or domain gets this."""
    ours = (REVERSED, REVERSED_6, DOMAIN)
    return lambda healthy: lambda name, rdtype: reply if name in ours else healthy(name, rdtype)


def only_tests(reply: Reply, *, positive: bool) -> Callable[[Script], Script]:
    """One kind of self-test gets this; our own entry is answered as the operator would."""
    ours = (REVERSED, REVERSED_6, DOMAIN)

    def break_list(healthy: Script) -> Script:
        def script(name: str, rdtype: str) -> Reply:
            is_positive = bool(healthy(name, rdtype).records)
            return reply if name not in ours and is_positive is positive else healthy(name, rdtype)

        return script

    return break_list


# What a zone does -> the word of why it cannot be believed. The subject is really listed, and once really not.
FAULTS: dict[str, tuple[Callable[[Script], Script], set[str]]] = {
    "every name gets 127.0.0.1": (everything(answers("127.0.0.1")), {"blocked_locally", "refused"}),
    "every name gets a public address": (everything(answers("198.51.100.9")), {"outside_answer"}),
    "every name gets a block page": (everything(answers("146.112.61.108")), {"outside_answer"}),
    "every name gets 0.0.0.0": (everything(answers("0.0.0.0")), {"outside_answer"}),
    "a hundred records": (everything(answers(*(f"127.0.0.{n}" for n in range(2, 102)))), {"unknown_answer"}),
    "nothing exists": (everything(NXDOMAIN), {"test_entry_missing"}),
    "everything is empty": (everything(Reply()), {"test_entry_missing"}),
    "SERVFAIL": (everything(Reply(rcode="SERVFAIL")), {"server_failed"}),
    "REFUSED": (everything(Reply(rcode="REFUSED")), {"refused"}),
    "a referral": (everything(Reply(referral=True)), {"server_failed"}),
    "cut, and TCP closes": (everything(Reply(truncated=True, empty_tcp=True)), {"broken_answer"}),
    "cut, and TCP refuses": (everything(Reply(truncated=True, only_udp=True)), {"refused"}),
    "aliases in a circle": (everything(Reply(rrsets=LOOP)), {"broken_answer", "test_entry_missing"}),
    "an address in a name that does not exist": (
        everything(Reply((("A", "127.0.0.2"),), rcode="NXDOMAIN")),
        {"broken_answer"},
    ),
    "the listed test entry is gone": (only_tests(NXDOMAIN, positive=True), {"test_entry_missing"}),
    "the listed test entry fails": (only_tests(Reply(rcode="SERVFAIL"), positive=True), {"server_failed"}),
    "the listed test entry is outside 127/8": (only_tests(answers("192.0.2.2"), positive=True), {"outside_answer"}),
    "what must not be listed is": (
        only_tests(answers("127.0.0.2"), positive=False),
        {"lists_everything", "unknown_answer"},
    ),
    "what must not be listed points outside": (only_tests(answers("192.0.2.2"), positive=False), {"outside_answer"}),
    "what must not be listed fails": (only_tests(Reply(rcode="SERVFAIL"), positive=False), {"server_failed"}),
    "ours: SERVFAIL": (only_ours(Reply(rcode="SERVFAIL")), {"server_failed"}),
    "ours: REFUSED": (only_ours(Reply(rcode="REFUSED")), {"refused"}),
    "ours: outside 127/8": (only_ours(answers("198.51.100.9")), {"outside_answer"}),
    "ours: listed and outside at once": (only_ours(answers("127.0.0.2", "198.51.100.9")), {"outside_answer"}),
    "ours: 127.0.0.1": (only_ours(answers("127.0.0.1")), {"blocked_locally", "refused"}),
    "ours: a code nobody knows": (only_ours(answers("127.9.9.9")), {"unknown_answer"}),
    "ours: a hundred records": (only_ours(answers(*(f"127.0.0.{n}" for n in range(2, 102)))), {"unknown_answer"}),
    "ours: 127.255.255.254": (only_ours(answers("127.255.255.254")), {"public_resolver", "unknown_answer"}),
}
SILENT: dict[str, Callable[[Script], Script]] = {
    "dead silent": everything(Reply(silent=True)),
    "garbage": everything(Reply(raw=b"HTTP/1.1 400 Bad Request\r\n\r\n")),
    "somebody else's answer": everything(Reply((("A", "127.0.0.2"),), wrong_id=True)),
    "ours: silent": only_ours(Reply(silent=True)),
    "tests: silent": only_tests(Reply(silent=True), positive=True),
    "slower than we wait": everything(Reply((("A", "127.0.0.2"),), delay=30)),
}


async def outcome_of(
    lists, zone: str, break_list: Callable[[Script], Script] | None = None, *, listed: bool, lifetime=4.0
):
    blacklist = list_by_zone(zone)
    assert blacklist is not None
    if listed:
        for name in (REVERSED, REVERSED_6, DOMAIN):
            lists.list_address(zone, name, ZONES[zone])
    lists.serve({zone: break_list(lists.healthy(zone))} if break_list else {})
    address = ADDRESS_6 if blacklist.families == (6,) else ADDRESS
    async with lists.resolver.sweep() as sweep:
        facts = await ask_list(Asking(lists.resolver, lifetime, sweep=sweep), blacklist, [address], [DOMAIN])
    test = Asked("random_test", "x.com", 0, rcode="NXDOMAIN")
    (outcome,) = outcomes_of(Facts(datetime.now(UTC), "", test, (facts,), (), ()))
    return outcome.reading


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "not listed"])
@pytest.mark.parametrize("zone", ZONES)
async def test_a_healthy_list_is_believed(lists, zone: str, listed: bool) -> None:
    reading = await outcome_of(lists, zone, listed=listed)
    assert reading.state == ("listed" if listed else "not_listed")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("zone", ZONES)
async def test_d08_a_lying_list_is_never_believed(lists, zone: str, fault: str) -> None:
    break_list, reasons = FAULTS[fault]
    listed = hash_parity(zone + fault)
    reading = await outcome_of(lists, zone, break_list, listed=listed)
    assert reading.state == "unasked", reading
    assert reading.reason in reasons


@pytest.mark.parametrize("fault", SILENT)
@pytest.mark.parametrize("zone", TIER_A)
async def test_a_silent_list_costs_its_time_and_no_more(lists, zone: str, fault: str) -> None:
    async with asyncio.timeout(HANG):
        reading = await outcome_of(lists, zone, SILENT[fault], listed=True, lifetime=0.3)
    assert reading.state == "unasked"
    assert reading.reason in ("silent", "broken_answer")


@pytest.mark.parametrize("zone", ["zen.spamhaus.org", "dbl.spamhaus.org"])
@pytest.mark.parametrize(
    ("code", "reason"),
    [("252", "wrong_zone_name"), ("254", "public_resolver"), ("255", "too_many_queries")],
)
async def test_spamhaus_says_why_it_refuses(lists, zone: str, code: str, reason: str) -> None:
    reading = await outcome_of(lists, zone, everything(answers(f"127.255.255.{code}")), listed=True)
    assert (reading.state, reading.reason) == ("unasked", reason)


@pytest.mark.parametrize("zone", ["multi.surbl.org", "multi.uribl.com"])
async def test_a_blocked_resolver_is_no_listing(lists, zone: str) -> None:
    reading = await outcome_of(lists, zone, everything(answers("127.0.0.1")), listed=False)
    assert (reading.state, reading.reason) == ("unasked", "refused")


async def test_a_list_of_domains_that_takes_us_for_an_address_is_no_listing(lists) -> None:
    reading = await outcome_of(lists, "dbl.spamhaus.org", only_ours(answers("127.0.1.255")), listed=False)
    assert (reading.state, reading.reason) == ("unasked", "asked_about_address")


@pytest.mark.parametrize("zone", TIER_A)
@pytest.mark.parametrize("reply", [Reply(delay=0.15), Reply(truncated=True)], ids=["slow", "cut, TCP works"])
async def test_slow_or_long_answers_still_count(lists, zone: str, reply: Reply) -> None:
    def slow(healthy: Script) -> Script:
        def script(name: str, rdtype: str) -> Reply:
            found = healthy(name, rdtype)
            return Reply(found.records, found.rcode, delay=reply.delay, truncated=reply.truncated)

        return script

    assert (await outcome_of(lists, zone, slow, listed=True)).state == "listed"


async def test_a_listing_beside_a_refusal_counts_and_says_so(lists) -> None:
    mixed = only_ours(answers("127.0.0.4", "127.255.255.255"))
    reading = await outcome_of(lists, "zen.spamhaus.org", mixed, listed=True)
    assert (reading.state, [code.meaning for code in reading.codes]) == ("listed", ["infected_or_open"])
    assert reading.reason == "too_many_queries"


async def test_the_ipv6_test_entry_failing_does_not_void_ipv4(lists) -> None:
    del lists.entries["zen.spamhaus.org"][NIBBLES]
    zen = list_by_zone("zen.spamhaus.org")
    assert zen is not None
    lists.serve()
    facts = await ask_list(Asking(lists.resolver), zen, [ADDRESS, ADDRESS_6], [])
    test = Asked("random_test", "x.com", 0, rcode="NXDOMAIN")
    four, six = outcomes_of(Facts(datetime.now(UTC), "", test, (facts,), (), ()))
    assert (four.reading.state, six.reading.state) == ("not_listed", "unasked")


def hash_parity(text: str) -> bool:
    """Half of the cases with a subject that is really listed, the same half in every run."""
    return sum(map(ord, text)) % 2 == 0
