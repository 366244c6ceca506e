"""A listing in, facts out: pasted text or the lines that came over ssh, read as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, islice

from core.checks.mail_queue.facts import QueueFacts
from core.checks.mail_queue.recognise import LINES_LOOKED_AT, recognise
from core.checks.mail_queue.tally import Tally
from core.errors import UsageError

_LINE = re.compile(r"[^\r\n]+")
_EXCERPT_LINES, _EXCERPT_WIDTH = 40, 200


def read_queue(text: str, read_at: datetime) -> QueueFacts:
    """The facts of a pasted listing. `read_at` completes dates without a year; its zone is the listing's.

    Raises UsageError "mail_queue.no_text" (some tools print nothing for an empty queue: nothing can be told
    from nothing) or "mail_queue.unknown_format".
    """
    if not text.strip():
        raise UsageError("mail_queue.no_text")
    return read_lines((found[0] for found in _LINE.finditer(text)), read_at)


def read_lines(lines: Iterable[str], read_at: datetime, mta: str | None = None) -> QueueFacts:
    """The facts of a listing given line by line. `mta`: known from elsewhere, for a listing without a line.

    Raises UsageError "mail_queue.unknown_format".
    """
    if read_at.tzinfo is None:
        read_at = read_at.replace(tzinfo=UTC)
    rest: Iterator[str] = iter(lines)
    head = list(islice(rest, LINES_LOOKED_AT))
    known = recognise(head)
    tally = Tally(known.mta if known else mta, read_at)
    everything = chain(head, rest)
    if known:
        known.read(everything, tally)
    else:
        _read_notices(everything, tally)
        if not tally.refused and (mta is None or any(line.strip() for line in head)):
            raise UsageError("mail_queue.unknown_format")
    return replace(tally.facts(), excerpt=_excerpt(head))


def queue_summary(facts: QueueFacts) -> dict[str, object]:
    """The facts as the public JSON of `read-queue` has them; `total` is null when nothing could be read."""
    numbers = ("active", "deferred", "hold", "frozen", "incoming")
    return {
        "mta": facts.mta,
        "total": facts.total,
        **{name: getattr(facts, name) for name in numbers},
        "oldest_arrival": facts.oldest_arrival.isoformat() if facts.oldest_arrival else None,
        "bytes": facts.bytes,
        "reasons": [{"reason": r.reason, "count": r.count, "example": r.example} for r in facts.reasons],
        "senders": [{"name": each.name, "count": each.count} for each in facts.senders],
        "recipient_domains": [{"name": each.name, "count": each.count} for each in facts.recipient_domains],
        "null_sender": facts.null_sender,
    }


def _read_notices(lines: Iterable[str], tally: Tally) -> None:
    for line in lines:
        if line.strip():
            tally.odd(line)


def _excerpt(head: list[str]) -> str:
    shown = [line[:_EXCERPT_WIDTH] for line in head[:_EXCERPT_LINES]]
    return "\n".join(shown + (["…"] if len(head) > _EXCERPT_LINES else []))
