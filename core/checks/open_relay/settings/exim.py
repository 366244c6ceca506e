"""Exim: its own rehearsal (`exim -bh`, the rules asked as for a stranger's connection, nothing sent or kept).

The section prints the answers to MAIL and RCPT for a stranger's sender, the empty one, our own, and the percent form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.checks.open_relay.settings.verdict import Verdict, is_everyone, is_network, too_wide

_PLAIN = 3  # recipients elsewhere; the fourth is the percent form in our own domain
_REPLY = re.compile(r"(\d{3}) (.*)")
_TRUSTED = re.compile(r"(?:hostlist\s+)?relay_from_hosts\s*=\s*(.*)")


def verdict(lines: Sequence[str]) -> Verdict:
    """A yes to a recipient elsewhere is open; a relay refusal to each is closed."""
    networks = _networks(lines)
    wide = too_wide(networks)
    replies = [(int(found[1]), found[2]) for line in lines if (found := _REPLY.fullmatch(line.strip("\r \x00")))]
    answers = [(code, text) for code, text in replies if _about_recipient(code, text)]
    taken = [f"exim -bh: {code} {text}" for code, text in answers[:_PLAIN] if code == 250]
    everyone = [f"relay_from_hosts = {network}" for network in networks if is_everyone(network)]
    if taken:
        return Verdict("open", tuple(everyone or taken[:1]), wide)
    refused = [text for code, text in answers[:_PLAIN] if code >= 500 and "relay" in text.lower()]
    if len(refused) < _PLAIN or len(answers) <= _PLAIN:
        return Verdict("unclear", (), wide)
    # A yes to x%elsewhere@ours is a hole, or a server that takes every name of its own.
    code, text = answers[_PLAIN]
    return Verdict("closed" if code >= 500 else "unclear", () if code >= 500 else (f"%: {code} {text}",), wide)


def _about_recipient(code: int, text: str) -> bool:
    """Exim says "OK" to MAIL and "Accepted" to RCPT."""
    return (code == 250 and text == "Accepted") or code >= 400


def _networks(lines: Sequence[str]) -> list[str]:
    found = next((match[1] for line in lines if (match := _TRUSTED.match(line.strip()))), "")
    listed = found[2:].split(";") if found.startswith("<;") else re.split(r"\s:\s|;", found)
    return [word.strip() for word in listed if is_network(word.strip())]
