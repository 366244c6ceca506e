"""Why waiting mail waits: the reason lines of queue listings, sorted into the reason words of bounces.

Queues hold only mail that was put off, and cut the lines short; so few patterns do, tried in their order.
Data: `resources/data/queue_reasons.toml`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from core.resources import resources_dir

_LONGEST = 1000
_SENDMAIL_CUTS = (60, 100)  # characters; a name that ends there may go on
_ADDRESS = re.compile(r"<[^<>]{0,320}>")
_LIST_NAME = re.compile(
    r"(?:blocked using|(?:listed|found) (?:by|at|in|on)) (?:the )?([a-z0-9][a-z0-9.-]{2,80})|"
    r"\b(spamhaus|barracudacentral|barracuda|spamcop|proofpoint|cloudmark|uceprotect|sorbs)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Kind:
    """A reason word and, where a check needs it, a closer word ("timed_out")."""

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Example:
    """A reason line as a server wrote it, and the kind it must be sorted into: the data's own test."""

    text: str
    kind: Kind


@dataclass(frozen=True)
class QueueReasons:
    """The whole data file."""

    checked: date
    patterns: tuple[tuple[re.Pattern[str], Kind], ...]
    examples: tuple[Example, ...]


class QueueReasonsError(ValueError):
    """The data file is not as it must be."""


@cache
def queue_reasons() -> QueueReasons:
    """The data, read once. Raises QueueReasonsError on unknown or missing keys."""
    path = resources_dir() / "data" / "queue_reasons.toml"
    return parse(tomllib.loads(path.read_text(encoding="utf-8")))


def parse(data: dict[str, object]) -> QueueReasons:
    """The typed form of the data file's content."""
    if set(data) != {"checked", "pattern", "example"} or not isinstance(data["checked"], date):
        raise QueueReasonsError(sorted(data))
    patterns = []
    for row in _rows(data["pattern"], {"match", "reason"}, {"detail"}):
        kind = Kind(row["reason"], row.get("detail", ""))
        patterns.append((re.compile(row["match"], re.IGNORECASE), kind))
    examples = [
        Example(row["text"], Kind(row["reason"], row.get("detail", "")))
        for row in _rows(data["example"], {"text", "reason"}, {"detail"})
    ]
    return QueueReasons(data["checked"], tuple(patterns), tuple(examples))


def classify(text: str) -> Kind:
    """The kind of a reason line; "unclear" when no pattern fits."""
    text = text[:_LONGEST]
    return _classify(_ADDRESS.sub("<>", text) if "<" in text else text)


def list_named(text: str) -> str:
    """The blacklist a refusal names, as it names it; "" when it names none."""
    found = _LIST_NAME.search(text[:_LONGEST])
    if found is None or (found.end() == len(text) and len(text) in _SENDMAIL_CUTS):
        return ""
    return (found[1] or found[2]).rstrip(".").lower()


@lru_cache(maxsize=4096)
def _classify(text: str) -> Kind:
    return next((kind for pattern, kind in queue_reasons().patterns if pattern.search(text)), Kind("unclear"))


def _rows(rows: object, must: set[str], may: set[str]) -> list[dict[str, str]]:
    if not isinstance(rows, list):
        raise QueueReasonsError(rows)
    for row in rows:
        if not isinstance(row, dict) or not must <= set(row) <= must | may:
            raise QueueReasonsError(row)
        if not all(isinstance(value, str) for value in row.values()):
            raise QueueReasonsError(row)
    return rows
