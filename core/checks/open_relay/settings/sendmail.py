"""Sendmail: the features its running sendmail.cf was made with, and the access map (cf/README of sendmail).

Each FEATURE leaves the name of its file in sendmail.cf. Lines are "feature <name>", "access <line>",
"unreadable <file>" and "relay-domain <name>", as the remote script prints them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.checks.open_relay.settings.verdict import Verdict, too_wide

# Features by which a stranger's mail is passed on: for everyone, or for whoever forges a sender.
_OPENING = frozenset({"promiscuous_relay", "relay_local_from", "relay_mail_from"})
_DOTTED = re.compile(r"(?:Connect:)?(\d{1,3}(?:\.\d{1,3}){0,3})\s+RELAY\b")


def verdict(lines: Sequence[str]) -> Verdict:
    """What these features mean for a stranger."""
    told = [line.strip().partition(" ")[::2] for line in lines]
    features = list(dict.fromkeys(rest for word, rest in told if word == "feature"))
    relayed = [rest for word, rest in told if word == "relay-domain"]
    access = [rest for word, rest in told if word == "access"]
    unread = [rest for word, rest in told if word == "unreadable"]
    wide = too_wide(network for line in access if (network := _network(line)))
    opening = [name for name in features if name in _OPENING and (name != "relay_mail_from" or _from_rule(access))]
    if "loose_relay_check" in features and relayed:
        opening.append("loose_relay_check")
    if opening:
        return Verdict("open", tuple(f"FEATURE({name})" for name in opening), wide)
    doubts = [f"FEATURE({name})" for name in features if name in _OPENING]
    if not any(rest == "sendmail.cf" for word, rest in told if word == "read"):
        doubts.append("sendmail.cf")
    if "access_db" in features and unread:
        doubts += unread
    return Verdict("unclear" if doubts else "closed", tuple(doubts), wide)


def _from_rule(access: Sequence[str]) -> bool:
    """relay_mail_from opens for the senders that the access map names."""
    return any(re.match(r"From:\S+\s+RELAY\b", line) for line in access)


def _network(line: str) -> str | None:
    """An access line names a network by its first octets: "Connect:192.0 RELAY"."""
    if (found := _DOTTED.match(line)) is None:
        return None
    octets = found[1].split(".")
    return f"{'.'.join((octets + ['0'] * 3)[:4])}/{8 * len(octets)}"
