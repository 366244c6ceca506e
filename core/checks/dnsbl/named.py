"""Blacklists that others name: the settings of our own mail server, and refusals we were given. Pure.

Postfix: postconf(5) `reject_rbl_client`, `reject_rhsbl_*`, `postscreen_dnsbl_sites`. Exim: `dnslists` of its access
rules (specification, chapter 44). Sendmail: FEATURE(dnsbl), FEATURE(enhdnsbl). SpamAssassin and rspamd: own rules.
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
_ZONE = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_SETTINGS = {"dnsbl": "FEATURE(dnsbl)", "ednsbl": "FEATURE(enhdnsbl)"}
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


def lists_in_other_settings(lines: Iterable[str]) -> tuple[ListUse, ...]:
    """The lists in lines "<product> <word> <what it asks>", as `remote_dnslists` prints them, each once a setting."""
    found: dict[ListUse, None] = {}
    verb = ""  # of the rule of Exim that the next lines belong to
    for line in lines:
        product, word, rest = (*line.split(None, 2), "", "", "")[:3]
        if product == "exim" and word == "verb":
            verb = rest.strip()
        elif product == "exim":
            found.update(dict.fromkeys(_exim(verb, rest[:4000])))
        elif product in ("sendmail", "spamassassin", "rspamd") and _ZONE.fullmatch(zone := rest.strip().rstrip(".")):
            rejects, every = product == "sendmail", word == "dnsbl"  # a filter only counts points
            found[ListUse(zone.lower(), _SETTINGS.get(word, "rule"), rejects, any_answer=every, product=product)] = None
    return tuple(found)[:_MOST_ZONES]


def _exim(verb: str, value: str) -> list[ListUse]:
    """ "zone[,zone...][=answers|&mask][/key]", colons between; what has no answers takes any answer for "listed"."""
    found: list[ListUse] = []
    separator = value[1] if re.match(r"<[^\w\s]", value) else ":"
    rejects = verb in ("deny", "drop", "defer", "discard")
    for item in value.removeprefix(f"<{separator}").split(separator):
        zones, *answers = re.split(r"[=&!]+", item.partition("/")[0], maxsplit=1)
        names = [zone.strip().rstrip(".").lower() for zone in zones.split(",")]
        setting = f"{verb} dnslists"
        found += [ListUse(n, setting, rejects, not answers, "exim") for n in names if _ZONE.fullmatch(n)]
    return found


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
