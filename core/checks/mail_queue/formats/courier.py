"""Courier's `mailq`, `mailq -sort` and `mailq -batch` (mailq(1)).

Anyone but root sees only their own mail, and nothing in the listing says which of the two it is. Mail of several
users, or mail that came in by SMTP (it is the mail program's own), shows that root asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.checks.mail_queue.asker import Screen
from core.checks.mail_queue.facts import Shows
from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.moments import MONTH, size, without_year
from core.checks.mail_queue.tally import Message, Tally

_ID = r"[0-9A-F]{16}\.[0-9A-F]{16}\.[0-9A-F]{8}"
_DATE = rf"{MONTH}\s+(\d\d?)\s+(\d\d:\d\d)"
_MESSAGE = re.compile(rf"^\s*(\d[\d.]{{0,12}})([KMG]?)\s+{_ID}\s+{_DATE}\s*$")
_BATCH = re.compile(rf"^(\d[\d.]{{0,12}})([KMG]?)\s*;{_ID};{_DATE};([^;]*);([^;]*);(.*)$")
_COUNT = re.compile(r"^\s*(\d{1,9}) messages?\.$|^messages: (\d{1,9})$")
_HEADING = re.compile(r"^Size\s+Queue ID\s+Date$")
_OF_THE_PROGRAM = frozenset({"courier", "daemon", "root"})
_HEADINGS = re.compile(r"^(?:Size\s+Queue ID\s+Date|User\s+From|Status\s+Recipient|-{16} -+)$")


def read(lines: Iterable[str], tally: Tally) -> None:
    """Rows of three kinds (size and id; user and sender; recipients), or all of a message in one line."""
    reader = _Reader(tally)
    for line in lines:
        reader.take(line)
    reader.close()
    tally.truncated = not reader.counted
    tally.shows = reader.shows


class _Reader:
    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._message: Message | None = None
        self._users: set[str] = set()
        self._screen = Screen()
        self.counted = False

    @property
    def shows(self) -> Shows:
        """Whose mail the listing holds."""
        if self._screen.asker == "user":
            return "own"
        by_root = self._screen.asker == "root" or len(self._users) > 1 or bool(self._users & _OF_THE_PROGRAM)
        return "all" if by_root else "own_or_all"

    def take(self, line: str) -> None:
        if found := _MESSAGE.match(line) or _BATCH.match(line):
            self.close()
            self._message = self._opened(found)
        elif count := _COUNT.match(line):
            self.close()
            self._tally.declare(int(count[1] or count[2]))
            self.counted = True
            self._screen.listing_ended()
        elif line.strip() and not _HEADINGS.match(line.rstrip()):
            self._detail(line)

    def close(self) -> None:
        if self._message:
            self._tally.add(self._message)
        self._message = None

    def _opened(self, found: re.Match[str]) -> Message:
        arrived_at = without_year(self._tally.read_at, found[3], found[4], found[5])
        message = Message("deferred", size(found[1], found[2]), arrived_at)
        if found.re is _BATCH:
            self._note_user(found[6])
            message.sender = found[7]
            message.recipients = [recipient for recipient in found[8].split(";")[1::2] if recipient]
        return message

    def _detail(self, line: str) -> None:
        message = self._message
        if message is None:
            self._screen.note(line)
            self._tally.odd(line)
        elif message.sender is None:  # "courier          hanako@example.org"; no sender: the null sender
            user = line[:17].strip()
            self._note_user(user)
            message.sender = line[17:].strip() if user else line.strip()
        else:
            message.recipients.append(line.split()[-1])

    def _note_user(self, user: str) -> None:
        if user and len(self._users) < 2:
            self._users.add(user)


FORMAT = Format("courier", re.compile("|".join(p.pattern for p in (_MESSAGE, _BATCH, _COUNT, _HEADING))), read)
