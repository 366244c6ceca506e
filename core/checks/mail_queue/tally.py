"""Counts a listing message by message, so that 100,000 of them need no more room than their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from core.checks.mail_queue.facts import Named, QueueFacts, Reason, Refusal, Shows, State
from core.checks.mail_queue.notices import refusal, speaker
from core.knowledge.queue_reasons import Kind, Reasons, list_named

NULL_SENDER = "<>"  # RFC 5321, 4.5.5: bounces and other notices
MOST_NAMES = 50  # as many names of each kind are kept in the facts
_MOST_LISTS = 10
# Word -> seconds; a message counts for the first it has not yet waited for.
AGES = {"hour": 3600.0, "six_hours": 21600.0, "day": 86400.0, "three_days": 259200.0, "older": float("inf")}
_LONGEST_ADDRESS, _LONGEST_EXAMPLE = 320, 500
# So many different reasons are read whole, then the beginning of each: a server that never says the same twice, and
# much every time, holds nobody up.
_READ_WHOLE, _LONGEST_REASON, _BEGINNING = 4000, 1000, 240
# Mail moves while it is listed: so few may be missing in a listing that still counts as whole.
_MAY_MISS = 0.02
# A refused person tries once more: "$ sudo mailq", "[root@mail ~]# mailq". What is listed after it was not refused.
_ONCE_MORE = re.compile(r"^[^#$%>]{0,120}(?:[#$%>] sudo \S|\S# \S)")


@dataclass(slots=True)
class Message:
    """One message of the queue. `sender` "" is the null sender, None not shown; recipients as far as still waiting."""

    state: State
    size: int = 0
    arrived_at: datetime | None = None
    sender: str | None = None
    recipients: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


class Tally:
    """Takes messages and odd lines; gives `QueueFacts`."""

    def __init__(self, mta: str | None, read_at: datetime) -> None:
        self.mta, self.read_at = mta, read_at
        self.declared: int | None = None  # the number the tool itself prints
        self.unlisted = 0  # messages that the tool counts but does not list
        self.truncated = False
        self.refused: Refusal | None = None
        self.shows: Shows = "all"
        self.count = 0
        self._once_more = False
        self._states: Counter[str] = Counter()
        self._bytes = self._recipients = self._unparsed = self._timed_out = 0
        self._oldest: datetime | None = None
        self._senders: Counter[str] = Counter()
        self._sender_domains: Counter[str] = Counter()
        self._domains: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._kinds: dict[str, Kind] = {}
        self._sorting = Reasons()
        self._lists: dict[str, None] = {}
        self._ages: Counter[str] = Counter()

    def add(self, message: Message) -> None:
        """Count a message with its recipients and reasons."""
        self._let_in()
        self.count += 1
        self._states[message.state] += 1
        self._bytes += message.size
        if message.arrived_at and (self._oldest is None or message.arrived_at < self._oldest):
            self._oldest = message.arrived_at
        if message.arrived_at:
            waited = (self.read_at - message.arrived_at).total_seconds()
            self._ages[next(word for word, end in AGES.items() if waited < end)] += 1
        self._add_sender(message.sender)
        self.add_recipients(message.recipients)
        self._add_reasons(message.reasons)

    def add_recipients(self, recipients: Iterable[str]) -> None:
        """Count recipients; a domain is counted where the listing shows one."""
        for address in recipients:
            self._recipients += 1
            if domain := domain_of(address):
                self._domains[domain] += 1

    def odd(self, line: str) -> None:
        """A line that is no part of the format: a refusal, or not understood."""
        found = refusal(line)
        if found is None:
            self._unparsed += 1
            self._once_more = self._once_more or (self.refused == "permission_denied" and bool(_ONCE_MORE.match(line)))
            return
        self.mta = self.mta or speaker(line)
        # A listing may follow "mail system is down"; nothing follows a denial.
        if self.refused in (None, "daemon_down"):
            self.refused = found

    def _let_in(self) -> None:
        if self._once_more:
            self.refused, self._once_more = None, False

    def declare(self, count: int) -> None:
        """The tool says there are so many (it may speak for each of several queues)."""
        self._let_in()
        self.declared = (self.declared or 0) + count

    def facts(self) -> QueueFacts:
        """All that was counted."""
        listed = self.count + self.unlisted
        states = self._states
        return QueueFacts(
            mta=self.mta,
            read_at=self.read_at,
            total=None if self.refused and not listed and not self.declared else max(listed, self.declared or 0),
            active=states["active"],
            deferred=states["deferred"],
            hold=states["hold"],
            frozen=states["frozen"],
            incoming=states["incoming"] + self.unlisted,
            bytes=self._bytes,
            oldest_arrival=self._oldest,
            reasons=tuple(Reason(word, count, self._examples[word]) for word, count in self._reasons.most_common()),
            timed_out=self._timed_out,
            senders=_named(self._senders),
            sender_domains=_named(self._sender_domains),
            null_sender=self._senders[NULL_SENDER],
            recipients=self._recipients,
            recipient_domains=_named(self._domains),
            distinct_domains=len(self._domains),
            ages=tuple(Named(word, self._ages[word]) for word in AGES) if self._ages else (),
            lists_named=tuple(self._lists),
            listed_example=self._examples.get("ip_blocked", ""),
            refused=self.refused,
            shows=self.shows,
            unparsed=self._unparsed,
            complete=self._complete(listed),
        )

    def _complete(self, listed: int) -> bool:
        missing = (self.declared or 0) - listed
        few = missing <= max(2, _MAY_MISS * listed) if listed else missing <= 0
        return few and not self.truncated and self.refused in (None, "daemon_down")

    def _add_sender(self, sender: str | None) -> None:
        if sender is None:
            return
        self._senders[sender[:_LONGEST_ADDRESS] or NULL_SENDER] += 1
        if domain := domain_of(sender):
            self._sender_domains[domain] += 1

    def _add_reasons(self, texts: list[str]) -> None:
        if not texts:
            return
        words, timed_out = set(), False
        for text in texts:
            kind = self._kind(text[:_LONGEST_REASON])
            words.add(kind.reason)
            timed_out = timed_out or kind.detail == "timed_out"
            if kind.reason not in self._examples:
                self._examples[kind.reason] = text[:_LONGEST_EXAMPLE]
            if kind.reason == "ip_blocked" and len(self._lists) < _MOST_LISTS and (name := list_named(text)):
                self._lists[name] = None
        for word in words:
            self._reasons[word] += 1
        self._timed_out += timed_out

    def _kind(self, text: str) -> Kind:
        if known := self._kinds.get(text):
            return known
        if len(self._kinds) >= _READ_WHOLE:
            return self._sorting.kind(text[:_BEGINNING])
        self._kinds[text] = self._sorting.kind(text)
        return self._kinds[text]


def domain_of(address: str) -> str:
    """The part after the last @, in small letters; "" when there is none or the listing cut it off."""
    if "<" in address or ">" in address:
        if address.startswith("<") and not address.endswith(">"):
            return ""
        address = address.strip("<>")
    _, at, domain = address.rpartition("@")
    return domain.lower().rstrip(".")[:255] if at else ""


def _named(counter: Counter[str]) -> tuple[Named, ...]:
    return tuple(Named(name, count) for name, count in counter.most_common(MOST_NAMES))
