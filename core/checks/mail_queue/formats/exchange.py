"""The queues of Microsoft Exchange, as the block for its Management Shell puts them on the clipboard (one JSON object).

Written from the documentation of Get-Queue and Get-Message; no recorded output was at hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.checks.mail_queue.facts import State
from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.tally import Message, Tally

KIND = "mail-first-aid/exchange"
_STATES: dict[str, State] = {"Retry": "deferred", "Suspended": "hold"}
_MOST_MESSAGES, _MOST_RECIPIENTS = 1000, 50
# Where Exchange keeps mail nobody shall see again; it waits for nobody.
_ASIDE = re.compile(r"\\Poison$", re.IGNORECASE)


def read(lines: Iterable[str], tally: Tally) -> None:
    """Every message the block listed; of the others only the number each queue tells."""
    text = "\n".join(lines)
    found = decoded(text)
    if found is None:
        tally.truncated = True
        return
    queues = [each for each in _rows(found, "queues") if not _ASIDE.search(_text(each.get("id")))]
    messages = _rows(found, "messages")[:_MOST_MESSAGES]
    tally.declared = sum(count for each in queues if type(count := each.get("count")) is int and 0 <= count < 10**9)
    for each in messages:
        tally.add(_message(each))
    tally.unlisted = max(0, tally.declared - len(messages))


def decoded(text: str) -> Mapping[str, Any] | None:
    """The object the block printed, wherever it stands in the text; None when it is cut or no such thing."""
    start = text.find("{")
    if start < 0 or KIND not in text:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("kind") == KIND else None


def _rows(found: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = found.get(name)
    rows = [rows] if isinstance(rows, dict) else rows  # PowerShell writes a single one without its brackets
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _message(row: Mapping[str, Any]) -> Message:
    recipients = row.get("to")
    recipients = [recipients] if isinstance(recipients, str) else recipients
    to = [each for each in recipients if isinstance(each, str)] if isinstance(recipients, list) else []
    sender, error = _text(row.get("from")), _text(row.get("error"))
    return Message(
        state=_STATES.get(_text(row.get("status")), "active"),
        arrived_at=_moment(_text(row.get("received"))),
        sender="" if sender in ("<>", "") else sender,
        recipients=to[:_MOST_RECIPIENTS],
        reasons=[error] if error else [],
    )


def _moment(text: str) -> datetime | None:
    """ "2026-11-22T08:40:00.1234567Z": seven digits of a second, one more than Python reads."""
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


FORMAT = Format("exchange", re.compile(r'"kind":\s*"mail-first-aid/exchange"'), read, tried=False)
