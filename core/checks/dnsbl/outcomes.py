"""Whether a list may be believed, and what it then says about one address or domain.

A list counts only if, through the same resolver and in the same run, its listed test entry was listed, its unlisted
one was not, and a random name below it did not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.checks.dnsbl.facts import Asked, Facts, ZoneFacts
from core.knowledge.dnsbl import Blacklist, Reading, list_by_zone


@dataclass(frozen=True)
class Outcome:
    """One list about one subject."""

    blacklist: Blacklist
    asked: Asked
    reading: Reading


# Lists of so many different companies do not all lose their entries at once: then it is the DNS server in between.
_TOO_MANY_AT_ONCE = 5
_NO_LIST_OF_ITS_KIND = frozenset({"test_entry_missing", "lists_everything", "outside_answer", "unknown_answer"})
RESOLVER_BLIND = "resolver_blind"


def blamed(reasons: Sequence[str]) -> tuple[str, ...]:
    """Why each list cannot be believed ("" where it can), with the resolver blamed where no list at all can."""
    if len(reasons) < _TOO_MANY_AT_ONCE or not all(reasons):
        return tuple(reasons)
    return tuple(RESOLVER_BLIND if reason in _NO_LIST_OF_ITS_KIND else reason for reason in reasons)


def outcomes_of(facts: Facts) -> tuple[Outcome, ...]:
    """Every list × every subject it covers."""
    found = []
    for zone in facts.zones:
        blacklist = list_by_zone(zone.zone)
        if blacklist is None:
            continue  # a saved run knows a list that this version has dropped
        ours = [asked for asked in zone.asked if asked.purpose in ("address", "domain")]
        failures = {family: self_test_failure(blacklist, zone, family) for family in {asked.family for asked in ours}}
        for asked in ours:
            found.append(Outcome(blacklist, asked, _reading(blacklist, asked, failures[asked.family])))
    return tuple(found)


def _reading(blacklist: Blacklist, asked: Asked, self_test: str) -> Reading:
    reason = self_test or silence(asked)
    return Reading("unasked", reason) if reason else blacklist.read(asked.return_codes)


def self_test_failure(blacklist: Blacklist, zone: ZoneFacts, family: int) -> str:
    """Why this list cannot be believed for this family (4, 6; 0: domains); empty when it can."""
    tests = {f"{test.query}.{blacklist.zone}": test.answers for test in blacklist.tests_for(family)}
    positive = [asked for asked in zone.asked if asked.purpose == "listed_test" and asked.query_name in tests]
    negative = [asked for asked in zone.asked if asked.purpose == "unlisted_test" and asked.query_name in tests]
    negative += [asked for asked in zone.asked if asked.purpose == "random_test"]
    if not positive or len(negative) < 2:
        return "test_entry_missing"
    failures = [_positive_failure(blacklist, asked, tests[asked.query_name]) for asked in positive]
    failures += [_negative_failure(blacklist, asked) for asked in negative]
    return next(filter(None, failures), "")


def _positive_failure(blacklist: Blacklist, asked: Asked, expected: tuple[str, ...]) -> str:
    if reason := silence(asked):
        return reason
    reading = blacklist.read(asked.return_codes, also_listed=expected)
    return {"listed": "", "not_listed": "test_entry_missing", "unasked": reading.reason}[reading.state]


def _negative_failure(blacklist: Blacklist, asked: Asked) -> str:
    if reason := silence(asked):
        return reason
    reading = blacklist.read(asked.return_codes)
    return {"not_listed": "", "listed": "lists_everything", "unasked": reading.reason}[reading.state]


def silence(asked: Asked) -> str:
    """Why nothing came back, as a word of `dnsbl.unasked.*`; empty when something did."""
    if not asked.error:
        return ""
    if asked.rcode == "REFUSED":
        return "refused"
    return {"timed_out": "silent", "unreachable": "silent", "server_failed": "server_failed"}.get(
        asked.error, "broken_answer"
    )
