"""The lists on rbldnsd, the server most of them really run on, under their real names: IPv4, IPv6, domains."""

from __future__ import annotations

import ipaddress
from collections import defaultdict

from core.blacklists import blacklist_states
from core.checks.dnsbl import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.knowledge.dnsbl import Blacklist, load_lists
from core.model import Context, Finding, SendingAddress, Target
from tests.servers.rbldnsd import Data, Rbldnsd

FOUR, SIX, CLEAN, DOMAIN = "203.0.113.25", "2001:db8:85a3::8a2e:370:7334", "203.0.113.26", "midori-shoji.example"


def entry(query: str, family: int) -> str:
    """A test entry as rbldnsd's data has it: the address itself, or the name."""
    labels = query.split(".")[::-1]
    if family == 4:
        return ".".join(labels)
    if family == 6:
        return str(ipaddress.IPv6Address(int("".join(labels), 16)))
    return query


def healthy(one: Blacklist) -> list[Data]:
    """All test entries that are always listed."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    kinds = {4: "ip4set", 6: "ip6trie", 0: "dnset"}
    for test in one.tests:
        for answer in test.answers:
            found[kinds[test.family], answer].append(entry(test.query, test.family))
    return [(kind, answer, tuple(listed)) for (kind, answer), listed in found.items()]


def served(**more: list[Data]) -> dict[str, list[Data]]:
    """Every list in health, and what is added to some ("zen_spamhaus_org")."""
    return {one.zone: healthy(one) + more.get(one.zone.replace(".", "_"), []) for one in load_lists()}


async def findings(dns: Rbldnsd, *addresses: str) -> tuple[Finding, ...]:
    clients = Clients(Resolver(dns.server, Reroute(), Journal()), None)  # type: ignore[arg-type]
    context = Context(Target(domain=DOMAIN), addresses=tuple(SendingAddress(one, "given") for one in addresses))
    return CHECK.judge(await CHECK.measure(context, clients))


async def test_every_list_lives_and_a_clean_address_is_clean() -> None:
    with Rbldnsd(served()) as dns:
        states = await blacklist_states(Resolver(dns.server, Reroute(), Journal()))
        assert {(one.zone, one.state) for one in states if one.state != "alive"} == set()
        assert [one.code for one in await findings(dns, CLEAN)] == ["dnsbl.clean"]


async def test_both_families_and_a_domain_are_found_where_they_are_listed_and_nowhere_else() -> None:
    zen: list[Data] = [("ip4set", "127.0.0.4", (FOUR,)), ("ip6trie", "127.0.0.3", (SIX,))]
    dbl: list[Data] = [("dnset", "127.0.1.4", (DOMAIN,))]
    with Rbldnsd(served(zen_spamhaus_org=zen, dbl_spamhaus_org=dbl)) as dns:
        found = await findings(dns, FOUR, SIX, CLEAN)
    told = {(one.code, str(one.values.get("address") or one.values.get("domain"))) for one in found}
    assert told == {("dnsbl.listed", FOUR), ("dnsbl.listed", SIX), ("dnsbl.domain_listed", DOMAIN)}


async def test_a_list_that_was_emptied_or_lists_everybody_is_not_believed() -> None:
    lists = served()
    lists["zen.spamhaus.org"] = [("ip4set", "127.0.0.2", ("192.0.2.1",))]
    lists["b.barracudacentral.org"] = [("ip4set", "127.0.0.2", ("0.0.0.0/1", "128.0.0.0/1"))]
    with Rbldnsd(lists) as dns:
        found = await findings(dns, FOUR)
    assert {one.code for one in found} == {"dnsbl.partly_unasked"}
    assert {str(one.values["reason"]) for one in found} == {"test_entry_missing", "lists_everything"}
