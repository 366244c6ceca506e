"""`mailq` of the DragonFly Mail Agent (dma(8)): a block for each recipient, without size or time.

The part of the id before the dot is the message's, the rest the recipient's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.tally import Message, Tally

_FIELD = re.compile(r"^(ID|From|To)\s*: ?(.*)$")
_SIGNATURE = re.compile(r"^ID\s*: [0-9a-f]{1,16}\.[0-9a-f]{1,16}$")


def read(lines: Iterable[str], tally: Tally) -> None:
    """Blocks of ID, From, To."""
    seen: set[str] = set()
    block: dict[str, str] = {}
    for line in lines:
        found = _FIELD.match(line.rstrip())
        if found is None:
            if line.strip() not in ("", "--"):
                tally.odd(line)
            continue
        if found[1] == "ID":
            _add(block, seen, tally)
            block = {}
        block[found[1]] = found[2].strip()
    _add(block, seen, tally)


def _add(block: dict[str, str], seen: set[str], tally: Tally) -> None:
    if "ID" not in block:
        return
    message_id = block["ID"].partition(".")[0]
    recipients = [block["To"]] if block.get("To") else []
    if message_id in seen:
        tally.add_recipients(recipients)
    else:
        seen.add(message_id)
        tally.add(Message("deferred", sender=block.get("From"), recipients=recipients))


FORMAT = Format("dma", _SIGNATURE, read)
