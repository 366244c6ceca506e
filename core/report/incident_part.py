"""What the notebook adds to a report: the checklist with its ticks, each check, notes and decisions, the lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.checklist import Line, checklist
from core.clean import clean
from core.delisting import DeskLine, desk
from core.incident import Entry, Incident, KeptRun
from core.report.words import mark_of, phrase, words_for
from core.texts import Texts

_MOST = 200  # lines of one section; the newest stay
_NOTE = 1000  # characters of one note


def incident_part(incident: Incident, texts: Texts) -> dict[str, Any]:
    """Sections with a heading and lines; sections that hold nothing are left out."""
    sections = {
        "checklist": [_step(line, texts) for line in checklist(incident)],
        "runs": [_run(run, texts) for run in incident.runs],
        "lists": [_list(line, texts) for line in desk(incident)],
        "notes": [_note(entry, texts) for entry in incident.notes],
    }
    return {
        "heading": phrase(texts, "notebook.part.heading"),
        "practice": phrase(texts, "letters.practice") if incident.practice else "",
        "sections": [
            {"heading": phrase(texts, f"notebook.part.{name}"), "items": lines[-_MOST:]}
            for name, lines in sections.items()
            if lines
        ],
    }


def _step(line: Line, texts: Texts) -> str:
    what = phrase(texts, f"checklist.step.{line.step}")
    if line.tick is None:
        return f"□ {what}"
    done = phrase(texts, "checklist.done_by", at=line.tick.at.isoformat(), initials=line.tick.initials[:20])
    return f"✓ {what} {done}"


def _run(run: KeptRun, texts: Texts) -> str:
    report = run.report
    light = mark_of(report.severity.value, texts)
    cause = report.causes[0] if report.causes else None
    title = words_for(texts, f"cause.{cause.code}", cause.values).title if cause else ""
    return _at(report.started_at, f"{light['mark']} {light['word']} {title}".strip(), texts)


def _list(line: DeskLine, texts: Texts) -> str:
    key = f"provider.{line.name}"
    name = phrase(texts, key) if texts.has(key) else clean(line.name, 80)
    head = phrase(texts, "delisting.line", name=name, subject=line.subject)
    states = [_at(entry.at, phrase(texts, f"delisting.entry.{entry.word('state')}"), texts) for entry in line.entries]
    return " / ".join([head, phrase(texts, f"delisting.state.{line.state}"), *states])


def _note(entry: Entry, texts: Texts) -> str:
    kind = phrase(texts, f"notebook.kind.{entry.kind}")
    said = " ".join(clean(word, _NOTE) for word in (entry.word("text"), entry.word("initials")) if word)
    return _at(entry.at, phrase(texts, "notebook.entry", kind=kind, text="") + said, texts)


def _at(at: datetime, text: str, texts: Texts) -> str:
    return f"{texts.datetime(at)}  {text}"
