"""Looks at every door where mail is handed over or fetched, and at what the domain promises about encryption."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from core.checks.tls_health.certificate import read_certificate
from core.checks.tls_health.facts import Facts, MtaSts, PortTls, Tlsa
from core.clients import Clients
from core.clients.resolver_mail import nowhere_to_knock
from core.clients.session_names import handshake_name
from core.clients.tls_door import TlsLook
from core.errors import CheckError
from core.knowledge.addresses import one_of_each_family
from core.knowledge.domain_names import dns_form
from core.model import Context, MailHost

MOST_SERVERS = 4
# (port, STARTTLS): where people's mail programs connect (RFC 8314, RFC 6409).
PEOPLES_DOORS = ((465, False), (587, True), (993, False), (995, False))


async def measure(context: Context, clients: Clients) -> Facts:
    """Raises only for a mail server without any address; a door that is closed or broken is a fact."""
    hosts = [host for host in context.mail_hosts[:MOST_SERVERS] if host.addresses]
    if not hosts:
        raise nowhere_to_knock(context.mail_hosts)
    measured_at, domain = datetime.now(UTC), dns_form(context.target.domain or "") or None
    doors = [door for host in hosts for door in _doors(host)]
    ports, mta_sts, tls_rpt, tlsa = await asyncio.gather(
        asyncio.gather(*(_look(clients, *door) for door in doors)),
        _mta_sts(clients, domain),
        _text_record(clients, f"_smtp._tls.{domain}", "v=TLSRPTv1") if domain else _nothing(),
        asyncio.gather(*(_tlsa(clients, host) for host in hosts)),
    )
    found = tuple(one for one in tlsa if one.records)
    mx_known = any(host.preference is not None for host in hosts)
    return Facts(measured_at, domain, mx_known, tuple(ports), mta_sts, tls_rpt, found)


async def _nothing() -> None:
    return None


def _doors(host: MailHost) -> Iterator[tuple[MailHost, str, int, bool]]:
    """The mail port on one address of each family, people's ports on the first address."""
    for address in one_of_each_family(host.addresses):
        yield host, address, host.port, True
    if host.port == 25:
        for port, starttls in PEOPLES_DOORS:
            yield host, host.addresses[0], port, starttls


async def _look(clients: Clients, host: MailHost, address: str, port: int, starttls: bool) -> PortTls:
    look = await clients.tls.look(address, port, handshake_name(host.name), starttls=starttls)
    where = (host.name.rstrip("."), address, port, starttls, look.state)
    if look.facts is None:
        return PortTls(*where, evidence=look.evidence)
    return _encrypted(where, look)


def _encrypted(where: tuple[str, str, int, bool, str], look: TlsLook) -> PortTls:
    assert look.facts is not None
    facts = look.facts
    return PortTls(
        *where, facts.version, read_certificate(facts.certificate), len(facts.chain),
        look.verify_code, look.verify_message, look.evidence,
    )  # fmt: skip


async def _text_record(clients: Clients, name: str, begins: str) -> str | None:
    """The TXT record at `name` that begins so. One that cannot be asked is left out: it is never missed silently, as
    its absence is not judged."""
    try:
        answer = await clients.resolver.query(name, "TXT")
    except CheckError:
        return None
    return next((record[:500] for record in answer.records if record.lower().startswith(begins.lower())), None)


async def _mta_sts(clients: Clients, domain: str | None) -> MtaSts | None:
    if not domain or not await _text_record(clients, f"_mta-sts.{domain}", "v=STSv1"):
        return None
    try:
        answer = await clients.http.get(f"https://mta-sts.{domain}/.well-known/mta-sts.txt", "text/plain")
    except CheckError as error:
        served = error.code in ("http.not_trusted", "http.broken_answer", "http.too_much")
        if clients.http.behind_proxy:  # what opens the encryption in the office answers in the server's stead
            served = False
        return MtaSts(error="not_served" if served else "not_asked")
    if answer.status != 200:
        return MtaSts(error="not_served")
    return parse_policy(answer.body.decode("utf-8", errors="backslashreplace"))


def parse_policy(text: str) -> MtaSts:
    """An MTA-STS policy (RFC 8461 section 3.2); "not_served" when it is none."""
    pairs = [(key.strip().lower(), value.strip()) for key, _, value in (line.partition(":") for line in _lines(text))]
    fields = dict(reversed(pairs))
    mode = fields.get("mode", "")
    if fields.get("version") != "STSv1" or mode not in ("enforce", "testing", "none"):
        return MtaSts(error="not_served")
    age = fields.get("max_age", "")
    hosts = tuple(value.lower()[:255] for key, value in pairs if key == "mx")
    return MtaSts(mode, hosts, int(age) if age.isascii() and age.isdigit() and len(age) < 11 else None)


def _lines(text: str) -> list[str]:
    return text.splitlines()[:200]


async def _tlsa(clients: Clients, host: MailHost) -> Tlsa:
    """TLSA records (RFC 6698) of the mail port; none where they could not be asked."""
    name = handshake_name(host.name)
    if not name:
        return Tlsa(host.name, ())
    try:
        answer = await clients.resolver.query(f"_{host.port}._tcp.{name}", "TLSA")
    except CheckError:
        return Tlsa(name, ())
    return Tlsa(name, answer.records[:20])
