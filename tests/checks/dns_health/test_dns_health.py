"""A domain's signposts: one fault a zone on a real DNS server, the right finding each, nothing on a healthy one."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from datetime import UTC, datetime

import pytest

from core.checks.dns_health import CHECK
from core.checks.dns_health.facts import Delegation, Facts, NameServer
from core.checks.dns_health.judge import judge
from core.checks.dns_health.reverse import is_generic
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.errors import CheckTimeoutError
from core.lookup import Lookup
from core.model import Context, Finding, SendingAddress, Severity, Target
from tests.patience import HANG
from tests.servers.dns_server import DnsServer, Reply, always, answers

DOMAIN, HOST, ADDRESS = "midori.example", "mail.midori.example", "203.0.113.25"
REVERSE = "25.113.0.203.in-addr.arpa"
OK, WARNING, CRITICAL, UNKNOWN = Severity.OK, Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN


@pytest.fixture
async def server():
    async with DnsServer() as one:
        yield one


def healthy(server: DnsServer) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(HOST, "A", ADDRESS)
    server.add(REVERSE, "PTR", f"{HOST}.")


async def findings(server: DnsServer, *, source="mx", domain: str | None = DOMAIN, address: str | None = ADDRESS):
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    addresses = (SendingAddress(address, source),) if address else ()
    facts = await CHECK.measure(Context(Target(domain=domain), addresses=addresses), clients)
    json.dumps(dataclasses.asdict(facts), default=lambda value: value.isoformat())
    found: tuple[Finding, ...] = CHECK.judge(facts)
    for one in found:
        assert set(one.values) == set(CHECK.codes[one.code]), one.code
    return [(one.code.partition(".")[2], one.severity) for one in found], found


async def test_a_healthy_domain_has_nothing_to_say(server) -> None:
    healthy(server)
    said, found = await findings(server)
    assert said == [("ok", OK)]
    assert found[0].values == {"domain": DOMAIN, "hosts": [HOST]}


async def test_mx_records_that_lead_past_the_server_we_logged_in_to_are_told(server) -> None:
    healthy(server)
    server.add(DOMAIN, "MX", "5 backup.far.example.")
    server.add("backup.far.example", "A", "198.51.100.77")
    said, found = await findings(server, source="ssh")
    assert said == [("ok", OK), ("leads_elsewhere", OK)]
    assert found[1].values == {"domain": DOMAIN, "hosts": ["backup.far.example"], "addresses": [ADDRESS]}


async def test_a_healthy_domain_with_ipv6(server) -> None:
    healthy(server)
    server.add(HOST, "AAAA", "2001:db8::25")
    name = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
    server.add(name, "PTR", f"{HOST}.")
    assert (await findings(server, address="2001:db8::25"))[0] == [("ok", OK)]


async def test_no_such_domain(server) -> None:
    assert (await findings(server, address=None))[0] == [("no_such_domain", CRITICAL)]


async def test_a_line_that_denies_every_name_says_nothing_about_the_domain(server) -> None:
    said, found = await findings(server, domain="aoba.co.jp", address=None)
    assert said == [("resolver_denies_all", UNKNOWN)]
    assert found[0].values["name"] == "jp"
    # Nor about an address: that it has no name is the same denial.
    assert (await findings(server, source="bounce", domain="aoba.co.jp"))[0] == [("resolver_denies_all", UNKNOWN)]
    server.add("jp", "NS", "a.dns.jp.")
    assert (await findings(server, domain="aoba.co.jp", address=None))[0] == [("no_such_domain", CRITICAL)]


async def test_no_answer_about_the_top_level_is_no_denial(server) -> None:
    server.script("jp", lambda name, rdtype: Reply(rcode="SERVFAIL") if not name else Reply(rcode="NXDOMAIN"))
    said, _ = await findings(server, domain="aoba.co.jp", address=None)
    assert ("resolver_denies_all", UNKNOWN) not in said and ("no_such_domain", CRITICAL) in said


async def test_a_dns_server_the_person_named_is_taken_at_its_word(server) -> None:
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    target = Target(domain="aoba.co.jp", resolver=server.address)
    found = CHECK.judge(await CHECK.measure(Context(target), clients))
    assert [one.code for one in found] == ["dns_health.no_such_domain"]


async def test_neither_mx_nor_address(server) -> None:
    server.add(DOMAIN, "TXT", '"v=spf1 -all"')
    assert (await findings(server, address=None))[0] == [("no_mx", CRITICAL)]


async def test_an_address_instead_of_an_mx(server) -> None:
    server.add(DOMAIN, "A", ADDRESS)
    said, found = await findings(server, address=None)
    assert said == [("implicit_mx", WARNING)]
    assert found[0].values["addresses"] == [ADDRESS]


async def test_an_invented_address_is_no_mail_server(server) -> None:
    server.script("", lambda name, rdtype: answers("198.51.100.80") if rdtype == "A" else Reply())
    assert (await findings(server, address=None))[0] == [("resolver_rewrites", UNKNOWN)]


async def test_null_mx(server) -> None:
    server.add(DOMAIN, "MX", "0 .")
    assert (await findings(server, address=None))[0] == [("null_mx", CRITICAL)]


@pytest.mark.parametrize(
    ("mx", "records", "code"),
    [
        ("10 203.0.113.25.", {}, "mx_is_address"),
        ("10 gone.example.", {}, "mx_has_no_address"),
        (f"10 {HOST}.", {"A": "192.168.1.5"}, "mx_private"),
        (f"10 {HOST}.", {"A": "127.0.0.1"}, "mx_private"),
        (f"10 {HOST}.", {"AAAA": "fd00::5"}, "mx_private"),
    ],
)
async def test_an_mx_that_leads_nowhere(server, mx: str, records: dict[str, str], code: str) -> None:
    server.add(DOMAIN, "MX", mx)
    for rdtype, text in records.items():
        server.add(HOST, rdtype, text)
    assert (await findings(server, address=None))[0] == [(code, CRITICAL)]


async def test_one_dead_mx_of_two_is_a_warning(server) -> None:
    healthy(server)
    server.add(DOMAIN, "MX", "20 gone.example.")
    assert (await findings(server))[0] == [("mx_has_no_address", WARNING)]


async def test_an_mx_that_is_an_alias(server) -> None:
    server.add(DOMAIN, "MX", "10 alias.midori.example.")
    server.add(HOST, "A", ADDRESS)
    server.add(REVERSE, "PTR", f"{HOST}.")

    def alias(name: str, rdtype: str) -> Reply:
        found = (("CNAME", f"{HOST}."),)
        return Reply(found if rdtype == "CNAME" else (), rrsets=() if rdtype != "A" else chain())

    server.script("alias.midori.example", alias)
    said, found = await findings(server)
    assert said == [("mx_is_alias", WARNING)]
    assert found[0].values["alias_of"] == HOST


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ((("203.0.113.7", "ssh"), (ADDRESS, "mx")), []),  # it only sends: the provider takes the mail in
        ((("203.0.113.7", "relayed"), (ADDRESS, "mx")), []),  # it hands everything to the provider
        (((ADDRESS, "relayed"),), []),  # receivers never see it
        (((ADDRESS, "ssh"),), ["ptr_missing"]),
        (((ADDRESS, "ssh"), ("2001:db8::25", "mx")), ["ptr_missing", "ptr_missing"]),  # one server, two addresses
    ],
)
async def test_only_an_address_that_receivers_see_needs_a_name(server, sources, said: list[str]) -> None:
    """A healthy machine that only sends, or hands on, is no suspicion for another one's missing name."""
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(HOST, "A", ADDRESS)
    server.add(HOST, "AAAA", "2001:db8::25")
    server.add("7.113.0.203.in-addr.arpa", "PTR", "out.midori.example.")
    server.add("out.midori.example", "A", "203.0.113.7")
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    addresses = tuple(SendingAddress(address, source) for address, source in sources)
    found = CHECK.judge(await CHECK.measure(Context(Target(domain=DOMAIN), addresses=addresses), clients))
    assert [one.code.partition(".")[2] for one in found if "ptr" in one.code] == said


