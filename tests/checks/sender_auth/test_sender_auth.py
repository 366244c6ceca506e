"""A domain's proofs of sender: one fault a zone on a DNS server, the right finding each, nothing on a healthy one."""

from __future__ import annotations

import base64

import pytest

from core.checks.sender_auth import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.errors import CheckTimeoutError
from core.model import Context, SendingAddress, Severity, Target
from tests.checks.sender_auth.midori import (
    ADDRESS,
    CRITICAL,
    DOMAIN,
    GOOD_KEY,
    GOOD_SPF,
    HOST,
    OK,
    UNKNOWN,
    WARNING,
    findings,
    rsa_key,
    severities,
    txt,
    zone,
)
from tests.servers.dns_server import DnsServer, Reply, always

HEALTHY = {"requirements_met": OK, "spf_pass": OK, "dkim_key_found": OK, "dmarc_ok": OK}


@pytest.mark.parametrize(
    "spf",
    [
        GOOD_SPF,
        "v=spf1 mx -all",
        "v=spf1 a:mail.midori.example ~all",
        "V=SPF1 +mx ~ALL",
        "v=spf1 ip4:203.0.113.0/24 ?all",
        "v=spf1 include:spf.sender.example -all",
        "v=spf1 redirect=spf.sender.example",
        "v=spf1 exists:%{i}.ok.sender.example -all",
        "v=spf1 ptr:midori.example -all",
    ],
)
async def test_a_healthy_company_is_accused_of_nothing(server, spf: str) -> None:
    zone(server, spf)
    server.add("spf.sender.example", "TXT", txt(GOOD_SPF))
    server.add(f"{ADDRESS}.ok.sender.example", "A", "127.0.0.2")
    found = await findings(server)
    assert severities(found) == HEALTHY
    assert found["spf_pass"].values["addresses"] == [ADDRESS]
    assert found["dkim_key_found"].values["selectors"] == ["default"]


async def test_a_healthy_ipv6_path(server) -> None:
    zone(server, "v=spf1 ip6:2001:db8::/64 -all")
    assert severities(await findings(server, address="2001:db8::25")) == HEALTHY


@pytest.mark.parametrize(
    ("spf", "code", "severity"),
    [
        ("v=spf1 ip4:198.51.100.1 -all", "spf_fail", CRITICAL),
        ("v=spf1 -all", "spf_fail", CRITICAL),
        ("v=spf1 -ip4:203.0.113.0/24 +all", "spf_fail", CRITICAL),
        ("v=spf1 ip4:198.51.100.1 ~all", "spf_softfail", WARNING),
        ("v=spf1 ip4:198.51.100.1 ?all", "spf_neutral", WARNING),
        ("v=spf1 ip4:198.51.100.1", "spf_neutral", WARNING),
    ],
)
async def test_an_address_that_may_not_send(server, spf: str, code: str, severity: Severity) -> None:
    zone(server, spf)
    found = await findings(server)
    assert severities(found)[code] is severity
    values = found[code].values
    assert values["proposed"] == f"v=spf1 ip4:{ADDRESS} {spf.removeprefix('v=spf1 ')}"
    assert "spf_pass" not in found and "requirements_met" not in found
    async with DnsServer() as repaired:
        zone(repaired, str(values["proposed"]))
        assert code not in await findings(repaired), "what we tell to publish does not help"


async def test_the_mx_may_be_another_machine_than_the_sender(server) -> None:
    zone(server, "v=spf1 ip4:198.51.100.1 -all")
    assert severities(await findings(server, source="mx"))["spf_fail"] is WARNING


async def test_a_company_that_takes_in_our_mail_is_not_our_sender(server) -> None:
    zone(server, "v=spf1 ip4:198.51.100.1 -all")
    found = await findings(server, source="mx", host="mx.hosting.example")
    assert "spf_fail" not in found
    assert found["spf_not_evaluated"].severity is UNKNOWN


async def test_an_address_only_the_record_names_proves_nothing(server) -> None:
    zone(server, "v=spf1 ip4:198.51.100.1 -all")
    found = await findings(server, source="spf", address="198.51.100.1")
    assert found["spf_not_evaluated"].severity is UNKNOWN


def eleven(server: DnsServer) -> str:
    for number in range(11):
        server.add(f"i{number}.sender.example", "TXT", '"v=spf1 ip4:198.51.100.1"')
    return "v=spf1 " + " ".join(f"include:i{number}.sender.example" for number in range(11)) + " -all"


