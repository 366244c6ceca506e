"""Reads what the machine tells about itself: room, clock, load, system, programs' versions, panels. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from core.checks.server_health.facts import Load, Panel, Program, Role, Space, System
from core.clients.server_clock import time_in_reading
from core.clients.ssh import ServerReading
from core.knowledge.distributions import system_of

MOST_CONTAINERS = 100
_PLACES: tuple[tuple[str, Role], ...] = (
    ("/var/spool/postfix", "spool"), ("/var/spool/mqueue", "spool"), ("/var/spool/exim4", "spool"),
    ("/var/spool/exim", "spool"), ("/var/spool/smtpd", "spool"), ("/var/qmail/queue", "spool"), ("/var/spool", "spool"),
    ("/var/mail", "mail"), ("/var/vmail", "mail"), ("/home", "mail"), ("/var/log", "log"),
)  # fmt: skip
_VERSIONS = (
    ("postfix_version", "postfix", re.compile(r"^mail_version\s*=\s*(\d+\.\d+(?:\.\d+)?)")),
    ("exim_version", "exim", re.compile(r"^Exim version (4\.\d+(?:[._]\d+)*)")),
    ("sendmail_version", "sendmail", re.compile(r"^Version (8\.\d+(?:\.\d+)*)")),
    ("opensmtpd_version", "opensmtpd", re.compile(r"OpenSMTPD (\d+\.\d+(?:\.\d+)?)")),
)
_OF_MAIL = re.compile(r"mailcow|mailu|postfix|dovecot|rspamd|mailserver|clamd|amavis")
_PANEL_NAMES = {
    "/usr/local/psa/version": "Plesk", "/usr/local/cpanel/version": "cPanel", "/etc/iredmail-release": "iRedMail",
    "/opt/zimbra": "Zimbra", "/opt/mailcow-dockerized": "mailcow",
}  # fmt: skip


def space(reading: ServerReading, settings: dict[str, str]) -> tuple[Space, ...] | None:
    """The file systems mail needs; None when df told nothing. `settings` may name the queue's own folder."""
    section = reading.sections.get("disk")
    tables = _tables(section.lines) if section else []
    if not tables:
        return None
    roles: dict[str, list[Role]] = {}
    for path, role in ((settings.get("queue_directory", "/var/spool"), "spool"), *_PLACES):
        mount = _mount_of(path, tables[0])
        if mount is not None and role not in roles.setdefault(mount, []):
            roles[mount].append(role)
    inodes = tables[1] if len(tables) > 1 else {}
    return tuple(_space(mount, tuple(of), tables[0][mount], inodes.get(mount)) for mount, of in roles.items())


def _tables(lines: tuple[str, ...]) -> list[dict[str, tuple[int | None, int | None]]]:
    """For each table of df: mount -> total and available, in kilobytes or inodes."""
    found: list[dict[str, tuple[int | None, int | None]]] = []
    for line in lines[:2000]:
        if line.startswith("Filesystem"):
            found.append({})
        elif found and (row := _row(line[:1000].split())):
            found[-1][row[0]] = row[1:]
    return [table for table in found if table]


def _row(words: list[str]) -> tuple[str, int | None, int | None] | None:
    """Mount, total and available of "/dev/sda1 1000 200 800 20% /srv"; names on either side may hold blanks."""
    places = [n for n, word in enumerate(words) if re.fullmatch(r"\d{1,4}%|-", word) and n >= 4]
    place = next((n for n in places if n + 1 < len(words) and words[n + 1].startswith("/")), None)
    if place is None:
        return None
    return " ".join(words[place + 1 :]), _number(words[place - 3]), _number(words[place - 1])


def _space(
    mount: str,
    roles: tuple[Role, ...],
    size: tuple[int | None, int | None],
    inodes: tuple[int | None, int | None] | None,
) -> Space:
    total, free = (None if each is None else each * 1024 for each in size)
    # Some file systems have no fixed number of inodes and say 0.
    return Space(mount, roles, total, free, *(inodes if inodes and inodes[0] else (None, None)))


def _mount_of(path: str, table: dict[str, tuple[int | None, int | None]]) -> str | None:
    fitting = [mount for mount in table if path == mount or path.startswith(mount.rstrip("/") + "/")]
    return max(fitting, key=len, default=None)


def _number(word: str) -> int | None:
    return max(0, int(word)) if re.fullmatch(r"-?\d{1,18}", word) else None


def clock(reading: ServerReading) -> datetime | None:
    """The server's own clock at the beginning of the reading, in UTC."""
    return time_in_reading(reading.lines("system"))


def load(reading: ServerReading) -> Load | None:
    """Load, processors and memory of Linux; None elsewhere."""
    lines = reading.lines("load")
    if len(lines) < 2 or not (first := re.match(r"[\d.]+ [\d.]+ (\d{1,6}\.\d{1,4}) ", lines[0])):
        return None
    found = {row[1]: int(row[2]) * 1024 for line in lines if (row := re.match(r"(\w+):\s+(\d{1,15}) kB", line))}
    processors = int(lines[1]) if re.fullmatch(r"\d{1,5}", lines[1]) else 1
    names = ("MemTotal", "MemAvailable", "SwapTotal", "SwapFree")
    return Load(float(first[1]), max(1, processors), *(found.get(name) for name in names))


def system(reading: ServerReading) -> System | None:
    """The release the server runs, if our data knows it."""
    found = system_of(reading.lines("system"))
    return System(found.id, found.name, found.until, found.paid_until) if found else None


def programs(reading: ServerReading) -> tuple[Program, ...]:
    """The mail programs that told their version."""
    found = []
    for section, product, pattern in _VERSIONS:
        lines = reading.lines(section)[:200]
        match = next(filter(None, (pattern.search(line[:500]) for line in lines)), None)
        if match:
            found.append(Program(product, match[1]))
    return tuple(found)


def panels(reading: ServerReading) -> tuple[Panel, ...]:
    """Products that write the mail server's settings themselves."""
    marked = [line.removeprefix("marker ") for line in reading.lines("mta") if line.startswith("marker ")]
    versions = dict(_panel_versions(reading.lines("panel")))
    return tuple(Panel(name, versions.get(path, "")) for path, name in _PANEL_NAMES.items() if path in marked)


def _panel_versions(lines: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    path = ""
    for line in lines[:50]:
        if line.startswith("panel "):
            path = line.removeprefix("panel ")
        elif found := re.search(r"zimbra-core\D{0,3}(\d+(?:\.\d+)+)", line):
            yield "/opt/zimbra", found[1]
        elif path and (found := re.search(r"\d+(?:\.\d+)+", line)):
            yield path, found[0]
            path = ""


def containers_down(reading: ServerReading) -> tuple[str, ...] | None:
    """Containers of a mail product that have stopped or fall over again and again; None without Docker."""
    section = reading.sections.get("container_states")
    if section is None or section.exit_status != 0:
        return None
    rows = [line.split("|") for line in section.lines[:MOST_CONTAINERS]]
    return tuple(row[0] for row in rows if len(row) == 3 and _OF_MAIL.search(row[0]) and _fallen(row[1], row[2]))


def _fallen(state: str, status: str) -> bool:
    """A container that did its one task and ended well is no fallen one."""
    ended_well = state == "exited" and status.startswith("Exited (0)")
    return (state in ("exited", "restarting", "dead") and not ended_well) or "unhealthy" in status
