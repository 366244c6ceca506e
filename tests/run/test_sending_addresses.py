"""Where our mail leaves from, and how we know: the strongest source is said, and strangers' servers are left out."""

from __future__ import annotations

import pytest

from core.clients import Clients, Doors
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import Pasted, Target
from core.survey import first_survey
from tests.servers.dns_server import DnsServer, Reply, always

DOMAIN, HOST = "midori.example", "mail.midori.example"


@pytest.fixture
async def server():
    async with DnsServer() as one:
        one.add(HOST, "A", "203.0.113.25")
        one.add("aspmx.l.google.com", "A", "198.51.100.26")
        yield one


async def sources(server: DnsServer, target: Target) -> list[tuple[str, str]]:
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    survey = await first_survey(target, clients, Doors())
    return [(one.address, one.source) for one in survey.context.addresses]


async def test_the_spf_record_names_senders_before_the_mx(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(DOMAIN, "TXT", '"v=spf1 ip4:203.0.113.7 -all"')
    assert await sources(server, Target(domain=DOMAIN)) == [("203.0.113.7", "spf"), ("203.0.113.25", "mx")]


async def test_a_given_address_comes_first_and_stands_once(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(DOMAIN, "TXT", '"v=spf1 ip4:203.0.113.7 ip4:203.0.113.25 -all"')
    found = await sources(server, Target(domain=DOMAIN, address=("203.0.113.25",)))
    assert found == [("203.0.113.25", "given"), ("203.0.113.7", "spf")]


async def test_the_incoming_servers_of_a_big_company_are_not_our_senders(server) -> None:
    server.add(DOMAIN, "MX", "10 aspmx.l.google.com.")
    server.add(DOMAIN, "TXT", '"v=spf1 include:_spf.google.com ~all"')
    assert await sources(server, Target(domain=DOMAIN)) == []


async def test_private_addresses_in_the_record_are_left_out(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(DOMAIN, "TXT", '"v=spf1 ip4:192.168.1.5 -all"')
    assert await sources(server, Target(domain=DOMAIN)) == [("203.0.113.25", "mx")]


async def test_a_domain_whose_servers_fail_leaves_what_was_given(server) -> None:
    server.script(DOMAIN, always(Reply(rcode="SERVFAIL")))
    assert await sources(server, Target(domain=DOMAIN, address=("203.0.113.7",))) == [("203.0.113.7", "given")]


def message(*lines: str, author: str = f"sales@{DOMAIN}") -> Pasted:
    return Pasted(
        "message.eml", "\n".join([*lines, f"From: {author}", "To: a@far.example", "Subject: offer", "", "Hello"])
    )


TAKEN = f"Received: from {HOST} ({HOST} [203.0.113.80]) by mx.far.example with ESMTPS id 1; Sun, 22 Nov 2026 08:00:02"
INSIDE = f"Received: from pc ([192.168.1.5]) by {HOST} with ESMTPSA id 2; Sun, 22 Nov 2026 08:00:01"
GMAIL = (
    "Authentication-Results: mx.google.com;\n       spf=pass (google.com: domain of sales@midori.example designates "
    "203.0.113.81 as permitted sender) smtp.mailfrom=sales@midori.example"
)
OUTLOOK = "Authentication-Results: spf=pass (sender IP is 203.0.113.82)\n smtp.mailfrom=midori.example; dkim=none"
POSTFIX = f"Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=2001:db8::83; helo={HOST}"
FAR = "Received: from mx.far.example (mx.far.example [198.51.100.9]) by inner.far.example; Sun, 22 Nov 2026 08:00:03"


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ((FAR, TAKEN, INSIDE), "203.0.113.80"),
        ((GMAIL, INSIDE), "203.0.113.81"),
        ((OUTLOOK,), "203.0.113.82"),
        ((POSTFIX, FAR), "2001:db8::83"),
        ((f"Return-Path: <x@{DOMAIN}>", GMAIL), "203.0.113.81"),
    ],
)
async def test_the_headers_of_a_message_that_arrived_tell_it(server, lines: tuple[str, ...], address: str) -> None:
    """They come before what was given: they show what happened."""
    target = Target(domain=DOMAIN, bounce=message(*lines), address=("203.0.113.7",))
    assert await sources(server, target) == [(address, "header"), ("203.0.113.7", "given")]


@pytest.mark.parametrize(
    ("lines", "author"),
    [
        ((INSIDE,), f"sales@{DOMAIN}"),
        ((FAR,), f"sales@{DOMAIN}"),
        ((TAKEN, GMAIL), "boss@friend.example"),
        (("Return-Path: <b1@letters.example>", GMAIL), f"sales@{DOMAIN}"),
        (("Received: from [999.1.1.1] (by [by [", "Received: by", "Authentication-Results: sender IP is ::"), "@"),
    ],
)
async def test_headers_that_speak_of_other_servers_tell_nothing(server, lines: tuple[str, ...], author: str) -> None:
    assert await sources(server, Target(domain=DOMAIN, bounce=message(*lines, author=author))) == []


async def test_a_bounce_comes_before_the_headers_of_the_mail_it_returns(server) -> None:
    text = f"550 5.7.1 Client host [203.0.113.90] blocked\n\n--b\nContent-Type: message/rfc822\n\n{message(TAKEN).text}"
    found = await sources(server, Target(domain=DOMAIN, bounce=Pasted("bounce", text)))
    assert found == [("203.0.113.90", "bounce"), ("203.0.113.80", "header")]


async def test_all_that_names_an_address_is_kept_so_that_a_forged_mail_is_known_by_it(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(DOMAIN, "TXT", '"v=spf1 ip4:203.0.113.25 -all"')
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    for address, also in (("203.0.113.25", ("spf", "mx")), ("198.51.100.66", ())):
        said = f"550 5.7.25 [{address}] The IP address sending this message does not have a PTR record setup"
        survey = await first_survey(Target(domain=DOMAIN, bounce=Pasted("x", said)), clients, Doors())
        first = survey.context.addresses[0]
        assert (first.address, first.source, first.also) == (address, "bounce", also)
        assert first.only_pasted == (not also)
