"""Certificates made on the spot: one fault each, found at the doors where it matters, nothing on a healthy server."""

from __future__ import annotations

import asyncio
import datetime
import ssl

import pytest
import trustme

from core.checks.tls_health.certificate import name_matches, read_certificate
from core.model import Severity
from tests.patience import HANG
from tests.servers.tls_server import (
    load_pem,
    self_signed,
    server_context,
    serving,
    smtp_starttls,
    tls_from_the_start,
)

DOMAIN, HOST = "midori.example", "mail.midori.example"
OK, WARNING, CRITICAL, UNKNOWN = Severity.OK, Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN


def leaf(ca: trustme.CA, name: str = HOST, days: float = 90, since: float = 30) -> trustme.LeafCert:
    now = datetime.datetime.now(datetime.UTC)
    return ca.issue_cert(
        name, not_before=now - datetime.timedelta(days=since), not_after=now + datetime.timedelta(days=days)
    )


async def both_doors(look, context: ssl.SSLContext, **more):
    async with smtp_starttls(context) as smtp, tls_from_the_start(context) as imap:
        found = await look({25: smtp, 993: imap}, **more)
    return {code: severity for code, (severity, _) in found.items()}, found


async def test_a_healthy_server(ca, look) -> None:
    codes, found = await both_doors(look, server_context(leaf(ca)))
    assert codes == {"ok": OK}
    assert found["ok"][1].values["ports"] == [25, 993]


async def test_s15_expired(ca, look) -> None:
    async with tls_from_the_start(server_context(leaf(ca, days=-3))) as imap:
        found = await look({993: imap})
    assert {code: severity for code, (severity, _) in found.items()} == {"expired": CRITICAL}
    age = found["expired"][1].values["age"]
    assert isinstance(age, int) and 3 * 86400 <= age < 3.1 * 86400


async def test_expired_where_servers_bring_mail_is_a_warning(ca, look) -> None:
    async with smtp_starttls(server_context(leaf(ca, days=-3))) as smtp:
        found = await look({25: smtp})
    assert {code: severity for code, (severity, _) in found.items()} == {"expired": WARNING}


async def test_expiring_in_five_days(ca, look) -> None:
    codes, found = await both_doors(look, server_context(leaf(ca, days=5.5)))
    assert codes == {"expires_soon": WARNING}
    assert found["expires_soon"][1].values["count"] == 5


async def test_a_certificate_that_lives_a_week_is_no_reason_to_worry(ca, look) -> None:
    codes, _ = await both_doors(look, server_context(leaf(ca, days=4, since=2)))
    assert codes == {"ok": OK}


async def test_not_yet_valid(ca, look) -> None:
    async with tls_from_the_start(server_context(leaf(ca, since=-3))) as imap:
        assert (await look({993: imap}))["not_yet_valid"][0] is CRITICAL


async def test_s15_wrong_host(ca, look) -> None:
    codes, found = await both_doors(look, server_context(leaf(ca, "www.elsewhere.example")))
    assert codes == {"unproven_25": OK, "wrong_name": WARNING}
    assert found["wrong_name"][1].values["names"] == ["www.elsewhere.example"]
    assert found["wrong_name"][1].values["ports"] == [993]


async def test_s15_self_signed(ca, look) -> None:
    codes, found = await both_doors(look, server_context(self_signed(HOST)))
    assert codes == {"unproven_25": OK, "self_signed": WARNING}
    assert found["unproven_25"][1].values["faults"] == ["self_signed"]


async def test_self_signed_where_servers_bring_mail_is_no_fault(ca, look) -> None:
    async with smtp_starttls(server_context(self_signed(HOST))) as smtp:
        found = await look({25: smtp})
    assert {severity for severity, _ in found.values()} == {OK}


