"""`postqueue -p` and Postfix's `mailq` (postqueue(1)): * active, ! hold, # to be returned at the next try."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.checks.mail_queue.facts import State
from core.checks.mail_queue.formats.listing import MOST_CONTINUED, Format
from core.checks.mail_queue.moments import MONTH, WEEKDAY, size, without_year
from core.checks.mail_queue.tally import Message, Tally

_ROW = rf"([0-9A-Za-z]{{6,24}})([*!#]?)\s+(\d{{1,15}})\s+{WEEKDAY}\s+{MONTH}\s+(\d\d?)\s+(\d\d:\d\d:\d\d)\s+(\S.*)$"
_MESSAGE = re.compile(r"^\s*" + _ROW)
_TRAILER = re.compile(r"^-- \d{1,15} [KMG]?bytes in (\d{1,9}) Requests?\.")
_HEADING = re.compile(r"^-+Queue ID-+ ")
_EMPTY = re.compile(r"^Mail queue is empty$")
_STATES: dict[str, State] = {"*": "active", "!": "hold", "#": "deferred"}


def read(lines: Iterable[str], tally: Tally) -> None:
    """Rows, their reasons in brackets, their recipients; the last line tells how many there were."""
    reader = _Reader(tally)
    for line in lines:
        reader.take(line.rstrip())
    reader.end()


class _Reader:
    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._message: Message | None = None
        self._marked = False
        self._continued = 0  # lines that the open bracket of a reason may still take
        self._listing = self._ended = False

    def take(self, line: str) -> None:
        if row := _MESSAGE.match(line):
            self._close()
            self._message, self._marked = self._opened(row), bool(row[2])
        elif trailer := _TRAILER.match(line):
            self._close()
            self._tally.declare(int(trailer[1]))
            self._ended = True
        elif _EMPTY.match(line):
            self._tally.declare(0)
            self._ended = True
        elif _HEADING.match(line):
            self._listing = True
        elif line:
            self._detail(line)

    def end(self) -> None:
        self._close()
        self._tally.truncated = self._listing and not self._ended

    def _opened(self, row: re.Match[str]) -> Message:
        self._listing, self._continued = True, 0
        arrived_at = without_year(self._tally.read_at, row[5], row[6], row[7], row[4])
        sender = "" if row[8] == "MAILER-DAEMON" else row[8]
        return Message(_STATES.get(row[2], "deferred"), size(row[3]), arrived_at, sender)

    def _detail(self, line: str) -> None:
        message, text = self._message, line.strip()
        if message is None:
            self._tally.odd(line)
        elif self._continued:
            message.reasons[-1] += text.removesuffix(")")
            self._continued = 0 if text.endswith(")") else self._continued - 1
        elif text.startswith("("):
            message.reasons.append(text[1:].removesuffix(")"))
            self._continued = 0 if text.endswith(")") else MOST_CONTINUED
        elif line[0].isspace() or "@" in text:
            message.recipients.append(text)
        else:
            self._tally.odd(line)

    def _close(self) -> None:
        if self._message is None:
            return
        # The listing does not tell incoming from deferred; but what was put off has a reason.
        if not self._marked and not self._message.reasons:
            self._message.state = "incoming"
        self._tally.add(self._message)
        self._message = None


FORMAT = Format(
    "postfix", re.compile("|".join((r"^\s*" + _ROW, *(p.pattern for p in (_TRAILER, _HEADING, _EMPTY))))), read
)
