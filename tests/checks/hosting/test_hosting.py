"""Who runs a domain's mail: one company a zone on a real DNS server, and nobody is named without a sign."""

from __future__ import annotations

import dataclasses
import json

import pytest

from core.checks.hosting import CHECK
from core.checks.hosting.judge import LETTER
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.errors import CheckTimeoutError
from core.model import Context, Finding, MailHost, Severity, Target
from core.texts import LANGUAGES, Texts
from tests.servers.dns_server import DnsServer, Reply, always

DOMAIN, HOST, ADDRESS = "midori.example", "mail.midori.example", "203.0.113.25"
REVERSE = "25.113.0.203.in-addr.arpa"


@pytest.fixture
async def server():
    async with DnsServer() as one:
        yield one


async def findings(server: DnsServer, target: Target | None = None, lifetime: float = 1.0) -> dict[str, Finding]:
    clients = Clients(Resolver(server.address, Reroute(), Journal(), lifetime), None)  # type: ignore[arg-type]
    hosts = (MailHost(HOST, addresses=(ADDRESS,)),)
    facts = await CHECK.measure(Context(target or Target(domain=DOMAIN), mail_hosts=hosts), clients)
    json.dumps(dataclasses.asdict(facts), default=lambda value: value.isoformat())
    found = CHECK.judge(facts)
    for one in found:
        assert set(one.values) == set(CHECK.codes[one.code]), one.code
        for language in LANGUAGES:
            assert Texts(language).text(f"{one.code}.meaning", one.values)
    return {one.code.partition(".")[2]: one for one in found}


@pytest.mark.parametrize(
    ("mx", "company"),
    [
        ("aspmx.l.google.com", "Google Workspace"),
        ("midori-example.mail.protection.outlook.com", "Microsoft 365"),
        ("midori.sakura.ne.jp", "Sakura Internet（さくらインターネット）"),
        ("sv123.xserver.jp", "Xserver（エックスサーバー）"),
        ("mx01.lolipop.jp", "Lolipop（ロリポップ！）"),
        ("dmail.kagoya.net", "KAGOYA（カゴヤ・ジャパン）"),
        ("mx01.securemx.jp", "IIJ SecureMX"),
        ("inbound-smtp.us-west-2.amazonaws.com", "Amazon SES / WorkMail"),
    ],
)
async def test_the_mx_names_the_company(server, mx: str, company: str) -> None:
    server.add(DOMAIN, "MX", f"10 {mx}.")
    found = await findings(server)
    assert list(found) == ["hosted"]
    assert found["hosted"].severity is Severity.OK
    assert found["hosted"].values["company"] == company
    assert found["hosted"].values["signs"] == ["mx"]


async def test_every_sign_is_said(server) -> None:
    server.add(DOMAIN, "MX", f"10 {DOMAIN}.")
    server.add(DOMAIN, "TXT", '"v=spf1 a:www12.sakura.ne.jp mx ~all"')
    server.add(DOMAIN, "NS", "ns1.dns.ne.jp.")
    server.add(REVERSE, "PTR", "www12.sakura.ne.jp.")
    found = await findings(server)
    assert found["hosted"].values["signs"] == ["ptr", "spf", "ns"]
    assert found["dns_company"].values["company"] == "Sakura Internet（さくらインターネット）"


async def test_a_filter_in_front_and_the_company_behind(server) -> None:
    server.add(DOMAIN, "MX", "10 mx0a-00000d03.pphosted.com.")
    server.add(DOMAIN, "TXT", '"v=spf1 include:spf.protection.outlook.com include:spf-00000d03.pphosted.com -all"')
    found = await findings(server)
    assert found["filter_in_front"].values["company"] == "Proofpoint"
    assert found["filter_in_front"].values["behind"] == ["Microsoft 365"]


@pytest.mark.parametrize("ptr", [HOST, "", "p1-2.example.net"])
async def test_our_own_server(server, ptr: str) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    if ptr:
        server.add(REVERSE, "PTR", f"{ptr}.")
    assert list(await findings(server)) == ["own"]


async def test_our_own_server_on_a_rented_machine(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(REVERSE, "PTR", "ik1-123-45678.vs.sakura.ne.jp.")
    found = await findings(server)
    assert found["own_rented"].values["company"] == "Sakura Internet（さくらインターネット）"


async def test_a_rented_machine_under_its_own_name(server) -> None:
    server.add(DOMAIN, "MX", "10 ik1-123-45678.vs.sakura.ne.jp.")
    assert list(await findings(server)) == ["own_rented"]


async def test_who_can_log_in_owns_the_server(server) -> None:
    server.add(DOMAIN, "MX", "10 mx.partner.example.")
    assert list(await findings(server, Target(domain=DOMAIN, ssh="root@mx.partner.example"))) == ["own"]


async def test_an_unknown_company_stays_unknown(server) -> None:
    server.add(DOMAIN, "MX", "10 mx.partner.example.", "20 mx.sub.partner.example.")
    found = await findings(server)
    assert found["unknown"].severity is Severity.UNKNOWN
    assert found["unknown"].values["owners"] == ["partner.example"]


async def test_other_senders_in_the_spf_record_run_no_mail(server) -> None:
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(DOMAIN, "TXT", '"v=spf1 mx include:sendgrid.net include:_spf.google.com -all"')
    found = await findings(server)
    assert list(found) == ["own"]
    assert ("SPF", "sendgrid.net", "SendGrid") in found["own"].table.rows  # type: ignore[union-attr]


async def test_a_told_server_without_a_domain(server) -> None:
    assert list(await findings(server, Target(mail_host=HOST))) == ["own"]


async def test_an_mx_that_cannot_be_asked(server) -> None:
    server.script(DOMAIN, always(Reply(rcode="SERVFAIL")))
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    facts = await CHECK.measure(Context(Target(domain=DOMAIN)), clients)
    assert [(one.code, one.severity) for one in CHECK.judge(facts)] == [("hosting.could_not_look", Severity.UNKNOWN)]


async def test_no_mail_server_at_all(server) -> None:
    server.add(DOMAIN, "MX", "0 .")
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    facts = await CHECK.measure(Context(Target(domain=DOMAIN)), clients)
    assert [one.code for one in CHECK.judge(facts)] == ["hosting.no_mail_server"]


async def test_silence_is_no_answer(server) -> None:
    server.script("", always(Reply(silent=True)))
    with pytest.raises(CheckTimeoutError):
        await findings(server, lifetime=0.2)


async def test_the_enquiry_is_filled_in(server) -> None:
    server.add(DOMAIN, "MX", "10 sv123.xserver.jp.")
    found = await findings(server, Target(domain=DOMAIN, symptom="not_delivered", since="今朝8時"))
    values = found["hosted"].values
    assert values["letter"] == LETTER
    for language in LANGUAGES:
        letter = Texts(language).text(LETTER, values)
        assert all(word in letter for word in (DOMAIN, "Xserver（エックスサーバー）", "今朝8時")), letter
        assert "{" not in letter
        assert Texts(language).steps("hosting.hosted", values)[-1] == letter
