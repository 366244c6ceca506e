"""Asks every list about every address, and its test entries, all side by side (RFC 5782)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.checks.dnsbl.facts import Asked, Facts, ListUse, Purpose, Subject, ZoneFacts
from core.checks.dnsbl.named import dead_zones_named, lists_in_settings
from core.clients import Clients
from core.clients.dns_sweep import PATIENCE, Sweep
from core.clients.resolver import Resolver
from core.errors import CheckError, CheckTimeoutError
from core.knowledge.addresses import is_public, parse_address
from core.knowledge.dnsbl import Blacklist, lists_with, reversed_address
from core.knowledge.domain_names import plain_domain, registrable_domain
from core.model import Context, Pasted

MOST_ADDRESSES = 10
LIFETIME = 4.0  # seconds for one question with its repetition over TCP
TOTAL = 6.0  # seconds for all questions together, those that wait for their turn included


@dataclass(frozen=True)
class Asking:
    """How lists are asked: by whom, for how long one question may take, and when (loop time) all must be done."""

    resolver: Resolver
    lifetime: float = LIFETIME
    ends: float | None = None
    keys: Mapping[str, str] = field(default_factory=dict)  # service -> key: never part of a fact
    sweep: Sweep = field(default_factory=lambda: Sweep(None))

    async def answer(self, name: str) -> tuple[str, tuple[str, ...]]:
        """rcode and A records: the plain answer of the sweep, else by care.

        Raises as `Resolver.query`, and TimeoutError when all must be done.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + self.lifetime
        if plain := await self.sweep.ask(name, min(PATIENCE, self.lifetime / 4)):
            return plain
        async with asyncio.timeout_at(self.ends):
            answer = await self.resolver.query(name, "A", lifetime=max(0.1, ends - loop.time()))
        return answer.rcode, answer.records


@asynccontextmanager
async def asking(resolver: Resolver, keys: Mapping[str, str] | None = None) -> AsyncIterator[Asking]:
    """All lists at once within the usual limits, from now on."""
    async with resolver.sweep() as sweep:
        yield Asking(resolver, LIFETIME, asyncio.get_running_loop().time() + TOTAL, keys or {}, sweep)


async def measure(context: Context, clients: Clients) -> Facts:
    """Every list of tiers A and B (all tiers when thorough), and keyed ones, about our addresses and domains.

    Raises CheckTimeoutError when the resolver answered nothing at all.
    """
    addresses, domains = public_subjects(context), own_domains(context)
    keys = await clients.list_keys.all()
    lists = [one for one in lists_with(keys) if one.tier in ("A", "B", "E") or context.target.thorough]
    names = [subject.address for subject in addresses]
    lists = [one for one in lists if (_domains(one, domains) if one.kind == "domains" else _addresses(one, names))]
    async with asking(clients.resolver, keys) as all_at_once:
        test, zones, own_lists = await asyncio.gather(
            rewriting_test(all_at_once),
            asyncio.gather(*(ask_list(all_at_once, one, names, domains) for one in lists)),
            own_server_lists(clients),
        )
    facts = Facts(
        measured_at=datetime.now(UTC),
        resolver=clients.resolver.address,
        resolver_test=test,
        zones=tuple(zones),
        addresses=addresses,
        domains=domains,
        own_lists=own_lists,
        dead_in_refusals=dead_zones_named(pasted.text for pasted in _refusals(context) if pasted),
        keys_unread=clients.list_keys.unread,
    )
    _require_an_answer(facts)
    return facts


def _refusals(context: Context) -> tuple[Pasted | None, ...]:
    return context.target.bounce, context.target.queue


async def own_server_lists(clients: Clients) -> tuple[ListUse, ...]:
    """The lists our own server asks; none without a login. Why a login failed is told by the checks that need it."""
    if clients.ssh is None:
        return ()
    try:
        reading = await clients.ssh.reading()
    except CheckError:
        return ()
    return lists_in_settings((*reading.lines("postfix_settings"), *reading.lines("postfix_effective")))


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
    """Twenty letters and digits that nobody has registered or listed."""
    return f"x{secrets.token_hex(10)}"[:20]


async def rewriting_test(way: Asking) -> Asked:
    """A name that cannot exist: a resolver that has an answer to it invents answers."""
    return await _ask(way, "random_test", f"{random_label()}.com")


async def ask_list(way: Asking, one: Blacklist, addresses: Iterable[str], domains: Iterable[str]) -> ZoneFacts:
    """One list: its self-tests for the families it covers, and our addresses or domains."""
    ours = _domains(one, domains) if one.kind == "domains" else _addresses(one, addresses)
    # Where we ask nothing of a family, its test entries would prove nothing.
    families = {family for _, _, family, _ in ours} or {test.family for test in one.tests}
    tests = [test for test in _tests(one) if test[2] in families]
    questions = [*tests, ("random_test", random_label(), 0, ""), *ours]
    key = way.keys.get(one.service, "")
    asked = await asyncio.gather(
        *(
            _ask(way, purpose, one.question(query), family, subject, secret=one.question(query, key))
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


async def _ask(way: Asking, purpose: Purpose, name: str, family: int = 0, subject: str = "", secret: str = "") -> Asked:
    """One question; no answer is a fact about this list, not the end of the check. Only `name` is kept."""
    try:
        rcode, records = await way.answer(secret or name)
    except CheckError as error:
        what = error.code.partition(".")[2]
        return Asked(purpose, name, family, subject, rcode=str(error.values.get("rcode", "")), error=what)
    except TimeoutError:
        return Asked(purpose, name, family, subject, error="timed_out")
    return Asked(purpose, name, family, subject, records, rcode)


def _require_an_answer(facts: Facts) -> None:
    everything = [facts.resolver_test, *(asked for zone in facts.zones for asked in zone.asked)]
    if all(asked.error in ("timed_out", "unreachable") for asked in everything):
        raise CheckTimeoutError("dns.timed_out", name=facts.resolver_test.query_name, server=facts.resolver)
