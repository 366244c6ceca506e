"""Asks every list about every address, and its test entries, all side by side (RFC 5782)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.checks.dnsbl.facts import Asked, Facts, ListUse, Purpose, Subject, ZoneFacts
from core.checks.dnsbl.named import dead_zones_named, lists_in_other_settings, lists_in_settings
from core.clients import Clients
from core.clients.dns_sweep import PATIENCE, Plain, Sweep
from core.errors import CheckError, CheckTimeoutError
from core.knowledge.addresses import is_public, parse_address
from core.knowledge.dnsbl import Blacklist, lists_with, reversed_address
from core.knowledge.domain_names import plain_domain, registrable_domain
from core.model import Context, Pasted

if TYPE_CHECKING:
    from core.clients.resolver import Resolver

MOST_ADDRESSES = 10
_DNSLISTS = ("exim_dnslists", "sendmail_dnslists", "filter_dnslists")
LIFETIME = 4.0  # seconds for one question with its repetition over TCP
TOTAL = 6.0  # seconds for all questions together, those that wait for their turn included


@dataclass(frozen=True)
class Question:
    """One name to ask for. `name` is what is kept; `secret` the same with the person's key in it."""

    purpose: Purpose
    name: str
    family: int = 0
    subject: str = ""
    secret: str = ""


@dataclass(frozen=True)
class Asking:
    """How lists are asked: by whom, for how long one question may take, and when (loop time) all must be done."""

    resolver: Resolver
    lifetime: float = LIFETIME
    ends: float | None = None
    keys: Mapping[str, str] = field(default_factory=dict)  # service -> key: never part of a fact
    sweep: Sweep = field(default_factory=lambda: Sweep(None))

    async def plain(self, names: Sequence[str]) -> list[Plain | None]:
        """The plain answers, all at once; None where care is needed."""
        return await self.sweep.ask_all(names, min(PATIENCE, self.lifetime / 4))

    async def careful(self, name: str, lifetime: float) -> Plain:
        """rcode and A records, within `lifetime` seconds.

        Raises as `Resolver.query`, and TimeoutError when all must be done.
        """
        async with asyncio.timeout_at(self.ends), self.sweep.careful:
            answer = await self.resolver.query(name, "A", lifetime=lifetime)
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
        dead_in_refusals=await _dead_zones_in([pasted.text for pasted in _refusals(context) if pasted]),
        private_given=tuple(dict.fromkeys(one for one in context.target.address if not is_public(one)))[
            :MOST_ADDRESSES
        ],
        keys_unread=clients.list_keys.unread,
    )
    _require_an_answer(facts)
    return facts


def _refusals(context: Context) -> tuple[Pasted | None, ...]:
    return context.target.bounce, context.target.queue


async def _dead_zones_in(texts: Sequence[str]) -> tuple[str, ...]:
    """Off the event loop, as a pasted text may be long; a thread for nothing would cost more than a question."""
    return await asyncio.to_thread(dead_zones_named, texts) if texts else ()


async def own_server_lists(clients: Clients) -> tuple[ListUse, ...]:
    """The lists our own server asks; none without a login. Why a login failed is told by the checks that need it."""
    if clients.ssh is None:
        return ()
    try:
        reading = await clients.ssh.reading()
    except CheckError:
        return ()
    others = [line for section in _DNSLISTS for line in reading.lines(section)]
    return (
        *lists_in_settings((*reading.lines("postfix_settings"), *reading.lines("postfix_effective"))),
        *lists_in_other_settings(others),
    )


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
    return (await _ask_all(way, [Question("random_test", f"{random_label()}.com")]))[0]


async def ask_list(way: Asking, one: Blacklist, addresses: Iterable[str], domains: Iterable[str]) -> ZoneFacts:
    """One list: its self-tests for the families it covers, and our addresses or domains."""
    ours = _domains(one, domains) if one.kind == "domains" else _addresses(one, addresses)
    # Where we ask nothing of a family, its test entries would prove nothing.
    families = {family for _, _, family, _ in ours} or {test.family for test in one.tests}
    tests = [test for test in _tests(one) if test[2] in families]
    below = [*tests, ("random_test", random_label(), 0, ""), *ours]
    key = way.keys.get(one.service, "")
    questions = [Question(p, one.question(q), family, subject, one.question(q, key)) for p, q, family, subject in below]
    return ZoneFacts(one.zone, tuple(await _ask_all(way, questions)))


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


async def _ask_all(way: Asking, questions: Sequence[Question]) -> list[Asked]:
    """Each question's answer; those without a plain one are asked again with care, as long as their time lasts."""
    until = asyncio.get_running_loop().time() + way.lifetime
    plain = await way.plain([question.secret or question.name for question in questions])
    asked = [_asked(question, found) for question, found in zip(questions, plain, strict=True)]
    again = [number for number, one in enumerate(asked) if one is None]
    found = await asyncio.gather(*(_carefully(way, questions[number], until) for number in again))
    late = dict(zip(again, found, strict=True))
    return [one or late[number] for number, one in enumerate(asked)]


def _asked(question: Question, found: Plain | None) -> Asked | None:
    if found is None:
        return None
    return Asked(question.purpose, question.name, question.family, question.subject, found[1], found[0])


async def _carefully(way: Asking, question: Question, until: float) -> Asked:
    """One question; no answer is a fact about this list, not the end of the check. Only `name` is kept."""
    about = (question.purpose, question.name, question.family, question.subject)
    try:
        left = max(0.1, until - asyncio.get_running_loop().time())
        rcode, records = await way.careful(question.secret or question.name, left)
    except CheckError as error:
        what = error.code.partition(".")[2]
        return Asked(*about, rcode=str(error.values.get("rcode", "")), error=what)
    except TimeoutError:
        return Asked(*about, error="timed_out")
    return Asked(*about, records, rcode)


def _require_an_answer(facts: Facts) -> None:
    everything = [facts.resolver_test, *(asked for zone in facts.zones for asked in zone.asked)]
    if all(asked.error in ("timed_out", "unreachable") for asked in everything):
        # Our own test names mean nothing to a reader: what was to be looked up is said.
        about = [*facts.domains, *(subject.address for subject in facts.addresses)]
        raise CheckTimeoutError("dns.timed_out", name=next(iter(about), ""), server=facts.resolver)
