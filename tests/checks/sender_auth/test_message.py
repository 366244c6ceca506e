"""A message dropped into the window: its signatures really verified, and what it proves weighed as DMARC does."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.checks.sender_auth import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import Context, Finding, Pasted, SendingAddress, Severity, Target
from tests.patience import little_work
from tests.servers.dns_server import DnsServer, Reply, always

OK, WARNING, CRITICAL, UNKNOWN = Severity.OK, Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN
DOMAIN, ADDRESS, SERVICE = "midori.example", "203.0.113.25", "letters.example"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

HEADERS = f"""\
From: Sales <sales@{DOMAIN}>
To: buyer@far.example
Subject: offer
Date: Sun, 22 Nov 2026 08:00:00 +0900
Message-ID: <1@{DOMAIN}>
"""
BODY = "Dear sir,\nhere is our offer.\n"


def arrived(signed: str, envelope: str = DOMAIN, client: str = f"mail.{DOMAIN}") -> str:
    """The message as saved in the receiver's mail program."""
    return (
        f"Return-Path: <sales@{envelope}>\n"
        f"Received: from {client} ({client} [{ADDRESS}])\n\tby mx.far.example with ESMTPS id 1\n"
        f"\tfor <buyer@far.example>; Sun, 22 Nov 2026 08:00:02 +0900\n{signed}"
    )


def signed(domain: str = DOMAIN, selector: str = "s1", headers: str = HEADERS, body: str = BODY) -> str:
    raw = (headers + "\n" + body).encode()
    line = dkim.sign(raw, selector.encode(), domain.encode(), PEM, linesep=b"\n", canonicalize=(b"relaxed", b"relaxed"))
    return str((line + raw).decode())


def bounce_of(message: str) -> str:
    return (
        "From: MAILER-DAEMON@mx.far.example\nTo: sales@midori.example\nSubject: Undelivered Mail\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b1"\n\n'
        "--b1\nContent-Type: text/plain\n\nYour mail was refused.\n\n"
        f"--b1\nContent-Type: message/rfc822\n\n{message}\n--b1--\n"
    )


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with DnsServer() as one:
        text = f"v=DKIM1; k=rsa; p={base64.b64encode(PUBLIC).decode()}"
        parts = " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text), 250))
        for name in (f"s1._domainkey.{DOMAIN}", f"s1._domainkey.news.{DOMAIN}", f"s1._domainkey.{SERVICE}"):
            one.add(name, "TXT", parts)
        one.add(DOMAIN, "TXT", f'"v=spf1 ip4:{ADDRESS} -all"')
        one.add(SERVICE, "TXT", f'"v=spf1 ip4:{ADDRESS} -all"')
        yield one


def dmarc(server: DnsServer, record: str) -> None:
    server.add(f"_dmarc.{DOMAIN}", "TXT", f'"{record}"')


async def look(server: DnsServer, message: str) -> dict[str, Finding]:
    """The findings about the message."""
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 4.0), None)  # type: ignore[arg-type]
    addresses = (SendingAddress(ADDRESS, "ssh"),)
    context = Context(Target(domain=DOMAIN, bounce=Pasted("message.eml", message)), addresses=addresses)
    found = CHECK.judge(await CHECK.measure(context, clients))
    for one in found:
        assert set(one.values) == set(CHECK.codes[one.code]), one.code
    start = "sender_auth.message_"
    return {one.code.removeprefix(start): one for one in found if one.code.startswith(start)}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
async def test_a_good_signature(server: DnsServer, ends: str) -> None:
    found = await look(server, arrived(signed()).replace("\n", ends))
    assert [(code, one.severity) for code, one in found.items()] == [("signed", OK)]
    assert found["signed"].values["signers"] == [DOMAIN]


async def test_a_message_in_japanese(server: DnsServer) -> None:
    found = await look(server, arrived(signed(body="見積書をお送りします。\n")))
    assert list(found) == ["signed"]


