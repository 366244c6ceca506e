"""Looks at a pasted message: who signed it, from where it left, and what a receiver finds out about both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.checks.sender_auth.asking import spf_check
from core.checks.sender_auth.facts import Message, Signature, SpfCheck
from core.checks.sender_auth.records import signatures
from core.clients.dns_lookup import look_up
from core.clients.together import together
from core.knowledge.domain_names import registrable_domain
from core.knowledge.mail_headers import PastedMessage, address_mail_left_from, messages_in
from core.model import Context, SendingAddress

if TYPE_CHECKING:
    from core.clients.resolver import Resolver


async def look_at_message(resolver: Resolver, context: Context, domain: str) -> Message | None:
    """The returned message of a bounce, else the pasted one; None when there is none that says who it is from."""
    pasted = context.target.bounce
    found = messages_in(pasted.text) if pasted else ()
    chosen = next((one for one in reversed(found) if one.from_domain), None)
    if chosen is None or (not chosen.returned and _is_notice(chosen)):
        return None
    ours = {registrable_domain(name) for name in (domain, *context.target.also_domain)}
    return Message(
        from_domain=chosen.from_domain,
        envelope_domain=chosen.envelope_domain,
        returned=chosen.returned,
        travelled=_has_travelled(chosen, ours),
        ours=registrable_domain(chosen.from_domain) in ours,
        signatures=await _signatures(resolver, chosen),
        spf=await _spf(resolver, chosen, sorted(ours)),
    )


def _is_notice(message: PastedMessage) -> bool:
    """A mail program's own notice (RFC 3462, RFC 3834): nobody here wrote it, so it proves nothing about our mail."""
    kinds = " ".join(message.all("content-type")).lower()
    authors = " ".join(message.all("from")).lower()
    return "multipart/report" in kinds or "mailer-daemon@" in authors or "postmaster@" in authors


def _has_travelled(message: PastedMessage, ours: set[str]) -> bool:
    """Whether a server of others wrote a line into it: a copy from the sender's own folder has none."""
    takers = [line.partition(" by ")[2].partition(" ")[0] for line in message.all("received")]
    return any("." in name and registrable_domain(name) not in ours for name in takers)


async def _signatures(resolver: Resolver, message: PastedMessage) -> tuple[Signature, ...]:
    from core.checks.sender_auth.signed import MOST_SIGNATURES, verify_signatures  # loads dkimpy

    places = signatures(message.text)[:MOST_SIGNATURES]
    answers = await together(look_up(resolver, f"{selector}._domainkey.{named}", "TXT") for named, selector in places)
    verified = verify_signatures(message.text, dict(zip(places, answers, strict=True)))
    # What comes back in a bounce is often cut, and many paste the headers alone.
    cut = {"body_differs"} if message.returned or not message.body.strip() else set()
    return tuple(Signature(d, s, "not_checkable" if state in cut else state, ed) for d, s, state, ed in verified)


async def _spf(resolver: Resolver, message: PastedMessage, ours: list[str]) -> SpfCheck | None:
    address = address_mail_left_from(message.text, ours)
    if not address or not message.envelope_domain:
        return None
    sender = f"postmaster@{message.envelope_domain}"
    from core.clients.spf import SpfDoor  # loads pyspf and all of dnspython

    return await spf_check(SpfDoor(resolver), SendingAddress(address, "header"), sender, message.envelope_domain)
