"""Courier's `mailq`, `mailq -sort` and `mailq -batch` (mailq(1)).

Anyone but root sees only their own mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.moments import MONTH, size, without_year
from core.checks.mail_queue.tally import Message, Tally

_ID = r"[0-9A-F]{16}\.[0-9A-F]{16}\.[0-9A-F]{8}"
_DATE = rf"{MONTH}\s+(\d\d?)\s+(\d\d:\d\d)"
_MESSAGE = re.compile(rf"^\s*(\d[\d.]{{0,12}})([KMG]?)\s+{_ID}\s+{_DATE}\s*$")
_BATCH = re.compile(rf"^(\d[\d.]{{0,12}})([KMG]?)\s*;{_ID};{_DATE};[^;]*;([^;]*);(.*)$")
_COUNT = re.compile(r"^\s*(\d{1,9}) messages?\.$|^messages: (\d{1,9})$")
_HEADING = re.compile(r"^Size\s+Queue ID\s+Date$")
_HEADINGS = re.compile(r"^(?:Size\s+Queue ID\s+Date|User\s+From|Status\s+Recipient|-{16} -+)$")


def read(lines: Iterable[str], tally: Tally) -> None:
    """Rows of three kinds (size and id; user and sender; recipients), or all of a message in one line."""
    message: Message | None = None
    counted = False
    for line in lines:
        if found := _MESSAGE.match(line) or _BATCH.match(line):
            if message:
                tally.add(message)
            message = _opened(found, tally)
        elif count := _COUNT.match(line):
            tally.declare(int(count[1] or count[2]))
            counted = True
        elif line.strip() and not _HEADINGS.match(line.rstrip()):
            _detail(line, message, tally)
    if message:
        tally.add(message)
    tally.truncated = not counted


def _opened(found: re.Match[str], tally: Tally) -> Message:
    message = Message("deferred", size(found[1], found[2]), without_year(tally.read_at, found[3], found[4], found[5]))
    if found.re is _BATCH:
        message.sender = found[6]
        message.recipients = [recipient for recipient in found[7].split(";")[1::2] if recipient]
    return message


def _detail(line: str, message: Message | None, tally: Tally) -> None:
    if message is None:
        tally.odd(line)
    elif message.sender is None:  # "courier          hanako@example.org"; no sender: the null sender
        message.sender = line[17:].strip() if line[:17].strip() else line.strip()
    else:
        message.recipients.append(line.split()[-1])


FORMAT = Format("courier", re.compile("|".join(p.pattern for p in (_MESSAGE, _BATCH, _COUNT, _HEADING))), read)
