"""Tries out what a broken SPF record could be replaced by, before anybody is told to publish it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.checks.sender_auth.asking import STRANGER, as_fact
from core.checks.sender_auth.facts import PASTED, SpfCheck, SpfRepair, SpfTerm
from core.checks.sender_auth.spf_repair import candidates, starting_point, terms_of
from core.checks.sender_auth.spf_words import problem_word
from core.clients.together import together
from core.model import SendingAddress

if TYPE_CHECKING:
    from core.clients.spf import SpfDoor


async def try_repair(
    door: SpfDoor, domain: str, records: Sequence[str], senders: Sequence[SendingAddress]
) -> SpfRepair:
    """What each term of the record (of several: joined) costs alone, and the first line that receivers could use."""
    start = starting_point(records)
    terms = await together(_alone(door, domain, term) for term in terms_of(start))
    for line in candidates(start, terms, [one.address for one in senders if one.source not in PASTED]):
        if line == records[0] and len(records) == 1:
            continue  # as it is now
        found = await _evaluated(door, domain, line, senders)
        everybody = found[0].result == "pass"
        # Nothing is proposed on trust.
        if not everybody and not any(one.result in ("permerror", "temperror") for one in found):
            return SpfRepair(tuple(terms), line, tuple(found))
    return SpfRepair(tuple(terms))


async def _alone(door: SpfDoor, domain: str, term: str) -> SpfTerm:
    found = await door.check(STRANGER, f"postmaster@{domain}", domain, record=f"v=spf1 {term}")
    problem = problem_word(found.problem) if found.result == "permerror" else ""
    return SpfTerm(term, found.lookups, found.void_lookups, problem)


async def _evaluated(door: SpfDoor, domain: str, line: str, senders: Sequence[SendingAddress]) -> list[SpfCheck]:
    sender = f"postmaster@{domain}"
    found = [await door.check(STRANGER, sender, domain, record=line)]
    found += await together(door.check(one.address, sender, domain, record=line) for one in senders)
    everybody = [SendingAddress(STRANGER, "given"), *senders]
    return [as_fact(one, "mailfrom", domain, result) for one, result in zip(everybody, found, strict=True)]
