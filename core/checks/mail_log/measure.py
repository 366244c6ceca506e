"""Gets the log: what the person pasted or chose, else the newest part of the server's, over ssh."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from core.checks.mail_log.facts import LogFacts
from core.checks.mail_log.reader import read_lines, read_text
from core.errors import UsageError
from core.model import Context

if TYPE_CHECKING:
    from core.clients import Clients
    from core.clients.ssh import ServerReading

_PATH = re.compile(r"^unreadable (/[\w./-]{1,200})$")


async def measure(context: Context, clients: Clients) -> LogFacts:
    """The facts of the given log, else of the server's.

    Raises UsageError for a text that is no mail log, and the ssh door's errors.
    """
    import asyncio  # half of what reading a file has to load

    target = context.target
    if target.log is not None:
        # A long log takes a second or two: read beside the window, not in its way.
        now = datetime.now().astimezone()
        facts = await asyncio.to_thread(read_text, target.log.text, now, target.log.name, not target.log.cut)
    elif clients.ssh is not None:
        facts = await asyncio.to_thread(from_reading, await clients.ssh.reading())
    else:
        raise UsageError("mail_log.no_text")
    own = [name.lower().rstrip(".") for name in (target.domain, *target.also_domain) if name]
    return replace(facts, own_domains=tuple(dict.fromkeys([*own, *facts.own_domains])))


def from_reading(reading: ServerReading) -> LogFacts:
    """The facts of the server's own log; where it may not be read, or there is none, that."""
    now, zone = server_time(reading)
    section = reading.sections.get("log_lines")
    lines = [line for line in section.lines if line.strip()] if section else []
    places = reading.lines("log_files")
    refused = list(dict.fromkeys(found[1] for line in places if (found := _PATH.match(line))))
    lines = [line for line in lines if not line.startswith(("Hint: ", "No journal files", "-- "))]
    if not lines:
        return _nothing(now, refused, "journal" in places)
    cut = section is not None and (not section.complete or section.exit_status not in (0, None))
    source = next((line.split(" ")[1] for line in places if line.startswith("readable ")), "journalctl")
    try:
        return read_lines([lines], now, zone, source, complete=not cut)
    except UsageError:
        return _nothing(now, refused, journal=False)


def server_time(reading: ServerReading) -> tuple[datetime, tzinfo]:
    """The moment of the reading by the server's own clock, and its zone, as far as it said so."""
    said = dict(line.split("=", 1) for line in reading.lines("system") if line.startswith(("epoch=", "zone=")))
    epoch = said.get("epoch", "")
    now = reading.read_at
    if epoch.isascii() and epoch.isdecimal() and len(epoch) <= 11:
        now = datetime.fromtimestamp(int(epoch), UTC)
    offset = re.match(r"([+-])(\d\d)([0-5]\d)\b", said.get("zone", ""))
    zone: tzinfo = UTC
    if offset and int(offset[2]) < 24:
        minutes = int(offset[2]) * 60 + int(offset[3])
        zone = timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    return now.astimezone(zone), zone


def _nothing(now: datetime, refused: list[str], journal: bool) -> LogFacts:
    """No line came: because we may not read them, or because there is no log."""
    if refused or journal:
        source = ", ".join(refused) or "journalctl"
        return LogFacts(None, 0, now, refused="permission_denied", complete=False, source=source)
    return LogFacts(None, 0, now, refused="not_found", complete=False, source="/var/log")
