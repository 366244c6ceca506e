"""Gets the listing: what the person pasted, else the one reading of the server over ssh."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from core.checks.mail_queue import containers
from core.checks.mail_queue.facts import QueueFacts
from core.checks.mail_queue.reader import read_lines, read_queue
from core.checks.mail_queue.serving import is_running, serving
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
# `postqueue -p`, for Postfix before 3.1; -j prints nothing but objects and notices.
_FOR_PEOPLE = re.compile(r"^(?:-+Queue ID-|Mail queue is empty)", re.MULTILINE)
_CUT_BY_TIMEOUT = (124, 137, 143)  # timeout(1): ended, killed


async def measure(context: Context, clients: Clients) -> QueueFacts:
    """The facts of the pasted listing, else of the server's queue.

    Raises UsageError for a paste that is no listing, the ssh door's errors, and CheckError
    "mail_queue.unreadable" when the server's tool answered something else.
    """
    target = context.target
    if target.queue is not None:
        # On a thread: the window goes on drawing while a hundred thousand messages are read.
        facts = await asyncio.to_thread(read_queue, target.queue.text, datetime.now().astimezone())
        complete = facts.complete and not target.queue.cut
        return replace(facts, own_domains=_own_domains(target), command=target.queue.name, complete=complete)
    if clients.ssh is None:
        raise UsageError("mail_queue.no_text")
    facts = await asyncio.to_thread(from_reading, await clients.ssh.reading())
    return replace(facts, own_domains=_own_domains(target))


def from_reading(reading: ServerReading) -> QueueFacts:
    """The queue of the program that takes mail; where that cannot be told, the longest queue of all.

    Raises CheckError "mail_queue.unreadable".
    """
    read_at = server_clock(reading)
    if containers.at_work(reading):
        return _in_container(reading, read_at)
    at_work = serving(reading)
    sections = [section for name, section in reading.sections.items() if name in _QUEUES]
    chosen = [section for section in sections if _QUEUES[section.name][0] in at_work] or sections
    if not chosen:
        return QueueFacts(None, read_at, refused="not_found", complete=False, command="postqueue; mailq; exim; smtpctl")
    found, errors = list[QueueFacts](), list[CheckError]()
    for section in chosen:
        try:
            found.append(_facts(section, read_at, reading))
        except CheckError as error:
            errors.append(error)
    if not found:
        raise errors[0]
    return max(found, key=lambda facts: facts.total or 0)


def _in_container(reading: ServerReading, read_at: datetime) -> QueueFacts:
    none = containers.stopped_or_hidden(reading, read_at)
    section = reading.sections[containers.SECTION]
    return none or containers.as_container(_listed(section, "postfix", containers.COMMAND, read_at))


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


def _facts(section: Section, read_at: datetime, reading: ServerReading) -> QueueFacts:
    mta, command = _QUEUES[section.name]
    facts = _listed(section, mta or _small_mta(reading), command, read_at)
    if mta == "postfix":
        facts = replace(facts, command=command + (" -p" if _FOR_PEOPLE.search(facts.excerpt) else " -j"))
    if section.name == "courier_queue":
        # Courier shows everyone but root only their own mail, with exit status 0. Here we know who asked.
        facts = replace(facts, shows="all" if _is_root(reading) else "own")
    return replace(facts, running=is_running(reading, mta) if mta else None)


def _listed(section: Section, mta: str, command: str, read_at: datetime) -> QueueFacts:
    if section.exit_status not in (0, None) and not any(line.strip() for line in section.lines):
        return _silent(section, mta, command, read_at)
    try:
        facts = read_lines(section.lines, read_at, mta)
    except UsageError as error:
        answer = " ".join(line.strip() for line in section.lines[:3])[:300]
        raise CheckError("mail_queue.unreadable", command=command, answer=answer) from error
    cut = not section.complete or section.exit_status in _CUT_BY_TIMEOUT
    return replace(facts, command=command, complete=facts.complete and not cut)


def _silent(section: Section, mta: str, command: str, read_at: datetime) -> QueueFacts:
    if section.exit_status == 127:
        return QueueFacts(mta, read_at, refused="not_found", complete=False, command=command)
    raise CheckError("mail_queue.unreadable", command=command, answer=f"exit {section.exit_status}")


def _small_mta(reading: ServerReading) -> str:
    text = " ".join(reading.lines("mta"))
    return "nullmailer" if "nullmailer" in text else "dma"


def _is_root(reading: ServerReading) -> bool:
    return any(re.match(r"uid=0\b", line) for line in reading.lines("who"))


def _own_domains(target: Target) -> tuple[str, ...]:
    names = (target.domain, *target.also_domain)
    return tuple(name.lower().rstrip(".") for name in names if name)
