"""Asks every list about every address, and its test entries, all side by side (RFC 5782)."""

from __future__ import annotations

import asyncio
import secrets
import string
from collections.abc import Iterable
from datetime import UTC, datetime

from core.checks.dnsbl.facts import Asked, Facts, Purpose, Subject, ZoneFacts
from core.clients import Clients
from core.clients.resolver import Resolver
from core.errors import CheckError, CheckTimeoutError
from core.knowledge.addresses import is_public, parse_address
from core.knowledge.dnsbl import Blacklist, load_lists, reversed_address
from core.knowledge.domain_names import plain_domain, registrable_domain
from core.model import Context

MOST_ADDRESSES = 10
LIFETIME = 4.0  # seconds for one question with its repetition over TCP


async def measure(context: Context, clients: Clients) -> Facts:
    """Every list of tiers A and B (all tiers when thorough) about the sending addresses and our domains.

    Raises CheckTimeoutError when the resolver answered nothing at all.
    """
    addresses, domains = public_subjects(context), own_domains(context)
    lists = [one for one in load_lists() if one.tier in ("A", "B") or context.target.thorough]
    resolver = clients.resolver
    names = [subject.address for subject in addresses]
    test, zones = await asyncio.gather(
        _ask(resolver, "random_test", f"{random_label()}.com", 0),
        asyncio.gather(*(ask_list(resolver, one, names, domains) for one in lists)),
    )
    facts = Facts(datetime.now(UTC), resolver.address, test, tuple(zones), addresses, domains)
    _require_an_answer(facts)
    return facts


def public_subjects(context: Context) -> tuple[Subject, ...]:
    """The public sending addresses, each once; private ones are never asked about."""
    found: dict[str, Subject] = {}
    for one in context.addresses:
        parsed = parse_address(one.address)
        if parsed is not None and is_public(one.address):
            found.setdefault(str(parsed), Subject(str(parsed), one.source))
    return tuple(found.values())[:MOST_ADDRESSES]


def own_domains(context: Context) -> tuple[str, ...]:
    """The mail domains we were told, without doubles."""
    told = (context.target.domain, *context.target.also_domain)
    return tuple(dict.fromkeys(plain_domain(domain) for domain in told if domain))


def random_label() -> str:
    """Twenty letters nobody has registered or listed."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(20))


async def ask_list(
    resolver: Resolver,
    one: Blacklist,
    addresses: Iterable[str],
    domains: Iterable[str],
    lifetime: float = LIFETIME,
) -> ZoneFacts:
    """One list: its self-tests for the families it covers, and our addresses or domains."""
    questions = [*_tests(one), ("random_test", random_label(), 0, "")]
    questions += _domains(one, domains) if one.kind == "domains" else _addresses(one, addresses)
    asked = await asyncio.gather(
        *(
            _ask(resolver, purpose, f"{query}.{one.zone}", family, subject, lifetime)
            for purpose, query, family, subject in questions
        )
    )
    return ZoneFacts(one.zone, tuple(asked))


def _tests(one: Blacklist) -> list[tuple[Purpose, str, int, str]]:
    return [("listed_test" if test.answers else "unlisted_test", test.query, test.family, "") for test in one.tests]


def _addresses(one: Blacklist, addresses: Iterable[str]) -> list[tuple[Purpose, str, int, str]]:
    """Only families the list covers: elsewhere "not listed" would mean nothing."""
    found: list[tuple[Purpose, str, int, str]] = []
    for address in addresses:
        family = 6 if ":" in address else 4
        if family in one.families:
            found.append(("address", reversed_address(address), family, address))
    return found


def _domains(one: Blacklist, domains: Iterable[str]) -> list[tuple[Purpose, str, int, str]]:
    names: dict[str, None] = {}
    for domain in domains:
        if not one.registrable_only:
            names[domain] = None
        names[registrable_domain(domain)] = None
    return [("domain", name, 0, name) for name in names]


async def _ask(
    resolver: Resolver, purpose: Purpose, name: str, family: int, subject: str = "", lifetime: float = LIFETIME
) -> Asked:
    """One question; no answer is a fact about this list, not the end of the check."""
    try:
        answer = await resolver.query(name, "A", lifetime=lifetime)
    except CheckError as error:
        what = error.code.partition(".")[2]
        return Asked(purpose, name, family, subject, rcode=str(error.values.get("rcode", "")), error=what)
    return Asked(purpose, name, family, subject, answer.records, answer.rcode)


def _require_an_answer(facts: Facts) -> None:
    everything = [facts.resolver_test, *(asked for zone in facts.zones for asked in zone.asked)]
    if all(asked.error in ("timed_out", "unreachable") for asked in everything):
        raise CheckTimeoutError("dns.timed_out", name=facts.resolver_test.query_name, server=facts.resolver)
