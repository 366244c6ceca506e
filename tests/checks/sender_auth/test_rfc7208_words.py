"""The RFC 7208 test suite once more: as the library alone sees it, and what we tell a reader about each result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import spf

from core.checks.sender_auth.asking import as_fact
from core.checks.sender_auth.facts import Facts
from core.checks.sender_auth.judge import judge
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.spf import SpfDoor, SpfResult
from core.lookup import Lookup
from core.model import SendingAddress
from core.report.words import words_for
from core.texts import LANGUAGES, Texts
from tests.clients.spf.test_rfc7208 import Zone, cases, reply, unescaped
from tests.servers.dns_server import DnsServer

# Result (RFC 7208 section 2.6) -> the findings that may tell it; a record that lets everybody pass is told as that.
TOLD = {
    "pass": {"spf_pass", "spf_too_open"},
    "fail": {"spf_fail", "spf_sends_nothing"},
    "softfail": {"spf_softfail"},
    "neutral": {"spf_neutral"},
    "none": {"spf_missing", "spf_unreadable"},
    "permerror": {"spf_permerror", "spf_two_records", "spf_unreadable"},
    "temperror": {"spf_unknown"},
}


async def evaluated(zone: Zone, test: Mapping[str, Any]) -> tuple[SpfResult, Lookup]:
    """What our door finds, and the records it found it in."""
    name = (test["mailfrom"] or test["helo"]).rpartition("@")[2].lower()
    async with DnsServer() as server:
        server.script("", lambda name, kind: reply(zone, name, kind))
        resolver = Resolver(server.address, Reroute(), Journal(), 15.0)
        found = await SpfDoor(resolver).check(str(test["host"]), test["mailfrom"], test["helo"])
        records = found.result not in ("none", "temperror") and (await resolver.query(name, "TXT")).records
    error = "server_failed" if found.result == "temperror" else ""
    return found, Lookup(name, "TXT", records or (), "NOERROR", error)


@pytest.mark.parametrize(("zone", "test"), cases())
async def test_every_result_has_our_words(zone: Zone, test: Mapping[str, Any]) -> None:
    found, txt = await evaluated(zone, test)
    sender = SendingAddress(str(test["host"]), "given")
    check = as_fact(sender, "mailfrom", txt.name, found)
    nothing = Lookup(f"_dmarc.{txt.name}", "TXT", (), "NOERROR")
    facts = Facts(datetime.now(UTC), "192.0.2.53:53", txt.name, txt, None, (check,), (), (), nothing, None, (), ())
    told = [one for one in judge(facts) if one.code.removeprefix("sender_auth.") in TOLD[found.result]]
    assert told, f"{found.result} is told by nothing"
    for language in LANGUAGES:
        for one in told:
            words = words_for(Texts(language), one.code, one.values)
            whole = " ".join((words.title, words.meaning, *words.steps))
            assert words.title and words.meaning and "sender_auth." not in whole


def answering(zone: Zone) -> Callable[..., list[Any]]:
    """The library's look-up, answered from the suite's zone in the form its own resolver gives."""

    def look_up(name: str, qtype: str, tcpfallback: bool = True, timeout: int = 30) -> list[Any]:
        answer = reply(zone, str(name).rstrip(".").lower().replace("\\", "\\\\"), qtype)
        if answer.rcode == "SERVFAIL":
            raise spf.TempError("DNS failed")
        return [
            ((unescaped(rrset.name.to_text(omit_final_dot=True)), kind), value)
            for rrset in answer.rrsets
            for kind, value in (_as_the_library_has_it(rdata) for rdata in rrset)
        ]

    return look_up


def _as_the_library_has_it(rdata: Any) -> tuple[str, Any]:
    kind = rdata.rdtype.name
    if kind == "TXT":
        return kind, tuple(rdata.strings)
    if kind == "MX":
        return kind, (rdata.preference, rdata.exchange.to_text(omit_final_dot=True))
    return kind, rdata.to_text().removesuffix(".")


@pytest.mark.parametrize(("zone", "test"), cases())
async def test_the_library_alone_comes_to_the_same(
    zone: Zone, test: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spf, "DNSLookup", answering(zone))
    alone, _, _ = spf.query(i=str(test["host"]), s=test["mailfrom"], h=test["helo"]).check()
    found, _ = await evaluated(zone, test)
    assert found.result == alone or (test["result"] == ["neutral", "pass"] and alone in test["result"])  # left open
