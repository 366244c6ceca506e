"""Exim's `exim -bp`, -bpu, -bpr, `mailq` and exiqgrep (Exim specification, 5 and 53).

Ages are rounded (3m, 25h, 4d), but a message id begins with the time of arrival in base 62.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from core.checks.mail_queue.facts import State
from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.moments import ago, from_epoch, size
from core.checks.mail_queue.tally import Message, Tally

_ROW = (
    r"(\d{1,6})([smhdw])\s+(?:(\d[\d.]{0,9})([KMG]?)\s+)?"
    r"([0-9A-Za-z]{6})-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}(?:\s+<([^\s<]*|.*?)>)?(\s.*)?$"
)
_MESSAGE = re.compile(r"^\s*" + _ROW)
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# An age is rounded down to minutes, hours or days; a listing may also have been taken long before it is read.
_SLACK = timedelta(days=1)


def read(lines: Iterable[str], tally: Tally) -> None:
    """A row, then its recipients; "D" before a recipient: delivered already."""
    message: Message | None = None
    for line in lines:
        if row := _MESSAGE.match(line):
            if message:
                tally.add(message)
            message = _opened(row, tally.read_at)
        elif not line.strip():
            continue
        elif message and line[0].isspace():
            recipient = line.strip()
            if not recipient.startswith(("D ", "+D ")):
                message.recipients.append(recipient)
        else:
            tally.odd(line)
    if message:
        tally.add(message)


def _opened(row: re.Match[str], read_at: datetime) -> Message:
    state: State = "frozen" if "*** frozen ***" in (row[7] or "") else "deferred"
    arrived_at = _arrival(row[5], ago(read_at, row[1], row[2]), read_at)
    return Message(state, size(row[3] or "0", row[4] or ""), arrived_at, row[6])


def _arrival(id_start: str, by_age: datetime | None, read_at: datetime) -> datetime | None:
    """The id's time where it fits the age; else (base 36 ids, a wrong clock) the age's."""
    seconds = 0
    for digit in id_start:
        seconds = seconds * 62 + _BASE62.index(digit)
    by_id = from_epoch(seconds)
    if by_id is None or by_age is None or by_id > min(read_at, by_age) + _SLACK:
        return by_age
    return by_id


FORMAT = Format("exim", re.compile(r"^\s*" + _ROW), read)
