"""A real authoritative server (NSD) behind a real recursive one (Unbound): one fault a zone, its finding, no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.checks.dns_health import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import Context, SendingAddress, Target
from tests.servers.nsd import Nsd, free_port
from tests.servers.unbound import Unbound

NAME_SERVER = "198.51.100.53"
MAIL = "mail A 203.0.113.10\n"
MX = "@ MX 10 mail\n"
# zone (without .test) -> its records beside SOA and NS, the address its mail leaves from, the findings
ZONES: dict[str, tuple[str, str, list[str]]] = {
    "healthy": (MX + MAIL, "203.0.113.10", ["ok"]),
    "healthy-six": (MX + "mail A 203.0.113.10\nmail AAAA 2001:db8::10\n", "2001:db8::10", ["ok"]),
    "healthy-two": (MX + "@ MX 20 backup\n" + MAIL + "backup A 203.0.113.11\n", "203.0.113.10", ["ok"]),
    "healthy-elsewhere": ("@ MX 10 mail.healthy.test.\n", "203.0.113.10", ["ok"]),
    "healthy-aliased-web": (MX + MAIL + "www CNAME mail\n", "203.0.113.10", ["ok"]),
    "nothing": ("@ TXT only-text\n", "", ["no_mx"]),
    "address-only": ("@ A 203.0.113.10\n", "", ["implicit_mx"]),
    "null": ("@ MX 0 .\n", "", ["null_mx"]),
    "number": ("@ MX 10 203.0.113.10.\n", "", ["mx_is_address"]),
    "dead": ("@ MX 10 gone\n", "", ["mx_has_no_address"]),
    "dead-elsewhere": ("@ MX 10 mail.never-there.test.\n", "", ["mx_has_no_address"]),
    "half-dead": (MX + "@ MX 20 gone\n" + MAIL, "203.0.113.10", ["mx_has_no_address"]),
    "alias": ("@ MX 10 mx\nmx CNAME mail\n" + MAIL, "203.0.113.10", ["mx_is_alias"]),
    "private-10": (MX + "mail A 10.1.2.3\n", "", ["mx_private"]),
    "private-192": (MX + "mail A 192.168.0.2\n", "", ["mx_private"]),
    "private-loopback": (MX + "mail A 127.0.0.1\n", "", ["mx_private"]),
    "private-six": (MX + "mail AAAA fd00::25\n", "", ["mx_private"]),
    "nameless": (MX + MAIL, "203.0.113.66", ["ptr_missing"]),
    "stranger-name": (MX + MAIL, "203.0.113.67", ["ptr_not_confirmed"]),
    "gone-name": (MX + MAIL, "203.0.113.68", ["ptr_not_confirmed"]),
    "machine-name": (MX + MAIL, "203.0.113.69", ["ptr_generic"]),
    "nameless-six": (MX + MAIL, "2001:db8::66", ["ptr_missing"]),
    "not-there": ("", "", ["no_such_domain"]),
}
REVERSE = (
    "10 PTR mail.healthy.test.\n67 PTR www.healthy-aliased-web.test.\n68 PTR gone.dead.test.\n"
    "69 PTR 203-0-113-69.ppp.provider.test.\n"
)
SIX = "0.1.0.0." + "0.0.0.0." * 4 + "0.0.0.0 PTR mail.healthy-six.test.\n"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, Reroute]]:
    """The recursive server's IP:PORT, and the way to the zones' own name server."""
    zones = {f"{name}.test": records for name, (records, _, _) in ZONES.items() if name != "not-there"}
    zones |= {
        "test": "",  # a zone above that says "no such name" of itself would hide all below it
        "invalid": f"ns A {NAME_SERVER}\n",
        "provider.test": "203-0-113-69.ppp A 203.0.113.69\n",
        "113.0.203.in-addr.arpa": REVERSE,
        "8.b.d.0.1.0.0.2.ip6.arpa": SIX,
    }
    with Nsd(zones, "127.0.0.1", free_port()) as nsd, Unbound(nsd.port) as unbound:
        here = ("127.0.0.1", unbound.port)
        yield unbound.server, Reroute({here: here, (NAME_SERVER, 53): ("127.0.0.1", nsd.port)}, closed=True)


@pytest.mark.parametrize("name", ZONES)
async def test_one_fault_a_zone(servers: tuple[str, Reroute], name: str) -> None:
    server, reroute = servers
    _, address, expected = ZONES[name]
    clients = Clients(Resolver(server, reroute, Journal(), 3.0), None)  # type: ignore[arg-type]
    addresses = (SendingAddress(address, "given"),) if address else ()
    facts = await CHECK.measure(Context(Target(domain=f"{name}.test"), addresses=addresses), clients)
    if name != "not-there":
        assert facts.delegation is not None and facts.delegation.servers[0].authoritative
    assert [one.code.partition(".")[2] for one in CHECK.judge(facts)] == expected
