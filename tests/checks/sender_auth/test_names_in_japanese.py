"""A company whose name is written in Japanese, and one below a town's or a branch's name: whose record is whose."""

from __future__ import annotations

import pytest

from core.checks.hosting import CHECK as HOSTING
from core.checks.sender_auth import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import Context, Finding, MailHost, SendingAddress, Target
from tests.servers.dns_server import DnsServer

ADDRESS = "203.0.113.25"


async def look(server: DnsServer, domain: str, asked: str) -> dict[str, Finding]:
    """The findings of both checks; the server that takes the mail is below `asked`."""
    server.add(asked, "MX", f"10 mail.{asked}.")
    server.add(f"mail.{asked}", "A", ADDRESS)
    server.add(asked, "TXT", '"v=spf1 mx -all"')
    hosts = (MailHost(f"mail.{asked}", preference=10, addresses=(ADDRESS,)),)
    context = Context(Target(domain=domain), mail_hosts=hosts, addresses=(SendingAddress(ADDRESS, "mx"),))
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    found = CHECK.judge(await CHECK.measure(context, clients))
    found += HOSTING.judge(await HOSTING.measure(context, clients))
    return {one.code: one for one in found}


@pytest.mark.parametrize("domain", ["日本語.jp", "日本語.JP.", "xn--wgv71a119e.jp"])
async def test_a_name_in_japanese_is_its_servers_own(server: DnsServer, domain: str) -> None:
    found = await look(server, domain, "xn--wgv71a119e.jp")
    assert {"hosting.own", "sender_auth.spf_pass"} <= set(found)
    dmarc = found["sender_auth.dmarc_missing"].values
    assert dmarc["name"] == "_dmarc.xn--wgv71a119e.jp"
    assert str(dmarc["proposed"]).isascii(), "a record in the DNS holds no Japanese letters"
    assert [name for name, _, _ in server.asked if name.startswith("_dmarc")] == ["_dmarc.xn--wgv71a119e.jp"]


@pytest.mark.parametrize(
    ("domain", "company"),
    [
        ("news.example.co.jp", "example.co.jp"),
        ("mail.example.or.jp", "example.or.jp"),
        ("shop.example.tokyo", "example.tokyo"),
        ("www.example.chiyoda.tokyo.jp", "example.chiyoda.tokyo.jp"),
        ("kikaku.city.kyoto.lg.jp", "city.kyoto.lg.jp"),
        ("sales.xn--wgv71a119e.jp", "xn--wgv71a119e.jp"),
    ],
)
async def test_a_branch_falls_under_its_companys_policy(server: DnsServer, domain: str, company: str) -> None:
    server.add(f"_dmarc.{company}", "TXT", '"v=DMARC1; p=reject; sp=quarantine"')
    found = await look(server, domain, domain)
    assert found["sender_auth.dmarc_ok"].values["policy"] == "quarantine"


@pytest.mark.parametrize("domain", ["example.co.jp", "city.kyoto.lg.jp", "example.tokyo"])
async def test_nobody_falls_under_the_policy_of_a_public_name(server: DnsServer, domain: str) -> None:
    server.add(f"_dmarc.{domain.partition('.')[2]}", "TXT", '"v=DMARC1; p=reject"')
    assert "sender_auth.dmarc_missing" in await look(server, domain, domain)
