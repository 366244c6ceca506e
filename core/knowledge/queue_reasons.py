"""Why waiting mail waits: the reason lines of queue listings, sorted into the reason words of bounces.

What another server answered is explained as in a bounce. What our own server noted (no connection, no name) fits few
patterns, tried in their order; so do answers of which only a beginning is left.
Data: `resources/data/queue_reasons.toml`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from core.knowledge.replies import explain_reply
from core.knowledge.reply_rules import alternatives, required_literal
from core.resources import resources_dir

_LONGEST = 1000
_SENDMAIL_CUTS = (60, 100)  # characters; a name that ends there may go on
_ADDRESS = re.compile(r"<[^<>]{0,320}>")
# An answer of another server begins with its code; a number inside a name or an address is none.
_ANSWER = re.compile(r"(?:^|said: |me: |: |> )([45]\d\d[ -][^\n]{8,})")
# What changes from mail to mail and explains nothing: numbers of mails and sessions.
_CHANGING = re.compile(r"\b(?=[A-Za-z]*\d)[0-9A-Za-z]{12,}\b")
_MOST_EXPLAINED = 400  # a third of a second; servers that never say the same twice are read by the patterns alone
_MOST_KEPT = 4096  # lines
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
class Pattern:
    """What a reason line is searched for. `literals`: small-letter texts of which every match holds at least one; an
    `in` for each costs a twentieth of the search, and most lines hold none."""

    search: re.Pattern[str]
    literals: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True)
class Example:
    """A reason line as a server wrote it, and the kind it must be sorted into: the data's own test."""

    text: str
    kind: Kind


@dataclass(frozen=True)
class QueueReasons:
    """The whole data file."""

    checked: date
    patterns: tuple[Pattern, ...]
    examples: tuple[Example, ...]


class QueueReasonsError(ValueError):
    """The data file is not as it must be."""


@cache
def queue_reasons() -> QueueReasons:
    """The data, read once. Raises QueueReasonsError on unknown or missing keys."""
    path = resources_dir() / "data" / "queue_reasons.toml"
    return parse(tomllib.loads(path.read_text(encoding="utf-8")))


def parse(data: dict[str, object]) -> QueueReasons:
    """The typed form of the data file's content. Raises QueueReasonsError on unknown or missing keys."""
    if set(data) != {"checked", "pattern", "example"} or not isinstance(data["checked"], date):
        raise QueueReasonsError(sorted(data))
    patterns = []
    for row in _rows(data["pattern"], {"match", "reason"}, {"detail"}):
        kind = Kind(row["reason"], row.get("detail", ""))
        patterns.append(Pattern(re.compile(row["match"], re.IGNORECASE), _literals(row["match"]), kind))
    examples = [
        Example(row["text"], Kind(row["reason"], row.get("detail", "")))
        for row in _rows(data["example"], {"text", "reason"}, {"detail"})
    ]
    return QueueReasons(data["checked"], tuple(patterns), tuple(examples))


def _literals(pattern: str) -> tuple[str, ...]:
    """One for each alternative of the pattern. Raises QueueReasonsError where one has none: it would be searched for
    in every line."""
    found = tuple(required_literal(one).lower() for one in alternatives(pattern))
    if not all(found):
        raise QueueReasonsError(pattern)
    return found


def classify(text: str) -> Kind:
    """The kind of a reason line; "unclear" when no pattern fits."""
    return Reasons().kind(text)


class Reasons:
    """Sorts the reason lines of one listing. What was explained is kept; so many different answers are explained that
    a server which never says the same twice holds nobody up."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}
        self._words: dict[str, str] = {}

    def kind(self, text: str) -> Kind:
        """The kind of one line."""
        text = text[:_LONGEST]
        text = _ADDRESS.sub("<>", text) if "<" in text else text
        if text not in self._kinds:
            if len(self._kinds) >= _MOST_KEPT:
                self._kinds.clear()
            self._kinds[text] = self._sorted(text)
        return self._kinds[text]

    def _sorted(self, text: str) -> Kind:
        answer = _ANSWER.search(text)
        reason = self._explained(_CHANGING.sub("x", answer[1])) if answer else "unclear"
        return _by_pattern(text) if reason == "unclear" else Kind(reason)

    def _explained(self, answer: str) -> str:
        """The reason word of another server's answer; "unclear" too when too many different ones were explained."""
        if answer not in self._words:
            if len(self._words) >= _MOST_EXPLAINED:
                return "unclear"
            self._words[answer] = explain_reply(answer).word
        return self._words[answer]


def list_named(text: str) -> str:
    """The blacklist a refusal names, as it names it; "" when it names none."""
    found = _LIST_NAME.search(text[:_LONGEST])
    if found is None or (found.end() == len(text) and len(text) in _SENDMAIL_CUTS):
        return ""
    return (found[1] or found[2]).rstrip(".").lower()


def _by_pattern(text: str) -> Kind:
    low = text.lower()
    for one in queue_reasons().patterns:
        if any(literal in low for literal in one.literals) and one.search.search(text):
            return one.kind
    return Kind("unclear")


def _rows(rows: object, must: set[str], may: set[str]) -> list[dict[str, str]]:
    if not isinstance(rows, list):
        raise QueueReasonsError(rows)
    for row in rows:
        if not isinstance(row, dict) or not must <= set(row) <= must | may:
            raise QueueReasonsError(row)
        if not all(isinstance(value, str) for value in row.values()):
            raise QueueReasonsError(row)
    return rows
