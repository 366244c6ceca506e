"""Which blacklists live: every list we use is asked its own test entries, through one resolver, now (RFC 5782, 5).

No address of anybody is asked about. The command line and the window show the same table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from core.checks.dnsbl.facts import Asked, ZoneFacts
from core.checks.dnsbl.measure import ask_list, asking, rewriting_test
from core.checks.dnsbl.outcomes import RESOLVER_BLIND, blamed, self_test_failure
from core.knowledge.dnsbl import Blacklist, lists_with

if TYPE_CHECKING:
    from core.clients.resolver import Resolver

State = Literal["alive", "refuses_us", "broken", "could_not_ask"]
_REFUSALS = ("refused", "public_resolver", "too_many_queries", "key_refused")
_NO_PROOF = ("silent", "server_failed", "broken_answer", "blocked_locally", "resolver_rewrites", RESOLVER_BLIND)


@dataclass(frozen=True)
class ListState:
    """One list's self-test. `reason` is a word of `dnsbl.unasked.*`, empty for a list that lives."""

    zone: str
    name: str
    tier: str
    important: bool
    state: State
    reason: str
    checked: date  # when its data were last compared with its operator's word
    asked: tuple[Asked, ...]


async def blacklist_states(resolver: Resolver, keys: Mapping[str, str] | None = None) -> tuple[ListState, ...]:
    """The state of every list, those that matter first; takes a few seconds at most.

    `keys`: service -> key for the lists that want one; without a key such a list is not asked. Never raises
    `CheckError`: a resolver that answers nothing makes every list "could_not_ask".
    """
    lists = lists_with(keys or {})
    async with asking(resolver, keys) as way:
        test, zones = await asyncio.gather(
            rewriting_test(way), asyncio.gather(*(ask_list(way, one, (), ()) for one in lists))
        )
    rewrites = bool(test.return_codes)
    reasons = blamed([_failure(one, zone) for one, zone in zip(lists, zones, strict=True)])
    return tuple(
        _state(one, zone.asked, "resolver_rewrites" if rewrites else reason)
        for one, zone, reason in zip(lists, zones, reasons, strict=True)
    )


def verdict_of(states: Sequence[tuple[str, str, bool]]) -> str:
    """The word of `blacklists.verdict` for these (state, reason, important): all well, some not, or the resolver."""
    failed = any(important and state != "alive" for state, _, important in states)
    if failed and all(reason == RESOLVER_BLIND for _, reason, _ in states):
        return "blind"
    return "unknown" if failed else "ok"


def _failure(one: Blacklist, zone: ZoneFacts) -> str:
    """The first reason not to believe the list, over all families it covers."""
    families = one.families if one.kind == "addresses" else (0,)
    return next(filter(None, (self_test_failure(one, zone, family) for family in families)), "")


def _state(one: Blacklist, asked: tuple[Asked, ...], reason: str) -> ListState:
    state: State = "alive"
    if reason:
        state = "refuses_us" if reason in _REFUSALS else "could_not_ask" if reason in _NO_PROOF else "broken"
    return ListState(one.zone, one.name, one.tier, one.important, state, reason, one.checked, asked)
