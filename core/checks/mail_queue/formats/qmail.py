"""`qmail-qstat` and `qmail-qread` (qmail-qstat(8), qmail-qread(8)). Times are GMT.

Written from the documentation and the sources; not tried on a running qmail. For an account that may not read the
queue, qmail-qstat subtracts the folders it believes to see from no files and prints a count below zero, with success.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.moments import MONTH, size, with_year
from core.checks.mail_queue.tally import Message, Tally

_GMT = datetime(1970, 1, 1, tzinfo=UTC)
_ROW = rf"(\d\d?) {MONTH} (\d{{4}}) (\d\d:\d\d:\d\d) GMT\s+#(\d{{1,20}})\s+(\d{{1,15}})\s+<(.*?)>\s*(?:bouncing\s*)?$"
_MESSAGE = re.compile("^" + _ROW)
_COUNT = re.compile(r"^messages in queue: (\d{1,9})\s*$")
_NEW = re.compile(r"^messages in queue but not yet preprocessed: (\d{1,9})\s*$")
_BELOW_ZERO = re.compile(r"^messages in queue(?: but not yet preprocessed)?: -\d{1,9}\s*$")
_RECIPIENT = re.compile(r"^\s+(done\s+)?(?:remote|local)\s+(\S.*)$")


def read(lines: Iterable[str], tally: Tally) -> None:
    """The two lines of qmail-qstat, the messages of qmail-qread; either may be missing."""
    message: Message | None = None
    for line in lines:
        if row := _MESSAGE.match(line):
            if message:
                tally.add(message)
            arrived_at = with_year(row[3], row[2], row[1], row[4], _GMT)
            message = Message("deferred", size(row[6]), arrived_at, row[7])
        elif message and (found := _RECIPIENT.match(line)):
            message.recipients += [] if found[1] else [found[2].strip()]
        elif count := _COUNT.match(line):
            tally.declare(int(count[1]))
        elif new := _NEW.match(line):
            tally.unlisted = int(new[1])
        elif _BELOW_ZERO.match(line):
            tally.refused = "permission_denied"
        elif line.strip():
            tally.odd(line)
    if message:
        tally.add(message)


FORMAT = Format(
    "qmail", re.compile(f"^{_ROW}|{_COUNT.pattern}|{_NEW.pattern}|{_BELOW_ZERO.pattern}"), read, tried=False
)
