"""Lists behind the person's own key: asked instead of the open ones, and the key is nowhere to be found afterwards."""

from __future__ import annotations

import dataclasses
import json
import traceback

import pytest

from core.checks.dnsbl import CHECK
from core.clients import Clients
from core.clients.list_keys import ListKeys
from core.errors import CheckTimeoutError
from core.knowledge.dnsbl import keyed_lists, lists_with
from core.model import Context, Finding, SendingAddress, Severity, Target
from core.texts import Texts
from tests.servers.dns_server import NXDOMAIN, Reply, always, answers

KEY = "canary7secret7key7zzzzzzzzz"
ADDRESS, REVERSED = "203.0.113.25", "25.113.0.203"
ZEN, DBL = f"{KEY}.zen.dq.spamhaus.net", f"{KEY}.dbl.dq.spamhaus.net"


@pytest.fixture
def keyed(lists):
    lists.entries[ZEN] = dict(lists.entries["zen.spamhaus.org"])
    lists.entries[DBL] = dict(lists.entries["dbl.spamhaus.org"])
    return lists


async def run(keyed, broken=None, key: str = KEY) -> tuple[tuple[Finding, ...], str]:
    """The findings, and everything a run could show or save: facts, findings, words, journal."""
    keyed.serve(broken)
    clients = Clients(keyed.resolver, None, list_keys=ListKeys({"spamhaus": key}))  # type: ignore[arg-type]
    target = Target(domain="midori-shoji.example")
    facts = await CHECK.measure(Context(target, addresses=(SendingAddress(ADDRESS, "given"),)), clients)
    found = CHECK.judge(facts)
    everything = [json.dumps(dataclasses.asdict(facts), default=str), repr(facts), repr(found), repr(clients.journal)]
    for language in ("ja", "en"):
        texts = Texts(language)
        everything += [texts.text(f"{one.code}.{part}", one.values) for one in found for part in ("title", "meaning")]
    return found, "\n".join(everything)


async def test_a_key_takes_the_open_lists_place_and_is_never_kept(keyed) -> None:
    keyed.list_address(ZEN, REVERSED, "127.0.0.4")
    found, everything = await run(keyed)
    assert [(one.code, one.severity) for one in found] == [("dnsbl.listed", Severity.CRITICAL)]
    assert found[0].values["zone"] == "{key}.zen.dq.spamhaus.net"
    assert found[0].evidence[0].asked.startswith(f"{REVERSED}.{{key}}.zen.dq.spamhaus.net. A @")
    asked = [name for name, _, _ in keyed.server.asked]
    assert f"{REVERSED}.{ZEN}" in asked and f"midori-shoji.example.{DBL}" in asked
    assert not [name for name in asked if name.endswith(("zen.spamhaus.org", "dbl.spamhaus.org"))]
    assert KEY not in everything


FAULTS = {
    "refused code": always(answers("127.255.255.250")),
    "public": always(answers("127.255.255.254")),
    "SERVFAIL": always(Reply(rcode="SERVFAIL")),
    "REFUSED": always(Reply(rcode="REFUSED")),
    "garbage over TCP": always(Reply(truncated=True, empty_tcp=True)),
    "nothing exists": always(NXDOMAIN),
    "block page": always(answers("146.112.61.108")),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_keyed_list_that_fails_is_no_all_clear_and_keeps_the_secret(keyed, fault: str) -> None:
    found, everything = await run(keyed, {ZEN: FAULTS[fault], DBL: FAULTS[fault]})
    assert {one.code for one in found} == {"dnsbl.partly_unasked"}
    assert found[0].severity is Severity.UNKNOWN
    assert found[0].values["lists"] == ["Spamhaus ZEN (DQS)", "Spamhaus DBL (DQS)"]
    assert KEY not in everything


async def test_a_key_that_is_no_dns_label_ends_in_could_not_ask_without_showing_it(keyed) -> None:
    long = "canary" * 20  # never passes the door, but the check must not rely on that
    found, everything = await run(keyed, key=long)
    assert [one.code for one in found] == ["dnsbl.partly_unasked"]
    assert "canary" not in everything


async def test_a_resolver_that_is_silent_does_not_tell_the_key_in_its_error(keyed) -> None:
    silent = always(Reply(silent=True))
    keyed.server.script("", silent)
    with pytest.raises(CheckTimeoutError) as raised:
        await run(keyed, dict.fromkeys(keyed.entries, silent))
    # Of the traceback the messages: pytest's own frames quote this test's source.
    assert KEY not in "".join(traceback.format_exception_only(raised.value)) + repr(raised.value.values)
    assert raised.value.__cause__ is None and raised.value.__context__ is None


def test_without_a_key_no_keyed_list_is_asked() -> None:
    assert not [one.zone for one in lists_with(()) if one.tier == "E"]
    assert {one.service for one in keyed_lists()} == {"spamhaus", "abusix", "spamrats"}
    for one in keyed_lists():
        assert one.question("2.0.0.127", "abc").endswith(one.zone.replace("{key}", "abc"))
        assert "{key}" in one.question("2.0.0.127")


async def test_a_shut_keychain_is_told_and_the_open_lists_are_asked(lists) -> None:
    class Shut(ListKeys):
        @property
        def unread(self) -> tuple[str, ...]:
            return ("spamhaus",)

    lists.serve()
    clients = Clients(lists.resolver, None, list_keys=Shut())  # type: ignore[arg-type]
    context = Context(Target(), addresses=(SendingAddress(ADDRESS, "given"),))
    found = CHECK.judge(await CHECK.measure(context, clients))
    assert [(one.code, one.severity) for one in found] == [
        ("dnsbl.clean", Severity.OK),
        ("dnsbl.keys_unread", Severity.OK),
    ]
