"""The configuration as read, for the copy in the notebook and for the settings other parts ask about. Pure.

Names are the same from run to run: "main.cf: relayhost". The lines of a file without names are called by their first
words, as their number changes with every line above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.clients.remote_script import masked
from core.clients.ssh import ServerReading

MOST_SETTINGS, LONGEST = 2000, 1000


def postfix(reading: ServerReading) -> dict[str, str]:
    """Postfix's settings by name: those that were changed, and those whose value matters even unchanged."""
    lines = (*reading.lines("postfix_effective"), *reading.lines("postfix_settings"))
    return {name.strip(): value.strip() for name, mark, value in (line.partition("=") for line in lines) if mark}


def copied(reading: ServerReading) -> tuple[tuple[str, str], ...]:
    """Every setting worth a copy, each name once; secrets are blotted out here once more."""
    found: dict[str, str] = {}
    for name, value in (*_named(reading), *_files(reading)):
        key = name if name not in found else f"{name} ({sum(1 for each in found if each.startswith(name)) + 1})"
        found[key[:200]] = _without_secrets(value)[:LONGEST]
        if len(found) >= MOST_SETTINGS:
            break
    return tuple(found.items())


def _without_secrets(value: str) -> str:
    """Beside what is blotted out everywhere: passwords of Sendmail's access table, values of OpenSMTPD's tables."""
    value = re.sub(r'"([PI])[:=][^"]*"', r'"\1:***"', masked(value))
    return re.sub(r'=\s*"[^"]*"', '= "***"', value)


def _named(reading: ServerReading) -> Iterator[tuple[str, str]]:
    for line in _whole(reading, "postfix_settings"):
        name, mark, value = line.partition("=")
        if mark and re.fullmatch(r"[\w.-]{1,100}", name.strip()):
            yield f"main.cf: {name.strip()}", value.strip()
    for line in _whole(reading, "postfix_services"):
        words = line.split()
        if len(words) >= 8:
            yield f"master.cf: {words[0]}/{words[1]}", " ".join(words[2:])
    for section in ("exim_settings", "exim_options"):
        for line in _whole(reading, section):
            name, mark, value = line.partition("=")
            if mark and not line.lstrip().startswith("#") and re.fullmatch(r"[\w.+ -]{1,100}", name.strip()):
                yield f"exim: {name.strip()}", value.strip()


def _whole(reading: ServerReading, name: str) -> tuple[str, ...]:
    """The lines of a section that was not cut: what is missing from a cut one would look removed."""
    section = reading.sections.get(name)
    return section.lines if section is not None and section.complete else ()


def _files(reading: ServerReading) -> Iterator[tuple[str, str]]:
    path = "smtpd.conf"
    for line in (*_whole(reading, "opensmtpd_relay"), *_whole(reading, "sendmail_files")):
        if line.startswith("== /"):
            path = line[3:].rpartition("/")[2]
        elif line.strip() and not line.lstrip().startswith(("#", "dnl")):
            shown = _without_secrets(line.strip())
            head = re.split(r"[\s(]", shown, maxsplit=2)
            yield f"{path}: {' '.join(head[:2])[:80]}", shown
    for line in _whole(reading, "resolver"):
        if re.match(r"(?:nameserver|search|domain|options)\b", line):
            yield f"resolv.conf: {line.split()[0]}", " ".join(line.split()[1:])
