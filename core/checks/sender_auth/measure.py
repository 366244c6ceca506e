"""Asks for the SPF, DKIM and DMARC records, and evaluates SPF for every address our mail is known to leave from."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.checks.sender_auth.asking import PROVEN, STRANGER, spf_check
from core.checks.sender_auth.facts import DkimKey, Facts, SpfCheck, SpfRepair
from core.checks.sender_auth.message import look_at_message
from core.checks.sender_auth.records import dmarc_records, report_domains, signatures, spf_records
from core.checks.sender_auth.spf_trial import try_repair
from core.clients import Clients
from core.clients.dns_lookup import look_up
from core.clients.together import together
from core.errors import CheckError, CheckTimeoutError
from core.knowledge.addresses import is_public
from core.knowledge.dkim_selectors import usual_selectors
from core.knowledge.domain_names import dns_form, plain_domain, registrable_domain
from core.lookup import Lookup
from core.model import Context, SendingAddress, Target

if TYPE_CHECKING:
    from core.clients.resolver import Resolver
    from core.clients.spf import SpfDoor

MOST_ADDRESSES = 6
MOST_SIGNATURES = 5
MOST_RECORDS = 5  # SPF records that are joined on trial
COURTESY = 0.02  # seconds by which a burst of questions lets the survey's own go first
REPAIR_LIMIT = 6.0  # seconds
LONGEST_RECORD = 4_000  # characters of an SPF record that a repair is looked for


async def measure(context: Context, clients: Clients) -> Facts:
    """SPF (evaluated for every known sending address), DKIM keys and DMARC of the domain, and the pasted message.

    Raises CheckTimeoutError when the resolver answered nothing at all.
    """
    resolver, domain = clients.resolver, dns_form(context.target.domain or "")
    from core.clients.spf import SpfDoor  # loads pyspf and all of dnspython

    senders, door = _senders(context, domain), SpfDoor(resolver)
    message = context.target.bounce.text if context.target.bounce else ""
    async with asyncio.TaskGroup() as group:  # nothing outlives a cancelled check
        asked_txt = group.create_task(look_up(resolver, domain, "TXT"))
        asked_spf = group.create_task(_spf_checks(door, domain, senders, context))
        asked_keys = group.create_task(_keys(resolver, domain, message))
        asked_dmarc = group.create_task(_dmarc(resolver, domain))
        asked_message = group.create_task(look_at_message(resolver, context, domain))
    txt, spf, keys, dmarc = asked_txt.result(), asked_spf.result(), asked_keys.result(), asked_dmarc.result()
    if txt.error and txt.error == dmarc[0].error and txt.error in ("timed_out", "unreachable"):
        raise CheckTimeoutError("dns.timed_out", name=domain, server=resolver.address)
    used = {one.address for one in senders}
    return Facts(
        measured_at=datetime.now(UTC),
        resolver=resolver.address,
        domain=domain,
        txt=txt,
        stranger=spf[0],
        checks=tuple(spf[1:]),
        ignored=tuple(one.address for one in context.addresses if one.address not in used),
        keys=keys,
        dmarc=dmarc[0],
        dmarc_parent=dmarc[1],
        report_permissions=dmarc[2],
        mail_servers=tuple(host.name for host in context.mail_hosts),
        spf_repair=await _repair(door, domain, txt, spf, senders),
        message=asked_message.result(),
    )


async def ask_early(target: Target, clients: Clients) -> None:
    """Questions that need only the domain; most of all, keys under the usual names."""
    if target.domain:
        resolver, domain = clients.resolver, dns_form(target.domain)
        message = target.bounce.text if target.bounce else ""
        await _dmarc(resolver, domain)
        await asyncio.sleep(COURTESY)
        await _keys(resolver, domain, message)


async def _repair(
    door: SpfDoor, domain: str, txt: Lookup, spf: list[SpfCheck], senders: list[SendingAddress]
) -> SpfRepair | None:
    """Only where receivers cannot use the record: what could stand in its place."""
    records = spf_records(txt.records)
    broken = any(one.result == "permerror" and one.identity == "mailfrom" for one in spf)
    if not records or not (broken or len(records) > 1) or len(records) > MOST_RECORDS:
        return None
    if any(len(one) > LONGEST_RECORD for one in records):
        return None
    try:
        async with asyncio.timeout(REPAIR_LIMIT):
            return await try_repair(door, domain, records, [one for one in senders if one.source in PROVEN])
    except TimeoutError:
        return None  # the finding stands without a proposal


def _senders(context: Context, domain: str) -> list[SendingAddress]:
    """The addresses whose result says something: proven ones, and those of mail servers that are our own."""
    target, own = context.target, registrable_domain(domain)
    is_ours = target.own_server or target.ssh is not None
    ours = {
        address
        for host in context.mail_hosts
        if is_ours or registrable_domain(host.name) == own
        for address in host.addresses
    }
    public = [one for one in context.addresses if is_public(one.address)]
    return [one for one in public if one.source in PROVEN or one.address in ours][:MOST_ADDRESSES]


async def _spf_checks(door: SpfDoor, domain: str, senders: list[SendingAddress], context: Context) -> list[SpfCheck]:
    """For an address nobody has first, then for each sender: the envelope's domain, and the name it says HELO with."""
    stranger = SendingAddress(STRANGER, "given")
    # The first one fills the door's answers: the envelope's need few questions more. HELO names need not wait for it.
    async with asyncio.TaskGroup() as group:
        asked_first = group.create_task(spf_check(door, stranger, f"postmaster@{domain}", domain))
        names = await together(_helo_name(door.resolver, one, context) for one in senders)
        by_name = [(one, name) for one, name in zip(senders, names, strict=True) if name and name != domain]
        asked_helo = group.create_task(together(spf_check(door, one, "", name) for one, name in by_name))
        first = await asked_first
        pairs = zip(senders, names, strict=True)
        envelope = await together(spf_check(door, one, f"postmaster@{domain}", name or domain) for one, name in pairs)
    used = [one.address for one in senders]
    return [first, *sorted([*envelope, *asked_helo.result()], key=lambda one: used.index(one.address))]


