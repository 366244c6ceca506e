"""Reads what the server told about names, the way out, the lists it asks, and who turns our computer away. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from core.checks.server_health.facts import Bans, Outbound, OwnList, Reached, Resolving
from core.clients.ssh import Section, ServerReading

MOST_RULES = 10
_TIMED_OUT = (124, 137, 143)  # timeout(1): ended, killed
# What bash and nc say when a connection fails. A firewall on the way says "refused" or "no route" in the other's name.
_SAYINGS: tuple[tuple[str, Reached], ...] = (
    ("Connection refused", "refused"), ("No route to host", "refused"), ("Connection timed out", "silent"),
    ("timed out", "silent"), ("Network is unreachable", "unreachable"),
)  # fmt: skip
# getent(1): found, not found. Anything else is a tool that is missing or broken, and says nothing about names.
_GETENT_ANSWERS = ("0", "2")
_TURNS_AWAY = re.compile(r"\b(?:drop|reject|DROP|REJECT|f2b-\S+)")


def resolving(reading: ServerReading) -> Resolving | None:
    """The look-ups; None when getent(1) is missing or broken, or nothing was asked."""
    section = reading.sections.get("resolver")
    if section is None:
        return None
    servers = [line.split()[1] for line in section.lines if re.match(r"nameserver\s+\S", line)]
    moments = [int(line[3:]) for line in section.lines if re.fullmatch(r"at=\d{1,11}", line)]
    asked = [found for line in section.lines if (found := re.fullmatch(r"asked ([\w.-]{1,100}) (\d{1,3})", line))]
    if any(found[2] not in _GETENT_ANSWERS for found in asked):
        return None
    answered = tuple(found[1] for found in asked if found[2] == "0")
    failed = tuple(found[1] for found in asked if found[2] != "0")
    if section.exit_status in _TIMED_OUT and len(moments) > len(asked):
        failed = (*failed, "?")  # the look-up that was cut off
    if not answered and not failed:
        return None
    seconds = tuple(max(0, after - before) for before, after in pairwise(moments))
    return Resolving(tuple(servers[:6]), answered, failed, seconds)


def outbound(reading: ServerReading) -> Outbound | None:
    """The one connection to another server's port 25; None when it was not tried."""
    section = reading.sections.get("outbound")
    first = section.lines[0].split() if section and section.lines else []
    if section is None or len(first) < 2 or first[0] != "to":
        return None
    said = " ".join(section.lines[1:3])[:200]
    if len(first) < 3 or section.exit_status == 3:
        return Outbound(first[1], None, "unknown", said)
    return Outbound(first[1], first[2], _reached(section, said), said)


def _reached(section: Section, said: str) -> Reached:
    if section.exit_status == 0:
        return "open"
    if section.exit_status in _TIMED_OUT:
        return "silent"
    return next((reached for saying, reached in _SAYINGS if saying in said), "unknown")


def own_lists(reading: ServerReading) -> tuple[OwnList, ...] | None:
    """The blacklists of Postfix's settings and their answers about 127.0.0.1."""
    section = reading.sections.get("own_lists")
    if section is None or section.exit_status not in (0, *_TIMED_OUT):
        return None
    found: list[OwnList] = []
    for line in section.lines[:200]:
        if line.startswith("zone "):
            zone, _, wanted = line[5:300].partition("=")
            found.append(OwnList(zone.strip(), wanted.strip() or None, ()))
        elif found and (answer := re.match(r"(\d{1,3}(?:\.\d{1,3}){3})\s", line)):
            last = found[-1]
            found[-1] = OwnList(last.zone, last.wanted, tuple(dict.fromkeys((*last.answers, answer[1]))))
    return tuple(found)


def bans(reading: ServerReading, address: str | None) -> Bans | None:
    """Where `address` (ours, as the server sees it) is turned away; None when we do not know it."""
    try:
        ours = str(ipaddress.ip_address(address or ""))
    except ValueError:
        return None
    guard, wall, deny = (reading.sections.get(name) for name in ("bans", "firewall", "hosts_deny"))
    readable = wall if wall and not any(_forbidden(line) for line in wall.lines[:20]) else None
    return Bans(
        ours,
        _jails(guard, ours),
        tuple(_rules(readable.lines, ours))[:MOST_RULES] if readable else None,
        tuple(line.strip()[:200] for line in deny.lines if _names(line, ours))[:MOST_RULES] if deny else None,
    )


def _jails(section: Section | None, ours: str) -> tuple[str, ...] | None:
    """The jails of fail2ban that hold us; None when it did not tell (only root may ask), () when there is none."""
    if section is None or any(_forbidden(line) or "Is fail2ban running" in line for line in section.lines[:20]):
        return None
    found, jail = dict[str, None](), ""
    for line in section.lines:
        if name := re.search(r"Status for the jail: (\S{1,60})", line):
            jail = name[1]
        elif "Banned IP list:" in line and ours in line.split():
            found[jail] = None
        for name, held in re.findall(r"'([^']{1,60})': [\[(]([^\])]*)[\])]", line):  # [{'sshd': ['192.0.2.1']}]
            if ours in re.findall(r"'([^']+)'", held):
                found[name] = None
    return tuple(found)


def _forbidden(line: str) -> bool:
    return bool(re.search(r"[Pp]ermission denied|Operation not permitted|must be root|not found", line))


def _rules(lines: Iterable[str], ours: str) -> Iterator[str]:
    """Rules that name our address and turn it away; a set that holds us counts when its name or rule drops."""
    for line in lines:
        if _names(line, ours) and _TURNS_AWAY.search(line):
            yield line.strip()[:200]


def _names(line: str, ours: str) -> bool:
    return not line.lstrip().startswith("#") and bool(
        re.search(rf"(?<![\w.:]){re.escape(ours)}(?:/(?:32|128))?(?![\w.:/])", line)
    )
