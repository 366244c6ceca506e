"""A real authoritative server (NSD) behind a real recursive one (Unbound): one fault a zone, its finding, no other.

A second NSD stands for the zone above ("test") and for a name server that was left behind by a change.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core.checks.dns_health import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import Context, SendingAddress, Target
from tests.servers.nsd import Nsd, free_port
from tests.servers.unbound import Unbound

NAME_SERVER, SECOND, SILENT = "198.51.100.53", "198.51.100.54", "198.51.100.55"
MAIL = "mail A 203.0.113.10\n"
MX = "@ MX 10 mail\n"
MANY = "".join(f"@ MX {number} a-rather-long-name-for-a-mail-server-{number}\n" for number in range(10, 19))
MANY += "".join(f"a-rather-long-name-for-a-mail-server-{number} A 203.0.113.10\n" for number in range(10, 19))


def own_soa(serial: str, *servers: str) -> str:
    names = "".join(f"@ NS {name}.\n" for name in servers or ("ns.invalid",))
    return f"@ SOA ns.invalid. admin.invalid. {serial} 3600 600 86400 60\n{names}"


TODAY = f"{datetime.now(UTC):%Y%m%d}01"
BOTH = ("ns.invalid", "ns2.invalid")
# zone (without .test) -> its records beside SOA and NS, the addresses its mail leaves from, the findings
ZONES: dict[str, tuple[str, str, list[str]]] = {
    "healthy": (MX + MAIL, "203.0.113.10", ["ok"]),
    "healthy-six": (MX + "mail A 203.0.113.10\nmail AAAA 2001:db8::10\n", "2001:db8::10", ["ok"]),
    "healthy-both": (MX + MAIL, "203.0.113.10 2001:db8::10", ["ok"]),
    "healthy-two": (MX + "@ MX 20 backup\n" + MAIL + "backup A 203.0.113.11\n", "203.0.113.10", ["ok"]),
    "healthy-elsewhere": ("@ MX 10 mail.healthy.test.\n", "203.0.113.10", ["ok"]),
    "healthy-aliased-web": (MX + MAIL + "www CNAME mail\n", "203.0.113.10", ["ok"]),
    "Healthy-Capitals": (MX + MAIL, "203.0.113.10", ["ok"]),
    "healthy-long-answer": (MANY, "203.0.113.10", ["ok"]),  # more than a UDP answer holds
    "healthy-two-names": (MX + MAIL, "203.0.113.70", ["ok"]),  # two reverse names, one leads back
    "healthy-two-servers": (own_soa("1", *BOTH) + MX + MAIL, "203.0.113.10", ["ok"]),
    "healthy-old-serial": (own_soa("2019010101") + MX + MAIL, "203.0.113.10", ["ok"]),
    "changed-today": (own_soa(TODAY) + MX + MAIL, "203.0.113.10", ["ok", "changed_recently"]),
    "nothing": ("@ TXT only-text\n", "", ["no_mx"]),
    "web-only": ("www A 203.0.113.10\n", "", ["no_mx"]),
    "address-only": ("@ A 203.0.113.10\n", "", ["implicit_mx"]),
    "null": ("@ MX 0 .\n", "", ["null_mx"]),
    "number": ("@ MX 10 203.0.113.10.\n", "", ["mx_is_address"]),
    "dead": ("@ MX 10 gone\n", "", ["mx_has_no_address"]),
    "dead-elsewhere": ("@ MX 10 mail.never-there.test.\n", "", ["mx_has_no_address"]),
    "half-dead": (MX + "@ MX 20 gone\n" + MAIL, "203.0.113.10", ["mx_has_no_address"]),
    "half-number": (MX + "@ MX 20 203.0.113.11.\n" + MAIL, "203.0.113.10", ["mx_is_address"]),
    "alias": ("@ MX 10 mx\nmx CNAME mail\n" + MAIL, "203.0.113.10", ["mx_is_alias"]),
    "alias-nowhere": ("@ MX 10 mx\nmx CNAME gone.healthy.test.\n", "203.0.113.10", ["mx_has_no_address"]),
    "alias-circle": ("@ MX 10 mx\nmx CNAME mx2\nmx2 CNAME mx\n", "", ["mx_circle"]),
    "alias-of-itself": ("@ MX 10 mx\nmx CNAME mx\n", "", ["mx_circle"]),
    "half-circle": (MX + "@ MX 20 mx\nmx CNAME mx2\nmx2 CNAME mx\n" + MAIL, "203.0.113.10", ["mx_circle"]),
    "private-10": (MX + "mail A 10.1.2.3\n", "", ["mx_private"]),
    "private-192": (MX + "mail A 192.168.0.2\n", "", ["mx_private"]),
    "private-loopback": (MX + "mail A 127.0.0.1\n", "", ["mx_private"]),
    "private-carrier": (MX + "mail A 100.64.0.9\n", "", ["mx_private"]),
    "private-six": (MX + "mail AAAA fd00::25\n", "", ["mx_private"]),
    "nameless": (MX + MAIL, "203.0.113.66", ["ptr_missing"]),
    "stranger-name": (MX + MAIL, "203.0.113.67", ["ptr_not_confirmed"]),
    "gone-name": (MX + MAIL, "203.0.113.68", ["ptr_not_confirmed"]),
    "machine-name": (MX + MAIL, "203.0.113.69", ["ptr_generic"]),
    "nameless-six": (MX + MAIL, "2001:db8::66", ["ptr_missing"]),
    "six-alone-bad": (MX + MAIL, "203.0.113.10 2001:db8::66", ["ptr_missing", "ipv6_path_bad"]),
    "both-bad": (MX + MAIL, "203.0.113.66 2001:db8::66", ["ptr_missing", "ptr_missing"]),
    "machine-six": (MX + MAIL, "2001:db8::a:b:c:69", ["ptr_generic"]),
    "lame": (own_soa("1", *BOTH) + MX + MAIL, "203.0.113.10", ["server_lame"]),
    "silent-server": (own_soa("1", "ns.invalid", "ns3.invalid") + MX + MAIL, "203.0.113.10", ["server_lame"]),
    "lost-server": (own_soa("1", "ns.invalid", "gone.invalid") + MX + MAIL, "203.0.113.10", ["server_lame"]),
    "disagree": (own_soa("2", *BOTH) + MX + MAIL, "203.0.113.10", ["servers_disagree"]),
    "stale": (own_soa("2", *BOTH) + MX + MAIL, "203.0.113.10", ["serials_differ"]),
    "half-moved": (own_soa("1") + MX + MAIL, "203.0.113.10", ["delegation_differs"]),
    "remembered": (MX + MAIL, "203.0.113.10", ["resolver_differs"]),
    "spf-remembered": (MX + MAIL + '@ TXT "v=spf1 mx -all"\n', "203.0.113.10", ["spf_remembered"]),
    "spf-the-same": (MX + MAIL + '@ TXT "v=spf1 mx -all"\n@ TXT "other"\n', "203.0.113.10", ["ok"]),
    "broken": (MX + MAIL, "203.0.113.10", ["partly_unknown"]),
    "not-there": ("", "", ["no_such_domain"]),
}
REVERSE = (
    "10 PTR mail.healthy.test.\n67 PTR www.healthy-aliased-web.test.\n68 PTR gone.dead.test.\n"
    "69 PTR 203-0-113-69.ppp.provider.test.\n70 PTR gone.dead.test.\n70 PTR seventy.provider.test.\n"
)
SIX = "0.1.0.0." + "0.0.0.0." * 4 + "0.0.0.0 PTR mail.healthy-six.test.\n"
SIX += "9.6.0.0.c.0.0.0.b.0.0.0.a.0.0.0." + "0.0.0.0." * 1 + "0.0.0.0 PTR 69-c-b-a.000a000b000c0069.provider.test.\n"
SECOND_ZONES = {
    # The zone above: of one zone it still names the servers from before.
    "test": "half-moved NS old.provider.test.\n",
    "healthy-two-servers.test": own_soa("1", *BOTH) + MX + MAIL,
    "disagree.test": own_soa("1", *BOTH) + "@ MX 10 old\nold A 203.0.113.12\n",
    "stale.test": own_soa("1", *BOTH) + MX + MAIL,
}
ANSWERS_OF_ITS_OWN = """
    local-zone: "remembered.test." typetransparent
    local-data: "remembered.test. 60 IN MX 10 mail.healthy.test."
    local-zone: "spf-remembered.test." typetransparent
    local-data: 'spf-remembered.test. 60 IN TXT "v=spf1 a:old.provider.test -all"'