@pytest.mark.parametrize(
    ("spf", "problem"),
    [
        ("v=spf1 ip4:203.0.113.256 -all", "syntax"),
        ("v=spf1 ipv4:203.0.113.25 -all", "syntax"),
        ("v=spf1 ip4:203.0.113.25, -all", "syntax"),
        ("v=spf1 all:mx", "syntax"),
        ("v=spf1 include: -all", "syntax"),
        ("v=spf1 include:nothing.sender.example -all", "include_missing"),
        ("v=spf1 redirect=nothing.sender.example", "redirect_missing"),
        ("v=spf1 include:two.sender.example -all", "include_two_records"),
        ("v=spf1 a:n1.sender.example a:n2.sender.example a:n3.sender.example -all", "void_lookups"),
        ("v=spf1 include:midori.example -all", "loop"),
        ("eleven", "too_many_lookups"),
    ],
)
async def test_a_record_receivers_give_up_on(server, spf: str, problem: str) -> None:
    zone(server, eleven(server) if spf == "eleven" else spf)
    server.add("two.sender.example", "TXT", '"v=spf1 -all"', '"v=spf1 +all"')
    found = await findings(server)
    assert found["spf_permerror"].severity is CRITICAL
    assert found["spf_permerror"].values["problem"] == problem
    assert not {"spf_pass", "spf_fail", "requirements_met"} & set(found)


async def test_a_record_that_fails_behind_our_own_address_is_a_warning(server) -> None:
    zone(server, eleven(server).replace("v=spf1", f"v=spf1 ip4:{ADDRESS}"))
    assert severities(await findings(server))["spf_permerror"] is WARNING


async def test_two_records(server) -> None:
    zone(server)
    server.add(DOMAIN, "TXT", '"v=spf1 include:spf.sender.example ~all"')
    server.add("spf.sender.example", "TXT", txt(GOOD_SPF))
    found = await findings(server)
    assert severities(found)["spf_two_records"] is CRITICAL
    assert found["spf_two_records"].values["proposed"] == f"v=spf1 include:spf.sender.example ip4:{ADDRESS} ~all"


@pytest.mark.parametrize(
    "record", [" v=spf1 mx -all", "v=spf1; mx -all", "v = spf1 mx -all", "“v=spf1 mx -all”", "vspf1 mx"]
)
async def test_a_record_nobody_reads(server, record: str) -> None:
    zone(server, spf=None)
    escaped = "".join(char if char.isascii() else "\\" + "\\".join(f"{b:03}" for b in char.encode()) for char in record)
    server.add(DOMAIN, "TXT", f'"{escaped}"')
    found = await findings(server)
    assert found["spf_unreadable"].severity is CRITICAL
    assert found["spf_unreadable"].values["proposed"] == f"v=spf1 ip4:{ADDRESS} ~all"


async def test_no_record_and_no_key(server) -> None:
    zone(server, spf=None, key=None)
    found = await findings(server)
    assert severities(found) == {"spf_missing": CRITICAL, "dkim_unknown": UNKNOWN, "dmarc_ok": OK}
    assert found["spf_missing"].values["proposed"] == f"v=spf1 ip4:{ADDRESS} ~all"


async def test_no_record_but_a_key_is_half_a_proof(server) -> None:
    zone(server, spf=None)
    assert severities(await findings(server))["spf_missing"] is WARNING


async def test_a_first_record_names_the_company_that_runs_the_mail(server) -> None:
    zone(server, spf=None)
    found = await findings(server, source=None, host="aspmx.l.google.com")
    assert found["spf_missing"].values["proposed"] == "v=spf1 include:_spf.google.com ~all"


@pytest.mark.parametrize(
    "spf", ["v=spf1 +all", "v=spf1 ip4:0.0.0.0/0 -all", "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"]
)
async def test_a_record_that_lets_everybody_send(server, spf: str) -> None:
    zone(server, spf)
    found = await findings(server)
    assert found["spf_too_open"].severity is WARNING
    assert "spf_pass" not in found


@pytest.mark.parametrize(
    ("spf", "proposed"),
    [
        ("v=spf1 +all", f"v=spf1 ip4:{ADDRESS} ~all"),
        ("v=spf1 include:spf.sender.example all", f"v=spf1 ip4:{ADDRESS} include:spf.sender.example ~all"),
        (f"v=spf1 ip4:{ADDRESS} +all", f"v=spf1 ip4:{ADDRESS} ~all"),
        ("v=spf1 ip4:0.0.0.0/0 -all", f"v=spf1 ip4:{ADDRESS} ~all"),
    ],
)
async def test_the_list_to_publish_instead(server, spf: str, proposed: str) -> None:
    zone(server, spf)
    server.add("spf.sender.example", "TXT", txt("v=spf1 ip4:198.51.100.0/24 -all"))
    assert (await findings(server))["spf_too_open"].values["proposed"] == proposed


async def test_a_domain_that_says_it_never_sends(server) -> None:
    zone(server, "v=spf1 -all")
    assert severities(await findings(server, source=None))["spf_sends_nothing"] is WARNING


