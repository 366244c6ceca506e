"""The blacklists we know: what each holds, what its answers mean, how to test that it lives (RFC 5782).

One file a list in `resources/data/dnsbl`. Reading an answer is pure: the same records always mean the same.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from core.resources import resources_dir

Tier = Literal["A", "B", "C", "D", "E"]  # E: answers only to the person's own key
Weight = Literal["major", "medium", "policy", "minor", "none"]
Kind = Literal["addresses", "domains"]
TIERS = ("A", "B", "C", "D", "E")
KEY = "{key}"  # stands for the key in the zone of a keyed list, wherever it is kept or shown
WEIGHTS = ("major", "medium", "policy", "minor", "none")

# RFC 5782 section 5, written out: IP libraries turn ::FFFF:7F00:2 into an IPv4 address and reverse it wrongly.
LISTED_6 = "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
UNLISTED_6 = "1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
MOST_ANSWERS = 16  # ZEN, the richest, has six; a hundred records are no list's answer


@dataclass(frozen=True)
class ListedCode:
    """One answer that means "listed". `answer` may hold "*" octets; `bit` instead marks a bit of the last octet.

    `meaning`, `removal` and `wait` are code words with texts `dnsbl.reason.*`, `dnsbl.removal.*`, `dnsbl.wait.*`.
    """

    meaning: str
    answer: str = ""
    bit: int = 0
    part: str = ""  # the list's own name for this part: "SBL"
    weight: str = ""  # empty words: as the whole list
    removal: str = ""
    wait: str = ""


@dataclass(frozen=True)
class Refusal:
    """One answer that means "I do not answer you"; `reason` is a word of `dnsbl.unasked.*`."""

    answer: str
    reason: str


@dataclass(frozen=True)
class TestEntry:
    """A name below the zone that is always listed (with these answers), or never (`answers` empty)."""

    query: str
    answers: tuple[str, ...] = ()
    family: int = 0  # 4, 6, or 0 for a list of domains

    # pytest looks for classes called Test...
    __test__ = False


@dataclass(frozen=True)
class Reading:
    """What a set of A records means. `reason` says why there is no answer; `codes` are worst first."""

    state: Literal["listed", "not_listed", "unasked"]
    reason: str = ""
    codes: tuple[ListedCode, ...] = ()


@dataclass(frozen=True)
class Example:
    """A recorded answer and what it must be read as: the data file's own test."""

    answers: tuple[str, ...]
    state: str
    meanings: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Blacklist:
    """One list. `codes` stand worst first; `never_pay`: its operator or others offer removal for money."""

    zone: str
    name: str
    operator: str
    tier: Tier
    kind: Kind
    families: tuple[int, ...]
    weight: Weight
    removal: str
    wait: str
    lookup_page: str
    terms: str
    checked: date
    codes: tuple[ListedCode, ...]
    tests: tuple[TestEntry, ...]
    examples: tuple[Example, ...]
    refusals: tuple[Refusal, ...] = ()
    white: bool = False  # being listed here is good news
    never_pay: bool = True
    registrable_only: bool = False  # host parts must be taken off first
    service: str = ""  # whose key it needs; its zone then holds "{key}"
    replaces: str = ""  # the open zone that need not be asked beside this one

    @property
    def important(self) -> bool:
        """Whether there is no all-clear without its answer: tier A, or what stands in for it."""
        return self.tier == "A" or bool(self.replaces)

    def question(self, query: str, key: str = "") -> str:
        """The name to ask for. Without `key` it is the name to keep and to show: the key is a secret."""
        return f"{query}.{self.zone}".replace(KEY, key or KEY)

    def positive_tests(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(name below the zone, A records) of every entry that is always listed."""
        return tuple((test.query, test.answers) for test in self.tests if test.answers)

    def tests_for(self, family: int) -> tuple[TestEntry, ...]:
        """The test entries of one address family (0: domains); empty when the list does not cover it."""
        return tuple(test for test in self.tests if test.family == family)

    def read(self, answers: Iterable[str], also_listed: Iterable[str] = ()) -> Reading:
        """What these A records mean. `also_listed`: answers of a test entry, which count as listed there."""
        records = tuple(answers)
        if not records:
            return Reading("not_listed")
        if len(records) > MOST_ANSWERS:
            return Reading("unasked", "unknown_answer")
        if not all(_in_loopback(record) for record in records):
            return Reading("unasked", "outside_answer")
        refused = [refusal for record in records for refusal in self.refusals if _matches(refusal.answer, record)]
        listed = self._listed([record for record in records if not self._is_refusal(record)])
        if listed or set(records) & set(also_listed):
            return Reading("listed", refused[0].reason if refused else "", listed)
        if refused:
            return Reading("unasked", refused[0].reason)
        return Reading("unasked", "blocked_locally" if "127.0.0.1" in records else "unknown_answer")

    def _is_refusal(self, record: str) -> bool:
        return any(_matches(refusal.answer, record) for refusal in self.refusals) or record == "127.0.0.1"

    def _listed(self, records: list[str]) -> tuple[ListedCode, ...]:
        return tuple(code for code in self.codes if any(_means(code, record) for record in records))


@lru_cache(256)  # every list has the same few answers
def _in_loopback(record: str) -> bool:
    """An IPv4 address in 127/8, as written by every reader of A records: four numbers without leading zeros."""
    octets = record.split(".")
    plain = len(octets) == 4 and all(o.isascii() and o.isdigit() and str(int(o[:4])) == o for o in octets)
    return plain and octets[0] == "127" and all(int(octet) < 256 for octet in octets)


def _matches(pattern: str, record: str) -> bool:
    wanted, octets = pattern.split("."), record.split(".")
    return len(wanted) == len(octets) and all(w in ("*", o) for w, o in zip(wanted, octets, strict=True))


def _means(code: ListedCode, record: str) -> bool:
    if code.bit:
        return record.startswith("127.0.0.") and bool(int(record.rpartition(".")[2]) & code.bit)
    return _matches(code.answer, record)


@lru_cache(64)  # each list asks for the same few
def reversed_address(address: str) -> str:
    """The name of an address below a zone: octets, or nibbles of IPv6, from the last to the first (RFC 5782 2.1, 2.4).

    Raises ValueError when it is no address.
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return ".".join(reversed(str(parsed).split(".")))
    return ".".join(reversed(parsed.exploded.partition("%")[0].replace(":", "")))


def parse_list(raw: Mapping[str, Any]) -> Blacklist:
    """One data file's content. Raises TypeError on an unknown or missing key, ValueError on a word not in its list."""
    fields = dict(raw)
    codes = tuple(ListedCode(**code) for code in fields.pop("code"))
    refusals = tuple(Refusal(**refusal) for refusal in fields.pop("refusal", []))
    tests = tuple(TestEntry(**_with_tuples(test)) for test in fields.pop("test"))
    examples = tuple(Example(**_with_tuples(example)) for example in fields.pop("example"))
    found = Blacklist(codes=codes, refusals=refusals, tests=tests, examples=examples, **_with_tuples(fields))
    weights = {found.weight, *(code.weight for code in codes if code.weight)}
    if found.tier not in TIERS or not weights <= set(WEIGHTS) or found.kind not in ("addresses", "domains"):
        raise ValueError(f"{found.zone}: unknown tier, weight or kind")
    if len({found.tier == "E", KEY in found.zone, bool(found.service)}) != 1:
        raise ValueError(f"{found.zone}: a list of tier E, and no other, has a service and {KEY} in its zone")
    return found


def _with_tuples(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}


@cache
def load_lists(folder: Path | None = None) -> tuple[Blacklist, ...]:
    """Every open list, tier A first. Raises when a data file is wrong: a bug of ours, found by the tests."""
    paths = sorted((folder or resources_dir() / "data" / "dnsbl").glob("*.toml"))
    lists = [parse_list(tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths]
    order = {weight: number for number, weight in enumerate(WEIGHTS)}
    # Within a tier the list that says most comes first.
    return tuple(sorted(lists, key=lambda one: (one.tier, one.kind, order[one.weight], -len(one.codes), one.zone)))


@cache
def keyed_lists() -> tuple[Blacklist, ...]:
    """Every list that answers only to the person's own key."""
    return load_lists(resources_dir() / "data" / "dnsbl_keyed")


def key_services() -> tuple[str, ...]:
    """Whose keys can be used, in the order of the alphabet."""
    return tuple(sorted({one.service for one in keyed_lists()}))


def lists_with(services: Iterable[str]) -> tuple[Blacklist, ...]:
    """The lists that can be asked by somebody who has a key of these services."""
    keyed = tuple(one for one in keyed_lists() if one.service in set(services))
    replaced = {one.replaces for one in keyed}
    return (*keyed, *(one for one in load_lists() if one.zone not in replaced))


def list_by_zone(zone: str) -> Blacklist | None:
    """The list with this zone (as it is shown: "{key}" instead of a key)."""
    wanted = zone.rstrip(".").lower()
    return next((one for one in (*load_lists(), *keyed_lists()) if one.zone == wanted), None)


@dataclass(frozen=True)
class DeadList:
    """A list nobody may ask any more. `died` is "YYYY", "YYYY-MM", "YYYY-MM-DD" or "" when not known."""

    name: str
    zones: tuple[str, ...]
    died: str
    last_answer: Literal["lists_everything", "empty", "silent", "parked", "gone", "unknown"]
    certain: bool = True


@cache
def dead_lists() -> tuple[DeadList, ...]:
    """Every dead list we recognise in old bounces and old server settings."""
    raw = tomllib.loads((resources_dir() / "data" / "dnsbl_dead.toml").read_text(encoding="utf-8"))
    return tuple(DeadList(**_with_tuples(entry)) for entry in raw["dead"])


def dead_list_of(zone: str) -> DeadList | None:
    """The dead list a zone belongs to: its own name or one below it ("web.dnsbl.sorbs.net")."""
    wanted = zone.rstrip(".").lower()
    for dead in dead_lists():
        if any(wanted == known or wanted.endswith(f".{known}") for known in dead.zones):
            return dead
    return None