"""


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, Reroute]]:
    """The recursive server's IP:PORT, and the way to the zones' own name server."""
    zones = {f"{name}.test": records for name, (records, _, _) in ZONES.items() if name != "not-there"}
    zones |= {
        "test": own_soa("1", "ns2.invalid"),  # a zone above that says "no such name" of itself would hide all below it
        "invalid": f"ns A {NAME_SERVER}\nns2 A {SECOND}\nns3 A {SILENT}\n",
        "provider.test": "203-0-113-69.ppp A 203.0.113.69\nseventy A 203.0.113.70\n"
        "69-c-b-a.000a000b000c0069 AAAA 2001:db8::a:b:c:69\n",
        "113.0.203.in-addr.arpa": REVERSE,
        "8.b.d.0.1.0.0.2.ip6.arpa": SIX,
    }
    nobody = free_port()
    more = f'{ANSWERS_OF_ITS_OWN}forward-zone:\n    name: "mail.broken.test."\n    forward-addr: 127.0.0.1@{nobody}\n'
    with (
        Nsd(zones, "127.0.0.1", free_port()) as nsd,
        Nsd(SECOND_ZONES, "127.0.0.1", free_port()) as second,
        Unbound(nsd.port, more=more) as unbound,
    ):
        here = ("127.0.0.1", unbound.port)
        table = {here: here, (NAME_SERVER, 53): ("127.0.0.1", nsd.port), (SECOND, 53): ("127.0.0.1", second.port)}
        yield unbound.server, Reroute(table, closed=True)


def test_there_are_forty_faults_and_healthy_ones() -> None:
    faulty = [name for name, (_, _, findings) in ZONES.items() if findings[0] != "ok"]
    assert len(ZONES) >= 40 and len(faulty) >= 30 and len(ZONES) - len(faulty) >= 10


@pytest.mark.parametrize("name", ZONES)
async def test_one_fault_a_zone(servers: tuple[str, Reroute], name: str) -> None:
    server, reroute = servers
    _, addresses, expected = ZONES[name]
    clients = Clients(Resolver(server, reroute, Journal(), 3.0), None)  # type: ignore[arg-type]
    given = tuple(SendingAddress(address, "given") for address in addresses.split())
    facts = await CHECK.measure(Context(Target(domain=f"{name}.test"), addresses=given), clients)
    if name != "not-there":
        assert facts.delegation and any(one.authoritative for one in facts.delegation.servers)
    assert [one.code.partition(".")[2] for one in CHECK.judge(facts)] == expected


async def test_d07_a_network_that_invents_answers(servers: tuple[str, Reroute]) -> None:
    """A second resolver, as in a hotel before its login page: every unknown name leads to the page."""
    _, reroute = servers
    authority = dict(reroute.table)[NAME_SERVER, 53][1]
    page = '    local-zone: "com." redirect\n    local-data: "com. 5 IN A 198.51.100.80"\n'
    with Unbound(authority, more=page) as unbound:
        here = ("127.0.0.1", unbound.port)
        resolver = Resolver(unbound.server, Reroute({**reroute.table, here: here}, closed=True), Journal(), 3.0)
        for domain, expected in (("healthy.test", ["resolver_rewrites"]), ("nothing.test", ["resolver_rewrites"])):
            facts = await CHECK.measure(Context(Target(domain=domain)), Clients(resolver, None))  # type: ignore[arg-type]
            assert [one.code.partition(".")[2] for one in CHECK.judge(facts)] == expected
