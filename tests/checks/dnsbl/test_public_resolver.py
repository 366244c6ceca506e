"""A DNS server that lists are known to refuse is named at once, and never by itself a reason to disbelieve."""

from __future__ import annotations

import pytest

from core.checks.dnsbl import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.knowledge.public_resolvers import public_resolver_name
from core.model import Context, SendingAddress, Severity, Target
from tests.servers.dns_server import NXDOMAIN, Reply, always, answers

REFUSED = always(answers("127.255.255.254"))


async def findings(lists, server: str, broken):
    lists.serve(broken)
    host, _, port = lists.server.address.partition(":")
    reroute = Reroute({(server, 53): (host, int(port))}, closed=True)
    clients = Clients(Resolver(server, reroute, Journal()), None)  # type: ignore[arg-type]
    context = Context(Target(), addresses=(SendingAddress("203.0.113.25", "given"),))
    return CHECK.judge(await CHECK.measure(context, clients))


@pytest.mark.parametrize("server", ["8.8.8.8", "1.1.1.1", "9.9.9.9", "208.67.222.222"])
@pytest.mark.parametrize(
    "reply", [REFUSED, always(NXDOMAIN), always(Reply(rcode="SERVFAIL")), always(Reply(rcode="REFUSED"))]
)
async def test_a_public_server_explains_refusals_open_or_hidden(lists, server: str, reply) -> None:
    failing = always(Reply(rcode="SERVFAIL"))
    found = await findings(lists, server, {"zen.spamhaus.org": reply, "b.barracudacentral.org": failing})
    assert [(one.code, one.severity) for one in found] == [("dnsbl.public_resolver", Severity.UNKNOWN)]
    values = found[0].values
    assert set(values) == set(CHECK.codes["dnsbl.public_resolver"])
    assert values["resolver"] == f"{server}:53" and values["lists"] == [
        "Spamhaus ZEN",
        "Barracuda Reputation Block List",
    ]


async def test_what_a_public_server_does_not_explain_keeps_its_own_reason(lists) -> None:
    broken = {"zen.spamhaus.org": REFUSED, "bl.spamcop.net": always(answers("198.51.100.7"))}
    found = await findings(lists, "8.8.8.8", broken)
    assert [one.code for one in found] == ["dnsbl.public_resolver", "dnsbl.partly_unasked"]
    assert found[1].values["reason"] == "outside_answer"


async def test_a_public_server_that_lists_answer_is_believed(lists) -> None:
    assert [one.code for one in await findings(lists, "9.9.9.9", {})] == ["dnsbl.clean"]


async def test_every_list_refusing_a_public_server_is_one_finding(lists) -> None:
    found = await findings(lists, "1.1.1.1", dict.fromkeys(lists.entries, REFUSED))
    assert found[0].code == "dnsbl.public_resolver" and "dnsbl.could_not_ask" not in [one.code for one in found]


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ("8.8.4.4:53", "Google Public DNS"),
        ("[2606:4700:4700::1111]:53", "Cloudflare"),
        ("2620:fe:0::fe", "Quad9"),
        ("192.0.2.53:53", ""),
        ("127.0.0.53", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_the_public_servers_are_known_by_address(server: str, name: str) -> None:
    assert public_resolver_name(server) == name