async def test_chain_incomplete(ca, look) -> None:
    certificate = ca.create_child_ca().issue_cert(HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_pem(context, certificate.private_key_pem.bytes(), certificate.cert_chain_pems[0].bytes())
    codes, _ = await both_doors(look, context)
    assert codes == {"unproven_25": OK, "chain_incomplete": WARNING}


async def test_the_same_chain_sent_whole_is_fine(ca, look) -> None:
    codes, _ = await both_doors(look, server_context(ca.create_child_ca().issue_cert(HOST)))
    assert codes == {"ok": OK}


async def test_an_authority_nobody_knows(ca, look) -> None:
    stranger = trustme.CA().create_child_ca().issue_cert(HOST)
    codes, _ = await both_doors(look, server_context(stranger))
    assert codes == {"unproven_25": OK, "unknown_issuer": WARNING}


async def test_s16_tls_1_0_only(ca, look) -> None:
    with pytest.warns(DeprecationWarning):
        old = {"minimum_version": ssl.TLSVersion.TLSv1, "maximum_version": ssl.TLSVersion.TLSv1}
        context = server_context(leaf(ca), **old)
    codes, found = await both_doors(look, context)
    assert codes == {"old_protocol": WARNING}
    assert found["old_protocol"][1].values["version"] == "TLSv1"


async def test_no_encryption_offered(ca, look) -> None:
    async with smtp_starttls(None) as smtp:
        found = await look({25: smtp})
    assert {code: severity for code, (severity, _) in found.items()} == {"not_offered": WARNING}


async def test_s25_plain_text_where_tls_should_be(ca, look) -> None:
    async with smtp_starttls(None) as smtp:
        found = await look({465: smtp})
    assert found["not_tls"][0] is CRITICAL


async def test_closed_doors_are_no_fault_and_no_praise(ca, look) -> None:
    found = await look({})
    assert {code: severity for code, (severity, _) in found.items()} == {"could_not_look": UNKNOWN}


async def test_a_silent_door_ends_in_time(ca, look) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with asyncio.timeout(HANG), serving(silent) as port:
        found = await look({25: port, 993: port})
    assert set(found) == {"could_not_look"}


async def test_an_address_instead_of_a_name(ca, look) -> None:
    codes, _ = await both_doors(look, server_context(leaf(ca, "203.0.113.25")), host="203.0.113.25")
    assert codes == {"ok": OK}


async def test_a_number_says_nothing_of_the_name_people_use(ca, look) -> None:
    codes, found = await both_doors(look, server_context(leaf(ca)), host="203.0.113.25")
    assert codes == {"name_not_compared": UNKNOWN}
    assert found["name_not_compared"][1].values["names"] == [HOST]


async def test_s27_a_thousand_names_and_a_megabyte(ca, look) -> None:
    codes, found = await both_doors(look, server_context(self_signed("x.example", names=1000)))
    assert "wrong_name" in codes
    assert len(found["wrong_name"][1].values["names"]) == 5  # type: ignore[arg-type]
    chain = [trustme.CA().cert_pem.bytes() for _ in range(400)]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    key, certificate = self_signed(HOST)
    load_pem(context, key, certificate, *chain)
    codes, _ = await both_doors(look, context)
    assert "failed" in codes


@pytest.mark.parametrize("data", [b"", b"\x30\x82", b"\x00" * 5000, b"\x30" * 200_000])
def test_bytes_that_are_no_certificate(data: bytes) -> None:
    assert read_certificate(data) is None


@pytest.mark.parametrize(
    ("pattern", "host", "fits"),
    [
        ("mail.example.jp", "MAIL.example.jp.", True),
        ("*.example.jp", "mail.example.jp", True),
        ("*.example.jp", "a.mail.example.jp", False),
        ("*.example.jp", "example.jp", False),
        ("*.jp", "example.jp", False),
        ("m*.example.jp", "mail.example.jp", False),
        ("mail.example.jp\x00.evil.example", "mail.example.jp", False),
    ],
)
def test_names_and_wildcards(pattern: str, host: str, fits: bool) -> None:
    assert name_matches(pattern, host) is fits


def policy(mode: str, *hosts: str) -> bytes:
    lines = ["version: STSv1", f"mode: {mode}", *(f"mx: {host}" for host in hosts), "max_age: 604800"]
    body = "\r\n".join(lines).encode() + b"\r\n"
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def with_policy(look, dns, ca, answer: bytes, certificate=None, policy_name=f"mta-sts.{DOMAIN}"):
    dns.add(f"_mta-sts.{DOMAIN}", "TXT", '"v=STSv1; id=1"')
    context = server_context(ca.issue_cert(policy_name))
    async with tls_from_the_start(context, lambda _: answer) as port:
        return await both_doors(look, server_context(certificate or leaf(ca)), policy_port=port)


async def test_a_policy_that_fits(ca, look, dns) -> None:
    codes, found = await with_policy(look, dns, ca, policy("enforce", "*.midori.example"))
    assert codes == {"ok": OK, "promises": OK}
    assert found["promises"][1].values["published"] == ["mta_sts_enforce"]


async def test_the_policy_of_a_domain_in_japanese_letters_is_fetched(ca, look, dns) -> None:
    name = "mta-sts.xn--6oq404h.example"
    dns.add("_mta-sts.xn--6oq404h.example", "TXT", '"v=STSv1; id=1"')
    dns.add(name, "A", "203.0.113.80")
    served = tls_from_the_start(server_context(ca.issue_cert(name)), lambda _: policy("enforce", HOST))
    async with served as port, smtp_starttls(server_context(leaf(ca))) as smtp:
        found = await look({25: smtp}, policy_port=port, domain="会社.example")
    assert found["promises"][1].values["published"] == ["mta_sts_enforce"]


async def test_a_policy_that_names_another_host(ca, look, dns) -> None:
    codes, found = await with_policy(look, dns, ca, policy("enforce", "old.example"))
    assert codes == {"mta_sts_wrong_host": CRITICAL, "promises": OK}
    assert found["mta_sts_wrong_host"][1].values["hosts"] == [HOST]


async def test_under_a_policy_a_self_signed_certificate_stops_mail(ca, look, dns) -> None:
    dns.add(f"_mta-sts.{DOMAIN}", "TXT", '"v=STSv1; id=1"')
    served = tls_from_the_start(server_context(ca.issue_cert(f"mta-sts.{DOMAIN}")), lambda _: policy("enforce", HOST))
    async with served as port, smtp_starttls(server_context(self_signed(HOST))) as smtp:
        found = await look({25: smtp}, policy_port=port)
    assert {code: severity for code, (severity, _) in found.items()} == {"self_signed": CRITICAL, "promises": OK}


@pytest.mark.parametrize("answer", [b"HTTP/1.1 404 No\r\n\r\n", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n<html>"])
async def test_a_promised_policy_that_is_not_served(ca, look, dns, answer: bytes) -> None:
    codes, _ = await with_policy(look, dns, ca, answer)
    assert codes == {"mta_sts_unreadable": WARNING}


async def test_a_policy_host_with_a_wrong_certificate(ca, look, dns) -> None:
    codes, _ = await with_policy(look, dns, ca, policy("enforce", HOST), policy_name="other.example")
    assert codes == {"mta_sts_unreadable": WARNING}


async def test_a_policy_host_that_cannot_be_reached_is_unknown(ca, look, dns) -> None:
    dns.add(f"_mta-sts.{DOMAIN}", "TXT", '"v=STSv1; id=1"')
    codes, _ = await both_doors(look, server_context(leaf(ca)))
    assert codes == {"mta_sts_unknown": UNKNOWN}


async def test_a_certificate_renewed_without_its_tlsa_record(ca, look, dns) -> None:
    dns.add(f"_25._tcp.{HOST}", "TLSA", "3 1 1 " + "ab" * 32)
    codes, _ = await both_doors(look, server_context(leaf(ca)))
    assert codes == {"dane_mismatch": WARNING, "promises": OK}


async def test_every_promise_is_noted_and_shown(ca, look, dns) -> None:
    own = leaf(ca)
    served = read_certificate(ssl.PEM_cert_to_DER_cert(own.cert_chain_pems[0].bytes().decode()))
    assert served is not None
    dns.add(f"_25._tcp.{HOST}", "TLSA", f"3 1 1 {served.key_sha256}", "2 0 1 " + "cd" * 32)
    dns.add(f"_smtp._tls.{DOMAIN}", "TXT", f'"v=TLSRPTv1; rua=mailto:tls@{DOMAIN}"')
    codes, found = await with_policy(look, dns, ca, policy("testing", HOST), certificate=own)
    assert codes == {"ok": OK, "promises": OK}
    assert found["promises"][1].values["published"] == ["mta_sts_testing", "tls_rpt", "dane"]
    shown = found["promises"][1].evidence[0].answered
    assert f"mailto:tls@{DOMAIN}" in shown and "TLSA 3 1 1" in shown


@pytest.mark.parametrize("record", ["v=TLSRPTv1;", "v=TLSRPTv1; rua=tls@midori.example", "v=TLSRPTv1; rua=mailto:"])
async def test_a_report_record_without_a_place_to_report_to(ca, look, dns, record: str) -> None:
    dns.add(f"_smtp._tls.{DOMAIN}", "TXT", f'"{record}"')
    codes, _ = await both_doors(look, server_context(leaf(ca)))
    assert codes == {"tls_rpt_broken": WARNING, "promises": OK}


async def test_nothing_promised_is_nothing_said(ca, look, dns) -> None:
    dns.add(f"_smtp._tls.{DOMAIN}", "TXT", '"v=spf1 -all"')
    codes, _ = await both_doors(look, server_context(leaf(ca)))
    assert codes == {"ok": OK}
