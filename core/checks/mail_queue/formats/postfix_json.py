"""`postqueue -j`: one JSON object a line (postqueue(1), Postfix 3.1 and later)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from core.checks.mail_queue.facts import State
from core.checks.mail_queue.formats.listing import Format
from core.checks.mail_queue.moments import from_epoch
from core.checks.mail_queue.tally import Message, Tally

_STATES: dict[str, State] = {
    "maildrop": "incoming",
    "incoming": "incoming",
    "active": "active",
    "deferred": "deferred",
    "hold": "hold",
    "corrupt": "hold",
}
# A line longer than this was cut on its way (a message with very many recipients), not at the end of the listing.
_LONG_LINE = 8000
# Postfix's own size limit is far below; a larger number is no size.
_LARGEST = 10**15


def _no_number(word: str) -> float:
    """NaN and Infinity are no JSON (RFC 8259, 6), though Python would read them."""
    raise ValueError(word)


# One for all lines: making one for each would cost more than reading the line.
_DECODER = json.JSONDecoder(parse_constant=_no_number)


def read(lines: Iterable[str], tally: Tally) -> None:
    """Every line that is a queue object; all others are odd."""
    for line in lines:
        found = _object(line)
        tally.truncated = False
        if found is None and line.startswith('{"queue_name"'):
            tally.truncated = len(line) < _LONG_LINE  # unless more lines follow
            found = _object(_mended(line))
        if found is not None:
            tally.add(_message(found))
        elif line.strip():
            tally.odd(line)


def _mended(line: str) -> str:
    """The object that was cut off, with the recipients that are whole."""
    start = line.find('"recipients": [')
    end = line.rfind('"}')
    if start < 0:
        return ""
    return line[: end + 2] + "]}" if end > start else line[:start] + '"recipients": []}'


def _object(line: str) -> dict[str, Any] | None:
    # A quotation mark inside a value is escaped, so that only keys are counted: twice the same key is no one's message.
    if not (line.startswith("{") or line.lstrip().startswith("{")) or line.count('"queue_id":') != 1:
        return None
    try:
        found, end = _DECODER.raw_decode(line if line.startswith("{") else line.lstrip())
    except (ValueError, RecursionError):  # also a number too long to convert
        return None
    if end < len(line) and line.lstrip()[end:].strip():
        return None  # something follows the object
    return found if isinstance(found, dict) and "queue_id" in found else None


def _message(found: dict[str, Any]) -> Message:
    recipients: list[str] = []
    reasons: list[str] = []
    rows = found.get("recipients")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            recipients.append(_text(row.get("address")))
            if reason := row.get("delay_reason"):
                reasons.append(_text(reason))
    sender = _text(found.get("sender"))
    seconds = _number(found.get("arrival_time"))
    return Message(
        _STATES.get(_text(found.get("queue_name")), "deferred"),
        int(_number(found.get("message_size"))),
        from_epoch(seconds) if seconds else None,
        "" if sender == "MAILER-DAEMON" else sender,
        recipients,
        reasons,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return value if 0 <= value < _LARGEST else 0


FORMAT = Format("postfix", re.compile(r'^\s*\{"queue_name": ?"'), read)