@pytest.mark.parametrize(
    ("spoilt", "problem"),
    [
        (lambda text: text + "-- \nThis mail was scanned.\n", "body_differs"),
        (lambda text: text.replace("Subject: offer", "Subject: [EXT] offer"), "wrong"),
        (lambda text: text.replace("here is", "here  is the"), "body_differs"),
    ],
)
async def test_a_message_changed_after_signing(server: DnsServer, spoilt, problem: str) -> None:  # type: ignore[no-untyped-def]
    found = await look(server, spoilt(arrived(signed())))
    assert [(code, one.severity) for code, one in found.items()] == [("signature_bad", WARNING)]
    assert found["signature_bad"].values["problem"] == problem


async def test_text_that_need_not_be_what_was_sent_proves_nothing(server: DnsServer) -> None:
    found = await look(server, arrived(signed(body="見積書です。\n")).replace("です", "でした"))
    assert [(code, one.severity) for code, one in found.items()] == [("signature_unknown", UNKNOWN)]
    assert found["signature_unknown"].values["problems"] == ["not_checkable"]


async def test_a_missing_key_has_a_finding_of_its_own_and_spf_still_proves_it(server: DnsServer) -> None:
    assert await look(server, arrived(signed(selector="s9"))) == {}


async def test_a_key_that_could_not_be_asked_is_no_fault(server: DnsServer) -> None:
    server.script(f"s9._domainkey.{DOMAIN}", always(Reply(rcode="SERVFAIL")))
    found = await look(server, arrived(signed(selector="s9")))
    assert [(code, one.severity) for code, one in found.items()] == [("signature_unknown", UNKNOWN)]
    assert found["signature_unknown"].values["problems"] == ["key_not_asked"]


async def test_a_service_that_sends_in_our_name_with_its_own_proof(server: DnsServer) -> None:
    """Both proofs are good, both are the service's: receivers that ask for DMARC see none."""
    text = arrived(signed(SERVICE), envelope=SERVICE, client=f"out.{SERVICE}")
    found = await look(server, text)
    assert [(code, one.severity) for code, one in found.items()] == [("not_aligned", WARNING)]
    values = found["not_aligned"].values
    assert (values["from_domain"], values["signers"], values["envelope"]) == (DOMAIN, [SERVICE], SERVICE)
    dmarc(server, "v=DMARC1; p=reject")
    assert (await look(server, text))["not_aligned"].severity is CRITICAL


@pytest.mark.parametrize(("mode", "code"), [("r", "signed"), ("s", "not_aligned")])
async def test_a_branch_signs_for_the_company_unless_the_record_is_strict(
    server: DnsServer, mode: str, code: str
) -> None:
    dmarc(server, f"v=DMARC1; p=none; adkim={mode}; aspf=s")
    text = arrived(signed(f"news.{DOMAIN}"), envelope=f"news.{DOMAIN}")
    assert list(await look(server, text)) == [code]


async def test_a_message_without_a_signature(server: DnsServer) -> None:
    found = await look(server, arrived(HEADERS + "\n" + BODY))
    assert [(code, one.severity) for code, one in found.items()] == [("unsigned", WARNING)]


async def test_a_copy_from_the_sent_folder_is_not_called_unsigned(server: DnsServer) -> None:
    found = await look(server, HEADERS + "\n" + BODY)
    assert [(code, one.severity) for code, one in found.items()] == [("not_travelled", UNKNOWN)]


async def test_the_message_returned_in_a_bounce_is_the_one_looked_at(server: DnsServer) -> None:
    assert list(await look(server, bounce_of(signed()))) == ["signed"]


async def test_a_returned_message_that_was_cut_is_not_called_forged(server: DnsServer) -> None:
    found = await look(server, bounce_of(signed().partition("here is")[0]))
    assert [(code, one.severity) for code, one in found.items()] == [("signature_unknown", UNKNOWN)]


