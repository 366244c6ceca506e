"""Postfix: `postconf` of the settings that decide about relaying, and `postconf -M` (postconf(5), postconf(1)).

A stranger's mail is taken when neither restriction list turns it away; the lists are walked as Postfix walks them.
Whatever asks a table or another program before the destination is looked at, leaves it unclear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from core.checks.open_relay.settings.verdict import Verdict, is_everyone, is_network, too_wide

_LISTS = ("smtpd_relay_restrictions", "smtpd_recipient_restrictions")
_TURN_AWAY = frozenset({"reject", "defer", "reject_unauth_destination", "defer_unauth_destination"})
_OVERRIDES = re.compile(r"-o\s*\{?\s*(mynetworks|relay_domains|smtpd_(?:relay|recipient|client)_restrictions)\b")
_CONDITIONAL = re.compile(r"\$\{\{\$compatibility_level\}\s*<[^}]*\{1\}\s*\?\s*\{\}\s*:\s*\{(.*)\}\}$")
Walk = Literal["permits", "turns_away", "asks_a_table", "ends"]


def verdict(lines: Sequence[str]) -> Verdict:
    """What these settings mean for a stranger."""
    settings = {name.strip(): value.strip() for name, _, value in (line.partition(" = ") for line in lines)}
    networks = _words(settings.get("mynetworks", ""))
    wide = too_wide(networks)
    if not any(name in settings for name in _LISTS):
        return Verdict("unclear", (), wide)
    trusted = [network for network in networks if is_everyone(network)]
    walks = {name: _walk(settings.get(name, ""), settings, bool(trusted)) for name in _LISTS}
    if "turns_away" in walks.values():
        return _turned_away(settings, networks, wide, lines)
    unclear = [name for name in _LISTS if walks[name] == "asks_a_table"]
    if unclear:
        return Verdict("unclear", tuple(f"{name} = {settings[name]}" for name in unclear), wide)
    deciding = [f"mynetworks = {' '.join(trusted)}"] if trusted else [f"{n} = {settings.get(n, '')}" for n in _LISTS]
    return Verdict("open", tuple(deciding), wide)


def _turned_away(
    settings: Mapping[str, str], networks: Sequence[str], wide: tuple[str, ...], lines: Sequence[str]
) -> Verdict:
    """Refused, unless it is not known who is trusted, or what counts as a destination of ours."""
    domains = _words(settings.get("relay_domains", ""))
    if any(domain in ("*", "static:all") or domain.startswith("static:") for domain in domains):
        return Verdict("open", (f"relay_domains = {settings['relay_domains']}",), wide)
    if _trust(settings) == "believed":
        return Verdict("open", ("allow_untrusted_routing = yes", f"relay_domains = {settings['relay_domains']}"), wide)
    doubts = [f"mynetworks: {word}" for word in networks if not is_network(word)]
    doubts += [line.strip() for line in lines if _smtp_service(line) and _OVERRIDES.search(line)]
    return Verdict("unclear" if doubts else "closed", tuple(doubts), wide)


def _trust(settings: Mapping[str, str]) -> Literal["believed", "not"]:
    """allow_untrusted_routing hands x%far@relayed on to the relayed domain's server, which may trust us."""
    routed = settings.get("allow_untrusted_routing") == "yes" and _words(settings.get("relay_domains", ""))
    own = ("$mydestination", "${{$compatibility_level}")
    return "believed" if routed and not any(word.startswith(own) for word in routed) else "not"


def _smtp_service(line: str) -> bool:
    words = line.split()
    return len(words) > 7 and words[0] in ("smtp", "25") and words[1] == "inet"


def _walk(value: str, settings: Mapping[str, str], everyone: bool) -> Walk:
    """What a restriction list does with a stranger's mail to a stranger."""
    words = _words(_resolved(value, settings))
    for word in words:
        if word in _TURN_AWAY:
            return "turns_away"
        if word == "permit" or (word == "permit_mynetworks" and everyone):
            return "permits"
        if word.startswith(("check_", "$")) or "{" in word:
            return "asks_a_table"
    return "ends"


def _resolved(value: str, settings: Mapping[str, str]) -> str:
    """The default of smtpd_relay_restrictions depends on the compatibility level; nothing else is resolved."""
    if (found := _CONDITIONAL.match(value)) is None:
        return value
    level = settings.get("compatibility_level", "0").split(".")[0]
    return found[1] if level.isdigit() and int(level) >= 1 else ""


def _words(value: str) -> list[str]:
    return [word for word in re.split(r"[,\s]+", value) if word]
