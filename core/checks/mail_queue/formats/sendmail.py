"""Sendmail's `mailq`, with -v and -Ac (mailq(1)), from 8.9 ("Mail Queue (2 requests)") to 8.18.

Debian's `mailq` prints two queues, the submission queue and the main queue; with -Ac it prints the same queue
twice: the submission queue, which says nothing of what waits in the main one. Sendmail cuts reasons at 60 characters
(100 with -v) and recipients at 38 without -v.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.checks.mail_queue.facts import Shows, State
from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.moments import MONTH, WEEKDAY, size, without_year
from core.checks.mail_queue.tally import Message, Tally

_DATE = rf"(?:{WEEKDAY}\s+|\d{{1,15}}\s+){MONTH}\s+(\d\d?)\s+(\d\d:\d\d)"
_ROW = rf"([0-9A-Za-z]{{7,20}})([*X?-]?)\s+(\d{{1,15}})\s+{_DATE}\+?\s*(\S.*)?$"
_MESSAGE = re.compile(r"^\s*" + _ROW)
_QUEUE = re.compile(
    r"^\s*(Mail Queue|/\S{1,255})(?: \(Q:\S{1,99}\))? \((\d{1,9}) requests?(?:, only \d{1,9} printed)?\)"
)
_EMPTY = re.compile(r"^\s*/\S{1,255} is empty$")
# Where mail waits on its way from the server's own programs to the main queue.
_SUBMISSION = re.compile(r"/(?:mqueue-client|clientmqueue)/?$")
_TOTAL = re.compile(r"^\s*Total requests: (\d{1,9})$")
_HEADING = re.compile(r"^-+Q-ID-+ ")
_PART = re.compile(r"^M(?:SP|TA) Queue status\.\.\.$")
_QUARANTINED = "Quarantined:"  # our own mark before a second listing of the same queues, with -qQ
_REASON = re.compile(r"^(?:(?:7BIT|8BITMIME|BINARYMIME)\s*)?\((.*?)\)?$")
_CUT_RECIPIENT = 38
_CUT_REASONS = (60, 100)


def read(lines: Iterable[str], tally: Tally) -> None:
    """One queue directory after the other, each once."""
    reader = _Reader(tally)
    for line in lines:
        reader.take(line.rstrip())
    reader.close()
    tally.shows = reader.shows


class _Reader:
    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._seen: set[str] = set()
        self._main = self._submission = False
        self._named = False  # whether this part of the listing has named a queue, with its number, since the last total
        self._repeated = False
        self._message: Message | None = None

    @property
    def shows(self) -> Shows:
        """Everyone's mail, unless only the submission queue was listed."""
        return "submission" if self._submission and not self._main else "all"

    def take(self, line: str) -> None:
        if row := _MESSAGE.match(line):
            self.close()
            self._message = self._opened(row)
        elif queue := _QUEUE.match(line):
            self._enter(queue[1], int(queue[2]))
        elif _EMPTY.match(line):
            self._enter(line.split()[0], 0)
        elif total := _TOTAL.match(line):
            self.close()
            if not self._named:  # the beginning was not copied, or `mailq | tail -1`
                self._tally.declare(int(total[1]))
                self._main = True
            self._named = False
        elif line == _QUARANTINED:
            self.close()
            self._seen.clear()
        elif line and not any(pattern.match(line) for pattern in (_HEADING, _PART)):
            self._detail(line)

    def close(self) -> None:
        if self._message is not None and not self._repeated:
            self._tally.add(self._message)
        self._message = None

    def _enter(self, directory: str, requests: int) -> None:
        self.close()
        self._named = True
        self._repeated = directory in self._seen
        self._seen.add(directory)
        if _SUBMISSION.search(directory):
            self._submission = True
        else:
            self._main = True
        if not self._repeated:
            self._tally.declare(requests)

    def _opened(self, row: re.Match[str]) -> Message:
        arrived_at = without_year(self._tally.read_at, row[5], row[6], row[7], row[4] or "")
        state: State = "active" if row[2] == "*" else "deferred"
        sender = (row[8] or "").strip("<>")
        return Message(state, size(row[3]), arrived_at, "" if sender == "MAILER-DAEMON" else sender)

    def _detail(self, line: str) -> None:
        message, text = self._message, line.strip()
        if message is None or (not line[0].isspace() and not text.startswith(("(", "<"))):
            self._tally.odd(line)
        elif text.startswith("(---"):  # with -v: on whose behalf a program or file is delivered to
            return
        elif reason := _REASON.match(text):
            message.reasons.append(f"{reason[1].rstrip()}…" if len(reason[1]) in _CUT_REASONS else reason[1])
        elif text.startswith("QUARANTINE:"):
            message.state = "hold"
        elif text not in ("7BIT", "8BITMIME", "BINARYMIME"):
            cut = not text.startswith("<") and len(text) == _CUT_RECIPIENT
            message.recipients.append("" if cut else text)


_SIGNATURE = "|".join((r"^\s*" + _ROW, *(p.pattern for p in (_QUEUE, _EMPTY, _TOTAL, _HEADING, _PART))))
FORMAT = Format("sendmail", re.compile(_SIGNATURE), read)