def chain():
    import dns.rrset

    return (
        dns.rrset.from_text("alias.midori.example.", 60, "IN", "CNAME", f"{HOST}."),
        dns.rrset.from_text(f"{HOST}.", 60, "IN", "A", ADDRESS),
    )


@pytest.mark.parametrize(("source", "severity"), [("mx", WARNING), ("bounce", CRITICAL), ("given", CRITICAL)])
async def test_an_address_without_a_name(server, source: str, severity: Severity) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(HOST, "A", ADDRESS)
    assert (await findings(server, source=source))[0] == [("ptr_missing", severity)]


async def test_a_name_that_does_not_lead_back(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(HOST, "A", ADDRESS)
    server.add(REVERSE, "PTR", "old.midori.example.")
    server.add("old.midori.example", "A", "203.0.113.99")
    assert (await findings(server))[0] == [("ptr_not_confirmed", WARNING)]


async def test_a_name_made_by_a_machine(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(HOST, "A", ADDRESS)
    server.add(REVERSE, "PTR", "203-0-113-25.dynamic.provider.example.")
    server.add("203-0-113-25.dynamic.provider.example", "A", ADDRESS)
    assert (await findings(server))[0] == [("ptr_generic", WARNING)]


@pytest.mark.parametrize("zone", [DOMAIN, HOST, REVERSE])
@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED"])
async def test_a_failing_server_is_never_a_missing_record(server, zone: str, rcode: str) -> None:
    healthy(server)
    server.script(zone, always(Reply(rcode=rcode)))
    said, _ = await findings(server)
    alone = (zone, rcode) == (DOMAIN, "SERVFAIL")  # other names are found; but it may lie with this resolver
    assert said == [("domain_fails_alone" if alone else "partly_unknown", UNKNOWN)]


async def test_only_the_reverse_zone_is_silent(server) -> None:
    healthy(server)
    server.script(REVERSE, always(Reply(silent=True)))
    said, found = await findings(server)
    assert said == [("partly_unknown", UNKNOWN)]
    assert found[0].values["reasons"] == ["silent"]


async def test_a_name_whose_way_back_cannot_be_asked_is_not_called_wrong(server) -> None:
    healthy(server)
    server.script(HOST, always(Reply(rcode="SERVFAIL")))
    assert (await findings(server, domain=None))[0] == [("partly_unknown", UNKNOWN)]


async def test_a_silent_resolver_is_an_error_in_time(server) -> None:
    server.script("", always(Reply(silent=True)))
    with pytest.raises(CheckTimeoutError):
        async with asyncio.timeout(HANG):  # its end is a TimeoutError, not ours
            await findings(server)


async def test_a_hostile_reverse_name_stays_text(server) -> None:
    healthy(server)
    server.script(REVERSE, always(Reply((("PTR", "\\<b\\>.\\027[31m.evil.example."),))))
    said, found = await findings(server)
    assert said == [("ptr_not_confirmed", WARNING)]
    assert "\x1b" not in str(found[0].values)


async def test_a_hundred_mx_are_bounded(server) -> None:
    server.add(DOMAIN, "MX", *(f"{n} m{n}.midori.example." for n in range(100)))
    said, _ = await findings(server, address=None)
    assert said == [("mx_has_no_address", CRITICAL)] * 10


async def test_only_a_private_host_is_no_look_at_all(server) -> None:
    assert (await findings(server, domain=None, address=None))[0] == [("nothing_public", UNKNOWN)]


async def test_addresses_alone_are_judged(server) -> None:
    healthy(server)
    assert (await findings(server, domain=None))[0] == [("addresses_ok", OK)]


@pytest.mark.parametrize(
    ("name", "address", "generic"),
    [
        ("203-0-113-25.example.net", "203.0.113.25", True),
        ("203-0-113-25.static.example.net", "203.0.113.25", True),
        ("25.113.0.203.bc.example.com", "203.0.113.25", True),
        ("ip203000113025.osaka.ocn.example.jp", "203.0.113.25", True),
        ("cb007119.host.example.com", "203.0.113.25", True),
        ("p12345.dhcp.example.ne.jp", "203.0.113.25", True),
        ("mail.midori.example", "203.0.113.25", False),
        ("mail25.static.example.jp", "192.0.2.4", False),
        ("static.midori.example", "203.0.113.25", False),
        ("mx1.midori-shoji.co.jp", "203.0.113.25", False),
        ("2001-db8-0-0-0-0-0-25.v6.example.com", "2001:db8::25", False),
        ("20010db8000000000000000000000025.v6.example.com", "2001:db8::25", True),
    ],
)
def test_names_given_by_hand_and_by_machines(name: str, address: str, generic: bool) -> None:
    assert is_generic(name, address) is generic


@pytest.mark.parametrize(("known", "severity"), [(True, WARNING), (False, UNKNOWN)])
def test_servers_that_know_what_the_resolver_denies(known: bool, severity: Severity) -> None:
    """DNSSEC signatures that do not fit: the domain's servers answer, and a resolver that looks closely does not."""
    soa = Lookup(DOMAIN, "SOA", ("ns1 admin 1 2 3 4 5",)) if known else Lookup(DOMAIN, "SOA", error="server_failed")
    held = Lookup(DOMAIN, "MX", (f"10 {HOST}.",))
    server = NameServer("ns1.example", ("203.0.113.53",), soa, held, authoritative=known)
    facts = Facts(
        datetime(2026, 11, 22, tzinfo=UTC), "192.0.2.53:53", DOMAIN,
        mx=Lookup(DOMAIN, "MX", rcode="SERVFAIL", error="server_failed"), mx_hosts=(), domain_addresses=(),
        rewriting_test=Lookup("xyz.com", "A", rcode="NXDOMAIN"), addresses=(),
        delegation=Delegation(DOMAIN, (), (server,)),
    )  # fmt: skip
    alone = next(each for each in judge(facts) if each.code == "dns_health.domain_fails_alone")
    assert alone.severity is severity
