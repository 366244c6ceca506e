"""One incident from the first look to the last: its runs, and everything people did and decided, in order of time.

What happened is a row of entries that is only ever added to; what stands now (which steps are ticked, what was asked
of which list, which reminders are open) is read out of that row by pure functions. So nothing that was once written
is lost, and two windows never disagree. Codes and values only; words are made by the front ends.

For the window: `Notebook.incident(id)` gives an `Incident`; `incident.ticks`, `.card_steps`, `.notes`, `.override`,
`.reminders` and `.delisting(zone, subject)` are what its pages show; every click is one `Notebook.add(id, kind,
content)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.model import Cause, Report

# kind -> the fields its content may have; every value is a text of at most `LONGEST_TEXT` characters.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "note": ("text", "initials"),
    "decision": ("text", "initials", "about"),  # about: what was decided, a code
    "tick": ("step", "initials"),
    "untick": ("step", "initials"),
    "override": ("text", "initials"),  # the delisting desk was opened without proof; text: the reason
    "delisting": ("zone", "subject", "state", "text", "initials"),
    "reminder": ("key", "due", "what", "about"),  # due: RFC 3339
    "reminder_done": ("key",),
    "letter": ("letter", "language", "about"),  # which one was made, never its text
    "closed": ("initials",),
    "reopened": ("initials",),
    "card": ("card", "outcome", "text", "say", "initials"),  # a fix card; say: the step's words, a code
    "snapshot": ("server", "number", "text"),  # of the configuration
}
LONGEST_TEXT = 20_000
LONGEST_WORD = 500  # of every field but `text`

DELISTING_STATES: tuple[str, ...] = ("asked", "answered", "refused", "removed")
# Causes that say only that none was found.
NO_CAUSE = frozenset({"nothing_found", "could_not_look"})


@dataclass(frozen=True)
class Entry:
    """One thing that was done, decided or said, and when. Times are aware."""

    id: int
    at: datetime
    kind: str
    content: Mapping[str, str] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """A field of the content; "" when it has none."""
        return self.content.get(name, "")


@dataclass(frozen=True)
class KeptRun:
    """A run as the notebook numbers it."""

    id: int
    report: Report


@dataclass(frozen=True)
class Tick:
    """A step of the checklist that somebody did."""

    step: str
    initials: str
    at: datetime


@dataclass(frozen=True)
class Reminder:
    """Something to look at again. `what` is "again" (check again) or "delisting"; `about` the hours or the zone."""

    key: str
    due: datetime
    what: str
    about: str = ""


@dataclass(frozen=True)
class Incident:
    """An incident with all that is kept of it. `practice` is the practice incident's name, "" for a real one."""

    id: int
    opened_at: datetime
    practice: str = ""
    imported_at: datetime | None = None
    runs: tuple[KeptRun, ...] = ()  # oldest first
    entries: tuple[Entry, ...] = ()  # oldest first

    @property
    def first(self) -> Report | None:
        """The first run: how it was when it was found."""
        return self.runs[0].report if self.runs else None

    @property
    def latest(self) -> Report | None:
        """The newest run."""
        return self.runs[-1].report if self.runs else None

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Every cause any run found, as the run that found it first put it; in the order they were found."""
        found: dict[str, Cause] = {}
        for run in self.runs:
            for cause in run.report.causes:
                if cause.code not in NO_CAUSE:
                    found.setdefault(cause.code, cause)
        return tuple(found.values())

    @property
    def ticks(self) -> dict[str, Tick]:
        """Step -> who did it and when; a tick taken back is gone."""
        found: dict[str, Tick] = {}
        for entry in self.entries:
            if entry.kind == "tick":
                found[entry.word("step")] = Tick(entry.word("step"), entry.word("initials"), entry.at)
            elif entry.kind == "untick":
                found.pop(entry.word("step"), None)
        return found

    @property
    def card_steps(self) -> dict[tuple[str, int], Entry]:
        """Card and number of its step -> that it was done; one taken back is gone."""
        found: dict[tuple[str, int], Entry] = {}
        for entry in self.entries:
            if entry.kind != "card" or not entry.word("text").isdecimal():
                continue
            step = entry.word("card"), int(entry.word("text")[:4])
            if entry.word("outcome") == "step_done":
                found[step] = entry
            elif entry.word("outcome") == "step_undone":
                found.pop(step, None)
        return found

    @property
    def notes(self) -> tuple[Entry, ...]:
        """Notes and decisions, oldest first."""
        return tuple(entry for entry in self.entries if entry.kind in ("note", "decision", "override"))

    @property
    def override(self) -> Entry | None:
        """The newest written reason for opening the delisting desk without proof of the repair."""
        return next((entry for entry in reversed(self.entries) if entry.kind == "override"), None)

    def delisting(self, zone: str, subject: str) -> tuple[Entry, ...]:
        """What was asked of a list about one address or name, and what came of it."""
        return tuple(
            entry
            for entry in self.entries
            if entry.kind == "delisting" and entry.word("zone") == zone and entry.word("subject") == subject
        )

    @property
    def reminders(self) -> tuple[Reminder, ...]:
        """The open ones, the earliest first."""
        found: dict[str, Reminder] = {}
        for entry in self.entries:
            if entry.kind == "reminder":
                key = entry.word("key")
                due = datetime.fromisoformat(entry.word("due"))
                found[key] = Reminder(key, due, entry.word("what"), entry.word("about"))
            elif entry.kind == "reminder_done":
                found.pop(entry.word("key"), None)
        return tuple(sorted(found.values(), key=lambda one: (one.due, one.key)))

    def due(self, now: datetime) -> tuple[Reminder, ...]:
        """The reminders whose time has come."""
        return tuple(reminder for reminder in self.reminders if reminder.due <= now)

    @property
    def closed(self) -> bool:
        """Whether somebody said that it is over."""
        last = next((entry.kind for entry in reversed(self.entries) if entry.kind in ("closed", "reopened")), "")
        return last == "closed"


WATCH_HOURS = (1, 24, 72)


def watch(start: datetime) -> tuple[Reminder, ...]:
    """When to check again after a repair: after one hour, a day and three days (a spammer who still has a key
    comes back within these)."""
    return tuple(Reminder(f"again-{h}", start + timedelta(hours=h), "again", str(h)) for h in WATCH_HOURS)


def reminder_content(reminder: Reminder) -> dict[str, str]:
    """What the notebook keeps of a reminder."""
    return {
        "key": reminder.key,
        "due": reminder.due.isoformat(),
        "what": reminder.what,
        "about": reminder.about,
    }


def checked_content(kind: str, content: Mapping[str, Any]) -> dict[str, str]:
    """`content` as it may be kept. Raises ValueError naming what does not fit (an unknown kind, field or value)."""
    if kind not in FIELDS:
        raise ValueError(f"kind {kind!r:.40}")
    kept: dict[str, str] = {}
    for name, value in content.items():
        if name not in FIELDS[kind] or not isinstance(value, str):
            raise ValueError(f"{kind}.{name!r:.40}")
        if len(value) > (LONGEST_TEXT if name == "text" else LONGEST_WORD):
            raise ValueError(f"{kind}.{name} {len(value)}")
        kept[name] = value.encode("utf-8", "backslashreplace").decode()
    if kind == "reminder":
        due = datetime.fromisoformat(kept.get("due", ""))
        # Times far off cannot be shown in every time zone.
        if due.tzinfo is None or not 1971 <= due.year <= 9000:
            raise ValueError("reminder.due")
    if kind == "delisting" and kept.get("state") not in DELISTING_STATES:
        raise ValueError("delisting.state")
    return kept
