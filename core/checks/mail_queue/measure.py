"""Gets the listing: what the person pasted, else the one reading of the server over ssh."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from core.checks.mail_queue.facts import QueueFacts
from core.checks.mail_queue.reader import read_lines, read_queue
from core.errors import CheckError, UsageError
from core.model import Context, Target

if TYPE_CHECKING:
    from core.clients import Clients
    from core.clients.ssh import Section, ServerReading

# Section of the reading -> the mail program and the words of its command.
_QUEUES: dict[str, tuple[str | None, str]] = {
    "postfix_queue": ("postfix", "postqueue"),
    "exim_queue": ("exim", "exim -bp"),
    "sendmail_queue": ("sendmail", "mailq"),
    "opensmtpd_queue": ("opensmtpd", "smtpctl show queue"),
    "qmail_queue": ("qmail", "qmail-qstat; qmail-qread"),
    "courier_queue": ("courier", "mailq"),
    "other_queue": (None, "mailq"),
}
# The program that holds port 25 open, as ss and netstat name it.
_LISTENERS = {
    "postfix": ("master",),
    "exim": ("exim", "exim4"),
    "sendmail": ("sendmail", "sendmail-mta"),
    "opensmtpd": ("smtpd",),
    "qmail": ("qmail-smtpd", "tcpserver"),
    "courier": ("couriertcpd",),
}
_ON_PORT_25 = re.compile(r"[:.]25\s")
_PROGRAM = re.compile(r'\(\("([^"]{1,64})"|\d/([^\s:]{1,64})')
_CUT_BY_TIMEOUT = (124, 137, 143)  # timeout(1): ended, killed


async def measure(context: Context, clients: Clients) -> QueueFacts:
    """The facts of the pasted listing, else of the server's queue.

    Raises UsageError for a paste that is no listing, the ssh door's errors, and CheckError
    "mail_queue.unreadable" when the server's tool answered something else.
    """
    target = context.target
    if target.queue is not None:
        facts = read_queue(target.queue.text, datetime.now().astimezone())
        return replace(facts, own_domains=_own_domains(target), command=target.queue.name)
    if clients.ssh is None:
        raise UsageError("mail_queue.no_text")
    facts = from_reading(await clients.ssh.reading())
    return replace(facts, own_domains=_own_domains(target))


def from_reading(reading: ServerReading) -> QueueFacts:
    """The queue of the program that takes mail; where that cannot be told, the longest queue of all.

    Raises CheckError "mail_queue.unreadable".
    """
    read_at = server_clock(reading)
    found = {
        name: _facts(name, section, read_at, reading) for name, section in reading.sections.items() if name in _QUEUES
    }
    if not found:
        return QueueFacts(None, read_at, refused="not_found", complete=False, command="postqueue; mailq; exim; smtpctl")
    serving = _serving(reading)
    ranked = sorted(found.values(), key=lambda facts: (facts.mta in serving, facts.total or 0), reverse=True)
    return ranked[0]


def server_clock(reading: ServerReading) -> datetime:
    """The moment of the reading in the server's own time zone (and by its own clock), as far as it said so."""
    said = dict(line.split("=", 1) for line in reading.lines("system") if line.startswith(("epoch=", "zone=")))
    offset = re.match(r"([+-])(\d\d)([0-5]\d)\b", said.get("zone", ""))
    read_at = reading.read_at
    if (epoch := said.get("epoch", "")).isascii() and epoch.isdecimal() and len(epoch) <= 11:
        read_at = datetime.fromtimestamp(int(epoch), read_at.tzinfo or timezone.utc)  # noqa: UP017
    if offset and int(offset[2]) < 24:
        minutes = int(offset[2]) * 60 + int(offset[3])
        read_at = read_at.astimezone(timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes)))
    return read_at


def _facts(name: str, section: Section, read_at: datetime, reading: ServerReading) -> QueueFacts:
    mta, command = _QUEUES[name]
    if section.exit_status not in (0, None) and not any(line.strip() for line in section.lines):
        return _silent(section, mta, command, read_at)
    try:
        facts = read_lines(section.lines, read_at, mta or _small_mta(reading))
    except UsageError as error:
        answer = " ".join(line.strip() for line in section.lines[:3])[:300]
        raise CheckError("mail_queue.unreadable", command=command, answer=answer) from error
    if mta == "postfix":
        command += " -j" if facts.excerpt.lstrip().startswith("{") else " -p"
    cut = not section.complete or section.exit_status in _CUT_BY_TIMEOUT
    facts = replace(facts, command=command, complete=facts.complete and not cut)
    if name == "courier_queue" and facts.total == 0 and not _is_root(reading):
        # Courier shows everyone else only their own mail, and says "0 messages" with exit status 0.
        return replace(facts, total=None, refused="permission_denied", complete=False)
    return facts


def _silent(section: Section, mta: str | None, command: str, read_at: datetime) -> QueueFacts:
    if section.exit_status == 127:
        return QueueFacts(mta, read_at, refused="not_found", complete=False, command=command)
    raise CheckError("mail_queue.unreadable", command=command, answer=f"exit {section.exit_status}")


def _serving(reading: ServerReading) -> set[str]:
    """The mail programs that hold port 25 open; without root's rights the server may not say."""
    programs = {
        name
        for line in reading.lines("listeners")
        if _ON_PORT_25.search(line)
        for found in _PROGRAM.finditer(line)
        for name in found.groups()
        if name
    }
    return {mta for mta, names in _LISTENERS.items() if programs & set(names)}


def _small_mta(reading: ServerReading) -> str:
    text = " ".join(reading.lines("mta"))
    return "nullmailer" if "nullmailer" in text else "dma"


def _is_root(reading: ServerReading) -> bool:
    return any(re.match(r"uid=0\b", line) for line in reading.lines("who"))


def _own_domains(target: Target) -> tuple[str, ...]:
    names = (target.domain, *target.also_domain)
    return tuple(name.lower().rstrip(".") for name in names if name)
