"""SPF against the published RFC 7208 test suite, asked through a real DNS server on loopback.

The suite (rfc7208/, with its own licence) gives each test a zone and the results a receiver may come to. Zones that
"time out" are answered SERVFAIL here: for SPF that is the same, and the tests do not have to wait.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
import yaml
from dns.rdtypes.ANY.TXT import TXT

from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.spf import SpfDoor
from tests.servers.dns_server import NXDOMAIN, DnsServer, Reply

SUITE = Path(__file__).parent / "rfc7208" / "rfc7208-tests.yml"
FAILS = Reply(rcode="SERVFAIL")
Zone = dict[str, list[Any]]


def cases() -> list[Any]:
    found = []
    for scenario in yaml.safe_load_all(SUITE.read_text(encoding="utf-8")):
        zone = {name.lower(): records for name, records in scenario["zonedata"].items()}
        found += [pytest.param(zone, test, id=name) for name, test in scenario["tests"].items()]
    return found


def rdata(kind: str, value: Any) -> dns.rdata.Rdata:
    if kind == "TXT":
        parts = [value] if isinstance(value, str) else value
        strings = [part.encode("latin-1", "replace")[i : i + 255] for part in parts for i in range(0, len(part), 255)]
        return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings or [b""])
    text = f"{value[0]} {value[1]}." if kind == "MX" else f"{value}." if kind in ("PTR", "CNAME") else value
    return dns.rdata.from_text("IN", kind, text.replace("..", "."))


def records(zone: Zone, name: str, kind: str) -> list[dns.rdata.Rdata] | None:
    """None is a time-out. Records of the old type SPF stand for TXT, unless TXT is given."""
    entries = zone.get(name, [])
    types = {next(iter(entry)) for entry in entries if isinstance(entry, dict)}
    wanted = "SPF" if kind == "TXT" and "TXT" not in types else kind
    found: list[dns.rdata.Rdata] = []
    for entry in entries:
        if entry == "TIMEOUT":
            return found or None
        ((given, value),) = entry.items()
        if given == wanted and value == "TIMEOUT":
            return None
        if given == wanted and value != "NONE":
            found.append(rdata(kind, value))
    return found


def unescaped(name: str) -> str:
    """The characters of a name that the DNS writes with a backslash."""
    return re.sub(r"\\(\d{3}|.)", lambda found: chr(int(found[1])) if len(found[1]) == 3 else found[1], name)


def reply(zone: Zone, name: str, kind: str, seen: tuple[str, ...] = ()) -> Reply:
    name = unescaped(name)
    if name not in zone:
        return NXDOMAIN
    found = records(zone, name, kind)
    if found is None:
        return FAILS
    owner = dns.name.from_text(name.replace(" ", "\\032"))
    if found:
        return Reply(rrsets=(dns.rrset.from_rdata_list(owner, 60, found),))
    alias = records(zone, name, "CNAME")
    if not alias or name in seen:
        return Reply()
    target = str(alias[0]).rstrip(".").lower()
    chain = dns.rrset.from_rdata_list(owner, 60, alias)
    return Reply(rrsets=(chain, *reply(zone, target, kind, (*seen, name)).rrsets))


@pytest.mark.parametrize(("zone", "test"), cases())
async def test_the_suite_of_the_rfc(zone: Zone, test: Mapping[str, Any]) -> None:
    async with DnsServer() as server:
        server.script("", lambda name, kind: reply(zone, name, kind))
        door = SpfDoor(Resolver(server.address, Reroute(), Journal(), 15.0))
        found = await door.check(str(test["host"]), test["mailfrom"], test["helo"])
    allowed = test["result"] if isinstance(test["result"], list) else [test["result"]]
    assert found.result in allowed, found
    if found.result in ("permerror", "temperror"):
        assert found.problem


def test_the_suite_is_whole() -> None:
    assert len(cases()) == 203