async def test_a_helo_name_that_may_not_send(server) -> None:
    zone(server)
    server.add(HOST, "TXT", '"v=spf1 -all"')
    found = await findings(server)
    assert found["spf_helo_fail"].severity is WARNING
    assert found["spf_pass"].severity is OK


async def test_an_include_that_cannot_be_asked_is_no_fault_of_ours(server) -> None:
    zone(server, "v=spf1 include:down.sender.example -all")
    server.script("down.sender.example", always(Reply(rcode="SERVFAIL")))
    found = await findings(server)
    assert found["spf_unknown"].severity is UNKNOWN
    assert found["spf_unknown"].values["reason"] == "server_failed"
    assert not {"spf_pass", "spf_fail", "spf_permerror"} & set(found)


async def test_a_domain_whose_servers_fail(server) -> None:
    server.script(DOMAIN, always(Reply(rcode="SERVFAIL")))
    assert severities(await findings(server)) == {
        "spf_unknown": UNKNOWN,
        "dkim_unknown": UNKNOWN,
        "dmarc_unknown": UNKNOWN,
    }


async def test_silence_is_no_answer(server) -> None:
    server.script("", always(Reply(silent=True)))
    with pytest.raises(CheckTimeoutError):
        await findings(server, lifetime=0.2)


async def test_no_such_domain(server) -> None:
    assert severities(await findings(server)) == {"no_such_domain": UNKNOWN}


@pytest.mark.parametrize(
    ("spf", "bad"),
    [
        (GOOD_SPF, True),
        ("v=spf1 ip4:203.0.113.25 ip6:2001:db8::25 -all", False),
        ("v=spf1 ip4:198.51.100.1 -all", False),  # IPv4 fails as well: no fault of the IPv6 path alone
    ],
)
async def test_the_ipv6_path_is_judged_on_its_own(server, spf: str, bad: bool) -> None:
    zone(server, spf)
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    addresses = (SendingAddress(ADDRESS, "ssh"), SendingAddress("2001:db8::25", "ssh"))
    facts = await CHECK.measure(Context(Target(domain=DOMAIN), addresses=addresses), clients)
    found = [one for one in CHECK.judge(facts) if one.code == "sender_auth.ipv6_path_bad"]
    assert [one.values["addresses"] for one in found] == ([["2001:db8::25"]] if bad else [])
    if bad:
        assert found[0].values["proposed"] == "v=spf1 ip6:2001:db8::25 ip4:203.0.113.25 -all"


MESSAGE = """This is the mail system at host mx.example.net.

--boundary
Content-Type: message/rfc822

DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=midori.example;
\ts=spring; t=1; h=From:To; bh=abc=;
\tb=xyz
DKIM-Signature: v=1; d=other.example; s=theirs; b=z
From: Nakamura <nakamura@midori.example>
"""


@pytest.mark.parametrize(
    ("record", "code", "severity"),
    [
        (None, "dkim_key_missing", CRITICAL),
        ("v=spf1 -all", "dkim_key_missing", CRITICAL),
        ("v=DKIM1; p=", "dkim_key_revoked", CRITICAL),
        ("v=DKIM1; p=not base64!", "dkim_key_broken", CRITICAL),
        ("v=DKIM1; p=AAAA", "dkim_key_broken", CRITICAL),
        (f"v=DKIM1; p={rsa_key(512)}", "dkim_key_weak", CRITICAL),
        (GOOD_KEY, "dkim_key_found", OK),
        (f"p={rsa_key(1024)}", "dkim_key_found", OK),
        (f"v=DKIM1; k=ed25519; p={base64.b64encode(bytes(32)).decode()}", "dkim_key_found", OK),
    ],
)
async def test_the_key_of_a_signature_in_the_message(server, record: str | None, code: str, severity: Severity) -> None:
    zone(server, key=None)
    if record:
        server.add(f"spring._domainkey.{DOMAIN}", "TXT", txt(record))
    found = await findings(server, message=MESSAGE)
    assert {name: one.severity for name, one in found.items() if name.startswith("dkim")} == {code: severity}
    assert not any("theirs" in str(one.values) for one in found.values())


async def test_a_revoked_key_under_a_usual_name_is_no_fault(server) -> None:
    zone(server, key="v=DKIM1; p=")
    assert severities(await findings(server))["dkim_unknown"] is UNKNOWN


@pytest.mark.parametrize(
    "record",
    ["v=spf1 " + "a" * 5000, "v=spf1 a:" + "a" * 600 + " -all", "v=spf1 " + "a:" * 900, "v=spf1 " + "%{" * 800],
)
async def test_d09_a_hostile_record_ends_soon_and_without_a_verdict(server, record: str) -> None:
    zone(server, record)
    found = await findings(server)
    assert not {"spf_pass", "requirements_met"} & set(found)
