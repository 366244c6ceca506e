"""nullmailer's `mailq` (nullmailer-queue(8)): time and size, then the recipients. Prints nothing when empty."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.moments import size, with_year
from core.checks.mail_queue.tally import Message, Tally

_MESSAGE = re.compile(r"^(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d) (\d{1,15}) bytes(?: from <(.*)>)?$")
_RECIPIENT = re.compile(r"^\s+to <(.*)>$")


def read(lines: Iterable[str], tally: Tally) -> None:
    """A row, then its recipients."""
    message: Message | None = None
    for line in lines:
        if row := _MESSAGE.match(line.rstrip()):
            if message:
                tally.add(message)
            arrived_at = with_year(row[1], row[2], row[3], row[4], tally.read_at)
            message = Message("deferred", size(row[5]), arrived_at, row[6])
        elif message and (found := _RECIPIENT.match(line.rstrip())):
            message.recipients.append(found[1])
        elif line.strip():
            tally.odd(line)
    if message:
        tally.add(message)


FORMAT = Format("nullmailer", re.compile(_MESSAGE.pattern), read)
