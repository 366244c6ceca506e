"""A healthy company's zone on a DNS server, to be bent by one fault, and what the check finds there."""

from __future__ import annotations

import base64
import dataclasses
import json

from core.checks.sender_auth import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.model import AddressSource, Context, Finding, MailHost, Pasted, SendingAddress, Severity, Target
from tests.servers.dns_server import DnsServer

DOMAIN, HOST, ADDRESS = "midori.example", "mail.midori.example", "203.0.113.25"
REVERSE = "25.113.0.203.in-addr.arpa"
OK, WARNING, CRITICAL, UNKNOWN = Severity.OK, Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN
GOOD_SPF, GOOD_DMARC = f"v=spf1 ip4:{ADDRESS} -all", f"v=DMARC1; p=none; rua=mailto:postmaster@{DOMAIN}"


def rsa_key(bits: int) -> str:
    """The `p=` of a well-formed RSA public key of this length (its modulus is no product of primes)."""

    def element(tag: int, content: bytes) -> bytes:
        size = len(content)
        length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
        return bytes([tag]) + length + content

    number = element(2, b"\0" + (1 << (bits - 1) | 1).to_bytes(bits // 8, "big"))
    inner = element(0x30, number + element(2, b"\1\0\1"))
    algorithm = element(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    return base64.b64encode(element(0x30, algorithm + element(3, b"\0" + inner))).decode()


GOOD_KEY = f"v=DKIM1; k=rsa; p={rsa_key(2048)}"


def txt(text: str) -> str:
    return " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text), 250))


def zone(server: DnsServer, spf: str | None = GOOD_SPF, dmarc: str | None = GOOD_DMARC, key: str | None = GOOD_KEY):
    """A healthy company, or one without what is None."""
    server.add(DOMAIN, "MX", f"10 {HOST}.")
    server.add(HOST, "A", ADDRESS)
    server.add(REVERSE, "PTR", f"{HOST}.")
    for name, text in ((DOMAIN, spf), (f"_dmarc.{DOMAIN}", dmarc), (f"default._domainkey.{DOMAIN}", key)):
        if text:
            server.add(name, "TXT", txt(text))


async def findings(
    server: DnsServer,
    *,
    source: AddressSource | None = "ssh",
    address: str = ADDRESS,
    host: str = HOST,
    domain: str = DOMAIN,
    message: str = "",
    lifetime: float = 15.0,
) -> dict[str, Finding]:
    clients = Clients(Resolver(server.address, Reroute(), Journal(), lifetime), None)  # type: ignore[arg-type]
    context = Context(
        Target(domain=domain, bounce=Pasted("bounce", message) if message else None),
        mail_hosts=(MailHost(host, addresses=(ADDRESS,)),),
        addresses=(SendingAddress(address, source),) if source else (),
    )
    facts = await CHECK.measure(context, clients)
    json.dumps(dataclasses.asdict(facts), default=lambda value: value.isoformat())
    found = CHECK.judge(facts)
    for one in found:
        assert set(one.values) == set(CHECK.codes[one.code]), one.code
    return {one.code.partition(".")[2]: one for one in found}


def severities(found: dict[str, Finding]) -> dict[str, Severity]:
    return {code: one.severity for code, one in found.items()}
