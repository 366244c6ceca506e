"""Which lines of a Postfix log are worth reading: of an ordinary day's, one in three.

Connections, message ids, mail from outside into our own mailboxes: counted, and left. When mail of an unknown sender
goes out after all (a stranger's, or forwarded), the lines about its arrival are looked up in the last two blocks.
"""

from __future__ import annotations

from core.checks.mail_log.tally import Tally

_FULLY = 100  # lines about deliveries here that are read in full in each block, for the names of our own domains
_SEARCHES = 10  # in a block, before all of it is put in order instead


class PostfixNews:
    """Leaves out lines block by block; remembers the last two blocks."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._blocks: list[list[str]] = [[], []]
        self._index: dict[str, list[str]] | None = None
        self._searches = 0
        self.null_senders = 0

    def of(self, lines: list[str], place: int) -> list[str]:
        """The lines to read; `place` is where the program's name begins in most of them."""
        self._blocks = [self._blocks[1], lines]
        self._index, self._searches = None, 0
        return list(self._kept(lines, place))

    def arrival(self, queue_id: str) -> list[str]:
        """The lines about the arrival of a message that was left out: client= and from=, as far as they are near."""
        self._searches += 1
        if self._searches > _SEARCHES:
            if self._index is None:
                self._index = self._ordered()
            return self._index.get(queue_id, [])
        start = f"]: {queue_id}: "
        return [
            line for block in self._blocks for line in block
            if start in line and (": client=" in line or ": from=<" in line)
        ][:2]  # fmt: skip

    def _kept(self, lines: list[str], place: int) -> list[str]:
        kept: list[str] = []
        keep, messages, filtered = kept.append, self._tally.messages, self._tally.own_filter
        end, here, sent = place + 13, 0, 0
        ours: set[str] = set()  # queue ids that came with a login or from a program here, in this block
        for line in lines:
            program = line[place:end]
            if program == "postfix/smtpd" or program == "postfix/submi":
                if "nnect from " in line:
                    continue
                if "client=" in line:
                    if "sasl_" not in line:
                        if filtered.count:
                            filtered.success()
                        continue
                    start = line.find("]: ", end) + 3
                    ours.add(line[start : line.find(":", start)])
            elif program == "postfix/qmgr[":
                if line.endswith("removed"):
                    continue
                start = line.find("]: ", end) + 3
                queue_id = line[start : line.find(":", start)]
                if queue_id not in ours and queue_id not in messages and ": from=<" in line:
                    if "from=<>," in line:
                        self.null_senders += 1
                    if "status=expired" not in line:
                        continue
            elif program == "postfix/picku":
                start = line.find("]: ", end) + 3
                ours.add(line[start : line.find(":", start)])
            elif program == "postfix/clean":
                if "message-id=" in line:
                    continue
            elif program == "postfix/local" and "status=sent (delivered" in line:
                here += 1
                if here > _FULLY:
                    sent += 1
                    continue
            keep(line)
        self._tally.sent += sent
        return kept

    def _ordered(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for block in self._blocks:
            for line in block:
                if ": client=" in line or ": from=<" in line:
                    queue_id = line.partition("]: ")[2].partition(":")[0]
                    index.setdefault(queue_id, []).append(line)
        return index
