"""What happened when, oldest first: what the measurements date, each check, and what the notebook holds.

Times of the mail server are its own clock's; each stands in the reader's time zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from core.clean import clean
from core.incident import Entry, Incident
from core.model import Report
from core.report.words import mark_of, phrase, words_for
from core.saved_run import plain
from core.since import oldest_waiting, readable_time
from core.texts import Texts

MOST_EVENTS = 120
_LONGEST = 500  # characters of one line
_MOST_TROUBLES = 8
# Entries that only steer the app.
_SILENT = ("reminder", "reminder_done")
# Fields of an entry that hold a code -> the prefix of its words.
_CODES = {
    "step": "checklist.step",
    "state": "delisting.entry",
    "letter": "notebook.letter",
    "language": "notebook.language",
}


def timeline(report: Report, texts: Texts, incident: Incident | None = None) -> list[tuple[datetime, str]]:
    """Time and words of every event; the newest `MOST_EVENTS` when there are more."""
    events = [*_measured(report, texts)]
    runs = [run.report for run in incident.runs] if incident and incident.runs else [report]
    events += [(run.started_at, _run_line(run, texts)) for run in runs]
    if incident:
        events += [(one.at, entry_line(one, texts)) for one in incident.entries if one.kind not in _SILENT]
    events.sort(key=lambda event: event[0])
    return events[-MOST_EVENTS:]


def facts_of(report: Report, check_id: str) -> Mapping[str, Any]:
    """What one check measured, as plain values; of a saved run they are plain already."""
    found = next((result.facts for result in report.results if result.check_id == check_id), None)
    values = plain(found) if found is not None else {}
    return values if isinstance(values, dict) else {}


def entry_line(entry: Entry, texts: Texts) -> str:
    """One entry of the notebook: its kind and what it says; codes of ours in words where there are some."""
    kind = phrase(texts, f"notebook.kind.{entry.kind}")
    head = phrase(texts, "notebook.entry", kind=kind, text="")
    return clean(head + _content(entry, texts), 2000)


def _content(entry: Entry, texts: Texts) -> str:
    if entry.kind == "reminder":
        key = f"notebook.reminder.{entry.word('what')}"
        return texts.text(key, at=entry.word("due"), about=clean(entry.word("about"), 80)) if texts.has(key) else ""
    if entry.kind == "card" and texts.has(key := f"notebook.card.{entry.word('outcome')}"):
        return " / ".join(filter(None, (card_line(entry, texts), clean(entry.word("initials"), 20))))
    words = []
    for name, value in entry.content.items():
        key = f"{_CODES[name]}.{value}" if name in _CODES else ""
        if value and name != "key":
            words.append(texts.text(key) if key and texts.has(key) else clean(value, _LONGEST))
    return " / ".join(words)


def card_line(entry: Entry, texts: Texts) -> str:
    """A step or the end of a fix card; the card by its title where we know it."""
    key = f"notebook.card.{entry.word('outcome')}"
    title = f"fix.{entry.word('card')}.title"
    known = texts.text(title) if texts.has(title) else clean(entry.word("card"), 60)
    said = texts.text(key, title=known, number=clean(entry.word("text"), 20))
    say = f"fix.say.{entry.word('say')}"
    return (
        phrase(texts, "notebook.card.step_said", step=said, say=_thing_done(texts.text(say)))
        if texts.has(say)
        else said
    )


def _thing_done(say: str) -> str:
    """The first sentence of a step: what follows tells what to do otherwise, and nobody did that."""
    return re.split(r"(?<=。)|(?<=[.!?])\s+(?=[A-Z])", say, maxsplit=1)[0]


def _run_line(report: Report, texts: Texts) -> str:
    light = mark_of(report.severity.value, texts)
    cause = report.causes[0] if report.causes else None
    title = words_for(texts, f"cause.{cause.code}", cause.values).title if cause else ""
    return phrase(texts, "notebook.run_line", title="") + f"{light['mark']} {light['word']} {title}".strip()


def _measured(report: Report, texts: Texts) -> Iterator[tuple[datetime, str]]:
    if at := oldest_waiting(report):
        yield at, phrase(texts, "report.timeline.oldest_waiting")
    for at, word, name in [*_log_events(facts_of(report, "mail_log"))][:_MOST_TROUBLES]:
        key = f"report.timeline.{word}"
        yield at, phrase(texts, key, name=clean(name, 100))


def _log_events(facts: Mapping[str, Any]) -> Iterator[tuple[datetime, str, str]]:
    """Since when the busiest senders sent, and since when what we tried to reach did not answer."""
    for sender in _dicts(facts.get("identities"))[:3]:
        if at := readable_time(sender.get("peak_at")):
            yield at, "busiest_hour", str(sender.get("name", ""))
    for key in ("timed_out", "names_failing", "own_filter"):
        outage = facts.get(key)
        if isinstance(outage, dict) and (at := readable_time(outage.get("first"))):
            yield at, key, ""


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
