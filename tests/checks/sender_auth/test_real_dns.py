"""Sender proofs on a real authoritative server (NSD) behind a real recursive one (Unbound): one fault a zone."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.checks.sender_auth import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import Context, SendingAddress, Severity, Target
from tests.servers.nsd import Nsd, free_port
from tests.servers.unbound import Unbound

ADDRESS, SIX = "203.0.113.10", "2001:db8::10"


def key(bits: int) -> str:
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def txt(name: str, text: str) -> str:
    return f"{name} TXT " + " ".join(f'"{text[at : at + 250]}"' for at in range(0, len(text), 250)) + "\n"


GOOD, WEAK = f"v=DKIM1; k=rsa; p={key(2048)}", f"v=DKIM1; p={key(1024)[:100]}"
SPF, DMARC, KEY = (
    txt("@", f"v=spf1 ip4:{ADDRESS} -all"),
    txt("_dmarc", "v=DMARC1; p=none"),
    txt("default._domainkey", GOOD),
)
ALL_WELL = ["requirements_met", "spf_pass", "dkim_key_found", "dmarc_ok"]


def spf(text: str, *more: str) -> str:
    return txt("@", text) + "".join(more) + KEY + DMARC


ELEVEN = " ".join(f"include:{number}.many.test" for number in range(11))
# zone (without .test) -> its TXT records, and the findings that are no praise
ZONES: dict[str, tuple[str, list[str]]] = {
    "healthy": (SPF + KEY + DMARC, []),
    "healthy-mx": (spf("v=spf1 mx ~all"), []),
    "healthy-redirect": (spf("v=spf1 redirect=healthy.test"), []),
    "healthy-include": (spf("v=spf1 include:healthy.test -all"), []),
    "healthy-long": (spf("v=spf1 " + "ip4:198.51.100.0/28 " * 20 + f"ip4:{ADDRESS} -all"), []),
    "healthy-other-text": (SPF + KEY + DMARC + txt("@", "google-site-verification=x") + txt("@", "z" * 900), []),
    "may-not": (spf("v=spf1 ip4:198.51.100.1 -all"), ["spf_fail"]),
    "softly-not": (spf("v=spf1 ip4:198.51.100.1 ~all"), ["spf_softfail"]),
    "no-word": (spf("v=spf1 ip4:198.51.100.1"), ["spf_neutral"]),
    "no-list": (KEY + DMARC, ["spf_missing"]),
    "two-lists": (spf("v=spf1 mx -all", txt("@", "v=spf1 a -all")), ["spf_two_records"]),
    "misspelt": (spf("v=spf1; mx -all"), ["spf_unreadable"]),
    "old-version": (spf("v=spf2.0/pra mx -all"), ["spf_missing"]),
    "bad-word": (spf("v=spf1 ip5:203.0.113.10 -all"), ["spf_permerror"]),
    "bad-number": (spf("v=spf1 ip4:203.0.113.300 -all"), ["spf_permerror"]),
    "too-many": (spf(f"v=spf1 {ELEVEN} -all"), ["spf_permerror"]),
    "loop": (spf("v=spf1 include:loop.test -all"), ["spf_permerror"]),
    "lost-include": (spf("v=spf1 include:gone.test -all"), ["spf_permerror"]),
    "lost-redirect": (spf("v=spf1 redirect=gone.test"), ["spf_permerror"]),
    "voids": (spf("v=spf1 a:gone1.test a:gone2.test a:gone3.test -all"), ["spf_permerror"]),
    "open": (spf("v=spf1 +all"), ["spf_too_open"]),
    "open-halves": (spf("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"), ["spf_too_open"]),
    "no-dmarc": (SPF + KEY, ["dmarc_missing"]),
    "two-dmarc": (SPF + KEY + DMARC + txt("_dmarc", "v=DMARC1; p=reject"), ["dmarc_broken"]),
    "bad-policy": (SPF + KEY + txt("_dmarc", "v=DMARC1; p=refuse"), ["dmarc_broken"]),
    "no-policy": (SPF + KEY + txt("_dmarc", "v=DMARC1; rua=mailto:a@no-policy.test"), ["dmarc_broken"]),
    "wrong-order": (SPF + KEY + txt("_dmarc", "p=none; v=DMARC1"), ["dmarc_missing"]),
    "reports-away": (SPF + KEY + txt("_dmarc", "v=DMARC1; p=none; rua=mailto:a@gone.test"), ["dmarc_reports_refused"]),
    "against-us": (
        txt("@", "v=spf1 -all") + txt("_dmarc", "v=DMARC1; p=reject"),
        ["spf_fail", "dkim_unknown", "dmarc_against_us"],
    ),
    "cut-key": (SPF + DMARC + txt("default._domainkey", GOOD[:200]), ["dkim_key_broken"]),
    "cut-short-key": (SPF + DMARC + txt("default._domainkey", WEAK), ["dkim_key_broken"]),
    "no-key": (SPF + DMARC, ["dkim_unknown"]),
    "six-forgotten": (spf(f"v=spf1 ip4:{ADDRESS} -all"), ["spf_fail", "ipv6_path_bad"]),
}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, Reroute]]:
    mail = f"@ MX 10 mail\nmail A {ADDRESS}\nmail AAAA {SIX}\n"
    zones = {f"{name}.test": mail + records for name, (records, _) in ZONES.items()}
    zones["many.test"] = "".join(txt(str(number), f"v=spf1 ip4:198.51.100.{number} -all") for number in range(11))
    zones |= {"test": "", "113.0.203.in-addr.arpa": "10 PTR mail.healthy.test.\n"}
    with Nsd(zones, "127.0.0.1", free_port()) as nsd, Unbound(nsd.port) as unbound:
        here = ("127.0.0.1", unbound.port)
        yield unbound.server, Reroute({here: here}, closed=True)


@pytest.mark.parametrize("name", ZONES)
async def test_one_fault_a_zone(servers: tuple[str, Reroute], name: str) -> None:
    server, reroute = servers
    _, expected = ZONES[name]
    clients = Clients(Resolver(server, reroute, Journal(), 3.0), None)  # type: ignore[arg-type]
    addresses = [ADDRESS, SIX] if name == "six-forgotten" else [ADDRESS]
    context = Context(Target(domain=f"{name}.test"), addresses=tuple(SendingAddress(one, "given") for one in addresses))
    findings = CHECK.judge(await CHECK.measure(context, clients))
    codes = [one.code.partition(".")[2] for one in findings]
    if not expected:
        assert codes == ALL_WELL
    assert [code for code in codes if code not in ALL_WELL] == expected
    assert "requirements_met" not in codes or not [one for one in findings if one.severity is Severity.CRITICAL]