async def test_headers_pasted_without_the_text_are_not_called_forged(server: DnsServer) -> None:
    for text in (arrived(signed()).partition("\n\n")[0], arrived(signed()).partition("Dear")[0]):
        found = await look(server, text)
        assert [(code, one.severity) for code, one in found.items()] == [("signature_unknown", UNKNOWN)]


async def test_forwarded_mail_of_others_came_back(server: DnsServer) -> None:
    theirs = HEADERS.replace(DOMAIN, "friend.example")
    found = await look(server, bounce_of(theirs + "\n" + BODY))
    assert [(code, one.severity) for code, one in found.items()] == [("forwarded", WARNING)]
    assert found["forwarded"].values["from_domain"] == "friend.example"


async def test_a_bounce_alone_and_mail_of_others_say_nothing_of_us(server: DnsServer) -> None:
    assert await look(server, "550 5.7.1 refused by far.example") == {}
    assert await look(server, arrived(HEADERS.replace(DOMAIN, "friend.example") + "\n" + BODY)) == {}


async def test_our_own_servers_notice_is_no_mail_of_ours(server: DnsServer) -> None:
    """Postfix writes its notices under our own name; nobody here wrote them."""
    notice = bounce_of("").replace("MAILER-DAEMON@mx.far.example", f"MAILER-DAEMON@mail.{DOMAIN}")
    assert await look(server, notice) == {}


async def test_a_kind_of_key_we_cannot_check_is_no_fault(server: DnsServer) -> None:
    server.add(f"ed._domainkey.{DOMAIN}", "TXT", f'"v=DKIM1; k=new; p={base64.b64encode(bytes(32)).decode()}"')
    found = await look(server, arrived(signed(selector="ed"), envelope=SERVICE))
    assert [(code, one.severity) for code, one in found.items()] == [("signature_unknown", UNKNOWN)]
    assert found["signature_unknown"].values["problems"] == ["other_key"]


HOSTILE = {
    "blanks": lambda: arrived(signed()) + " " * 300_000 + "\n",
    "headers": lambda: "X: 1\n" * 9_000 + arrived(signed()),
    "signed-names": lambda: (
        HEADERS + f"DKIM-Signature: v=1; a=rsa-sha256; d={DOMAIN}; s=s1; h={'from:' * 9_000}; bh=AA==; b=AA==\n\n"
    ),
    "folded": lambda: HEADERS + f"DKIM-Signature: v=1; d={DOMAIN}; s=s1;\n" + "\t;\n" * 20_000 + "\n",
    "starts-folded": lambda: " x\n" + HEADERS + "\n",
    "binary": lambda: arrived(signed()) + "\x00\ud800\u202e",
    "tags": lambda: HEADERS + f"DKIM-Signature: v=1; d={DOMAIN}; s=s1; d=x; t=9{'9' * 900}; a=b; h=; bh=; b=\n\n",
    "parts": lambda: "From: a@b.example\n\n" + "--x\nContent-Type: message/rfc822\n\n" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_message_ends_soon_and_accuses_nobody(server: DnsServer, name: str) -> None:
    text = HOSTILE[name]()
    with little_work(3):
        found = await look(server, text)
    assert not {"signature_bad", "not_aligned"} & set(found)


async def test_a_key_as_long_as_a_book_is_not_counted_with(server: DnsServer) -> None:
    inner = b"\x02\x82\x1d\x4d" + ((1 << 60_000) | 1).to_bytes(7501, "big") + b"\x02\x03\x01\x00\x01"
    plain = base64.b64encode(b"\x30\x82" + len(inner).to_bytes(2, "big") + inner).decode()
    text = f"v=DKIM1; p={plain}"
    server.add(f"big._domainkey.{DOMAIN}", "TXT", " ".join(f'"{text[a : a + 250]}"' for a in range(0, len(text), 250)))
    with little_work(3):
        found = await look(server, arrived(signed(selector="big")))
    assert "signed" not in found
