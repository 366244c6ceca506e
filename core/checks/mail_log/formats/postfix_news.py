"""Which lines of a Postfix log are worth reading: of an ordinary day's, one in three.

Connections, message ids, mail from outside into our own mailboxes: counted, and left. When mail of an unknown sender
goes out after all (a stranger's, or forwarded), the lines about its arrival are looked up in the last two blocks.
"""

from __future__ import annotations

from collections.abc import Callable

from core.checks.mail_log.tally import Message, Tally

_FULLY, _LATER, _FIRST_BLOCKS = (
    100,
    20,
    20,
)  # lines about deliveries here that are read in full in each block, for the names of our own domains
_SEARCHES = 3  # in a block, before all of it is put in order instead

_Handler = Callable[[str, str], None]
_At = Callable[[str, int], None]  # the line, and where its text begins
# Of smtpd; of a login; of qmgr (the line, where from= begins, the message); of smtp.
HotHandlers = tuple[_Handler, _At, Callable[[str, int, Message], None], _At]


class PostfixNews:
    """Leaves out lines block by block; remembers the last two blocks."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._blocks: list[list[str]] = [[], []]
        self._indices: list[dict[str, list[str]] | None] = [None, None]
        self._searches = 0
        self.null_senders = 0
        self._block = 0

    def take(self, lines: list[str], place: int, handlers: HotHandlers, other: Callable[[str], None]) -> None:
        """Read a block; `place`: where the program's name begins in most lines; `other` reads the remaining lines."""
        self._blocks = [self._blocks[1], lines]
        self._indices, self._searches = [self._indices[1], None], 0
        self._read(lines, place, handlers, other)

    def arrival(self, queue_id: str) -> list[str]:
        """The lines about the arrival of a message that was left out: client= and from=, as far as they are near."""
        self._searches += 1
        if self._searches > _SEARCHES:
            return [line for number in (0, 1) for line in self._ordered(number).get(queue_id, [])]
        start = f"]: {queue_id}: "
        return [
            line for block in self._blocks for line in block
            if start in line and (": client=" in line or ": from=<" in line)
        ][:2]  # fmt: skip

    def _read(self, lines: list[str], place: int, handlers: HotHandlers, other: Callable[[str], None]) -> None:
        # One long function: it sees every line of every log, and a call for each would double its time.
        messages, filtered = self._tally.messages, self._tally.own_filter
        smtpd, login, qmgr, delivery = handlers
        end, here, sent, fully = place + 13, 0, 0, self._fully()
        for line in lines:
            program = line[place:end]
            if program == "postfix/smtpd" or program == "postfix/submi":
                if "nnect from " in line:
                    continue
                if ": client=" not in line:
                    smtpd(line, line[line.find("]: ", end) + 3 :])
                elif "sasl_" in line:
                    login(line, line.find("]: ", end) + 3)
                elif filtered.count:
                    filtered.success()
            elif program == "postfix/qmgr[":
                start = line.find("]: ", end) + 3
                colon = line.find(":", start)
                queue_id = line[start:colon]
                if line[colon + 2 : colon + 8] == "from=<":
                    message = messages.get(queue_id)
                    if message is not None and not message.removed:
                        qmgr(line, colon + 2, message)
                        continue
                    if message is not None:
                        del messages[queue_id]  # short queue ids are given again
                    if line[colon + 8 : colon + 9] == ">":
                        self.null_senders += 1
                    if "status=expired" in line:
                        other(line)
                elif line[colon + 2 :] != "removed":
                    other(line)
                elif queue_id in messages:
                    messages[queue_id].removed = True
            elif program == "postfix/clean":
                if "message-id=" not in line:
                    other(line)
            elif program == "postfix/smtp[":
                delivery(line, line.find("]: ", end) + 3)
            elif program == "postfix/local" and "status=sent (delivered" in line:
                here += 1
                if here > fully:
                    sent += 1
                else:
                    other(line)
            else:
                other(line)
        self._tally.sent += sent

    def _fully(self) -> int:
        """How many deliveries here are read in full in this block."""
        self._block += 1
        return _FULLY if self._block <= _FIRST_BLOCKS else _LATER

    def _ordered(self, number: int) -> dict[str, list[str]]:
        """The arrivals in one of the two blocks by their queue ids; made once a block."""
        index = self._indices[number]
        if index is None:
            index = self._indices[number] = {}
            for line in self._blocks[number]:
                if ": client=" in line or ": from=<" in line:
                    queue_id = line.partition("]: ")[2].partition(":")[0]
                    index.setdefault(queue_id, []).append(line)
        return index
