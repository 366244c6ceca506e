"""Blacklists that others name: the settings of our own Postfix, and refusals we were given. Pure.

Postfix: postconf(5) `reject_rbl_client`, `reject_rhsbl_*`, `postscreen_dnsbl_sites`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.checks.dnsbl.facts import ListUse
from core.knowledge.dnsbl import dead_list_of

_LONGEST = 2_000_000  # characters of a pasted text we look through
_MOST_ZONES = 50
_REFUSING = re.compile(
    r"\b(?:reject_rbl_client|reject_rhsbl_(?:client|helo|reverse_client|sender|recipient)|reject_maps_rbl)\b"
)
_USE = re.compile(rf"(warn_if_reject[,\s]+)?({_REFUSING.pattern})[,\s]+([A-Za-z0-9_.-]+)(=\S+)?")
_SITE = re.compile(r"([A-Za-z0-9_.-]+\.[A-Za-z]+)(=[^*,\s]+)?(?:\*(-?\d+))?")
_NAME = re.compile(r"(?<![@\w.-])(?:[A-Za-z0-9_-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_REFUSAL = re.compile(r"block|list|reject|refus|denied|rbl|dnsbl|\b[45]\d\d\b", re.IGNORECASE)


def lists_in_settings(lines: Iterable[str]) -> tuple[ListUse, ...]:
    """The lists that `postconf` output ("name = value") names, each once a setting."""
    found: dict[ListUse, None] = {}
    for line in lines:
        setting, equals, value = line.partition(" = ")
        if not equals:
            continue
        uses = _sites(setting, value) if setting == "postscreen_dnsbl_sites" else _restrictions(setting, value)
        found.update(dict.fromkeys(uses))
    return tuple(found)[:_MOST_ZONES]


def _restrictions(setting: str, value: str) -> list[ListUse]:
    return [
        ListUse(zone.rstrip(".").lower(), setting, rejects=not warns, any_answer=not answers)
        for warns, _, zone, answers in _USE.findall(value)
    ]


def _sites(setting: str, value: str) -> list[ListUse]:
    """postscreen adds the weights up; a list with a weight below zero is a white list."""
    found = []
    for zone, answers, weight in _SITE.findall(value):
        counts = int(weight) > 0 if weight else True
        found.append(ListUse(zone.rstrip(".").lower(), setting, rejects=counts, any_answer=not answers))
    return found


def dead_zones_named(texts: Iterable[str]) -> tuple[str, ...]:
    """The zones of dead lists in lines that speak of a refusal. A mail address is no zone."""
    found: dict[str, None] = {}
    for text in texts:
        for line in text[:_LONGEST].splitlines():
            if _REFUSAL.search(line):
                found.update(dict.fromkeys(name.lower() for name in _NAME.findall(line) if dead_list_of(name)))
    return tuple(found)[:_MOST_ZONES]
