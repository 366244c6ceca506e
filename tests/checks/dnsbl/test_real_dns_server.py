"""The lists as zones of a real DNS server (NSD), under their real names: listed, clean, broken, long and missing."""

from __future__ import annotations

import shutil

import pytest

from core.blacklists import blacklist_states
from core.checks.dnsbl import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.knowledge.dnsbl import Blacklist, load_lists
from core.model import Context, SendingAddress, Severity, Target
from tests.servers.nsd import Nsd, free_port

ADDRESS, REVERSED = "203.0.113.25", "25.113.0.203"
DOMAIN = "midori-shoji.example"

pytestmark = pytest.mark.skipif(shutil.which("nsd") is None, reason="needs NSD (make test installs it)")


def zone_of(one: Blacklist) -> str:
    return "".join(f"{name} A {record}\n" for name, records in one.positive_tests() for record in records)


def zones(changed: dict[str, str]) -> dict[str, str]:
    """Every list in health, but for the changed ones; None takes a zone away."""
    return {one.zone: changed.get(one.zone, zone_of(one)) for one in load_lists()}


def resolver(dns: Nsd) -> Resolver:
    return Resolver(dns.server, Reroute(), Journal())


async def findings(dns: Nsd):
    clients = Clients(resolver(dns), None)  # type: ignore[arg-type]
    context = Context(Target(domain=DOMAIN), addresses=(SendingAddress(ADDRESS, "given"),))
    return CHECK.judge(await CHECK.measure(context, clients))


def healthy(zone: str) -> str:
    return next(zone_of(one) for one in load_lists() if one.zone == zone)


async def test_every_list_lives_and_nobody_is_listed() -> None:
    with Nsd(zones({}), port=free_port()) as dns:
        assert {state.state for state in await blacklist_states(resolver(dns))} == {"alive"}
        assert [one.code for one in await findings(dns)] == ["dnsbl.clean"]


async def test_listings_are_found_with_all_their_codes() -> None:
    zen = healthy("zen.spamhaus.org") + f'{REVERSED} A 127.0.0.2\n{REVERSED} A 127.0.0.9\n{REVERSED} TXT "why"\n'
    dbl = healthy("dbl.spamhaus.org") + f"{DOMAIN} A 127.0.1.4\n"
    with Nsd(zones({"zen.spamhaus.org": zen, "dbl.spamhaus.org": dbl}), port=free_port()) as dns:
        found = await findings(dns)
    assert {one.code for one in found} == {"dnsbl.listed", "dnsbl.domain_listed"}
    listed = next(one for one in found if one.code == "dnsbl.listed")
    assert listed.values["reasons"] == ["hijacked_network", "spam_source"]


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ("", "broken"),  # emptied
        ("* A 127.0.0.2\n", "broken"),  # lists everybody
        ("* A 198.51.100.9\n", "broken"),  # parked
        ("* A 127.255.255.254\n", "refuses_us"),
        ("* A 127.0.0.1\n", "could_not_ask"),  # what a local blocker does
        ("".join(f"* A 127.0.0.{n}\n" for n in range(2, 130)), "broken"),  # cut over UDP, whole over TCP
        ("* CNAME parking.invalid.\n", "broken"),
        ("2.0.0.127 CNAME loop\nloop CNAME 2.0.0.127\n", "could_not_ask"),
    ],
    ids=["empty", "lists all", "parked", "refuses", "blocked", "128 records", "alias to nowhere", "alias loop"],
)
async def test_a_broken_zone_is_never_believed(records: str, state: str) -> None:
    with Nsd(zones({"zen.spamhaus.org": records}), port=free_port()) as dns:
        states = {one.zone: one for one in await blacklist_states(resolver(dns))}
        found = await findings(dns)
    assert states["zen.spamhaus.org"].state == state, states["zen.spamhaus.org"]
    assert states["bl.spamcop.net"].state == "alive"
    assert [(one.code, one.severity) for one in found] == [("dnsbl.partly_unasked", Severity.UNKNOWN)]