async def _helo_name(resolver: Resolver, one: SendingAddress, context: Context) -> str:
    """What the server most likely calls itself: its reverse name, else its name in the MX; "" when neither is known."""
    try:
        records = (await resolver.reverse(one.address)).records
    except CheckError:
        records = ()
    hosts = [host.name for host in context.mail_hosts if one.address in host.addresses]
    return next((plain_domain(name) for name in (*records, *hosts)), "")


async def _keys(resolver: Resolver, domain: str, message: str) -> tuple[DkimKey, ...]:
    """Keys that signatures of ours in the pasted message name, then those under the usual names."""
    own = registrable_domain(domain)
    signed = [(d, s) for d, s in signatures(message) if registrable_domain(d) == own][:MOST_SIGNATURES]
    places = [(d, s, True) for d, s in signed]
    places += [(domain, s, False) for s in usual_selectors() if (domain, s) not in signed]
    found = await together(look_up(resolver, f"{s}._domainkey.{d}", "TXT") for d, s, _ in places)
    return tuple(DkimKey(s, named, txt) for (_, s, named), txt in zip(places, found, strict=True))


async def _dmarc(resolver: Resolver, domain: str) -> tuple[Lookup, Lookup | None, tuple[Lookup, ...]]:
    """The domain's record, the registered domain's when it has none, and whether others take the reports."""
    own = await look_up(resolver, f"_dmarc.{domain}", "TXT")
    parent, registered = None, registrable_domain(domain)
    if not own.error and not dmarc_records(own.records) and registered != domain:
        parent = await look_up(resolver, f"_dmarc.{registered}", "TXT")
    where = parent or own
    records = dmarc_records(where.records)
    others = [one for one in report_domains(records[0]) if registrable_domain(one) != registered] if records else []
    below = where.name.removeprefix("_dmarc.")
    asked = [look_up(resolver, f"{below}._report._dmarc.{one}", "TXT") for one in others[:3]]
    return own, parent, tuple(await together(asked))
