"""`smtpctl show queue` (smtpctl(8)): one envelope a line, fields split by a bar; times are seconds since 1970.

Fields: id, origin, kind, flags, sender, recipient, destination, created, next try, last try, tries, state, -, reason.
An id is eight hex digits of the message and eight of the envelope: messages are counted, as the scheduler does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from core.checks.mail_queue.facts import State
from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.moments import from_epoch
from core.checks.mail_queue.tally import Message, Tally

_SIGNATURE = re.compile(r"^[0-9a-f]{16}\|[^|]*\|(?:mta|mda|bounce)\|(?:[^|]*\|){8}")
_CREATED = re.compile(r"\d{1,12}")


def read(lines: Iterable[str], tally: Tally) -> None:
    """Envelopes of a message mostly follow on one another; what comes back later adds recipients only."""
    seen: set[str] = set()
    for message_id, envelopes in groupby(lines, key=_message_id):
        if not message_id:
            for line in envelopes:
                tally.odd(line)
            continue
        message = _message([line.split("|", 13) for line in envelopes], tally)
        if message_id in seen:
            tally.add_recipients(message.recipients)
        else:
            seen.add(message_id)
            tally.add(message)


def _message_id(line: str) -> str:
    return line[:8] if _SIGNATURE.match(line) else ""


def _message(rows: list[list[str]], tally: Tally) -> Message:
    if any(row[11] == "offline" for row in rows):  # read from the disk: the scheduler did not answer
        tally.refused = tally.refused or "daemon_down"
    first = rows[0]
    return Message(
        state=_state(rows),
        arrived_at=from_epoch(int(first[7])) if _CREATED.fullmatch(first[7]) else None,
        sender="" if first[4] == "@" else first[4],
        recipients=[row[6] or row[5] for row in rows],
        reasons=[row[13] for row in rows if len(row) > 13 and row[13]],
    )


def _state(rows: list[list[str]]) -> State:
    if any(row[11] == "inflight" for row in rows):
        return "active"
    if all("suspend" in row[3] for row in rows):
        return "hold"
    return "deferred" if any(row[10] != "0" for row in rows) else "incoming"


FORMAT = Format("opensmtpd", _SIGNATURE, read)
