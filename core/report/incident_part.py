"""What the notebook adds to a report: the checklist with its ticks, before and after, and how the lists stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.again import compare
from core.checklist import Line, checklist
from core.clean import clean
from core.delisting import DeskLine, desk
from core.incident import Incident
from core.report.comparison import calm_lines, cause_rows, check_rows, meaning
from core.report.desk_words import line_name
from core.report.state_now import done_by_looking
from core.report.timeline import card_line
from core.report.words import phrase
from core.texts import Texts

_NARROW = ("done", "phase", "who_and_when", "list", "address", "state")  # as wide as their words
_MOST = 200  # rows of one section; the newest stay


def incident_part(incident: Incident, texts: Texts) -> dict[str, Any]:
    """Sections with a heading, columns, rows of cells and lines below; sections that hold nothing are left out."""
    sections = [
        _checklist(incident, texts),
        _cards(incident, texts),
        *_before_and_after(incident, texts),
        _lists(incident, texts),
    ]
    return {
        "heading": phrase(texts, "notebook.part.heading"),
        "practice": phrase(texts, "letters.practice") if incident.practice else "",
        "sections": [section for section in sections if section["rows"] or section["lines"]],
    }


def _section(
    key: str, texts: Texts, columns: tuple[str, ...], rows: list[list[str]], lines: list[str] | None = None
) -> dict[str, Any]:
    cut = len(rows) - _MOST
    return {
        "heading": phrase(texts, key),
        "columns": [phrase(texts, f"report.column.{name}") for name in columns],
        "narrow": [name in _NARROW for name in columns],
        "rows": rows[-_MOST:],
        "lines": [*(lines or []), *([phrase(texts, "report.cut.rows", count=cut)] if cut > 0 else [])],
    }


def _checklist(incident: Incident, texts: Texts) -> dict[str, Any]:
    seen = done_by_looking(incident)
    rows = [_step(line, seen.get(line.step), texts) for line in checklist(incident)]
    return _section("notebook.part.checklist", texts, ("done", "phase", "step", "who_and_when"), rows)


def _step(line: Line, seen: datetime | None, texts: Texts) -> list[str]:
    phase = phrase(texts, f"checklist.phase.{line.phase}")
    what = phrase(texts, f"checklist.step.{line.step}")
    if line.tick is None:
        return ["✓", phase, what, texts.datetime(seen)] if seen else ["□", phase, what, ""]
    return ["✓", phase, what, f"{texts.datetime(line.tick.at)} {clean(line.tick.initials, 20)}".strip()]


def _cards(incident: Incident, texts: Texts) -> dict[str, Any]:
    """The steps of fix cards that somebody ticked."""
    rows = [
        ["✓", card_line(one, texts), f"{texts.datetime(one.at)} {clean(one.word('initials'), 20)}".strip()]
        for one in incident.card_steps.values()
    ]
    return _section("notebook.kind.card", texts, ("done", "step", "who_and_when"), rows)


def _before_and_after(incident: Incident, texts: Texts) -> list[dict[str, Any]]:
    comparison = compare(incident)
    if comparison is None:
        return []
    times = phrase(texts, "again.times", before=comparison.before_at.isoformat(), after=comparison.after_at.isoformat())
    causes = cause_rows(comparison, incident, texts)
    checks = check_rows(comparison, texts)
    verdict = [phrase(texts, f"again.verdict.{comparison.verdict}"), meaning(comparison, incident, texts)]
    return [
        _section("again.heading.causes", texts, ("cause", "became"), causes, verdict),
        _section(
            "again.heading.rows", texts, ("check", "before", "now", "change"), checks,
            [times, *calm_lines(comparison, texts)],
        ),
    ]  # fmt: skip


def _lists(incident: Incident, texts: Texts) -> dict[str, Any]:
    rows = [_list(line, texts) for line in desk(incident)]
    return _section("notebook.part.lists", texts, ("list", "address", "state", "requests"), rows)


def _list(line: DeskLine, texts: Texts) -> list[str]:
    asked = [(texts.datetime(one.at), phrase(texts, f"delisting.entry.{one.word('state')}")) for one in line.entries]
    state = phrase(texts, f"delisting.state.{line.state}")
    return [line_name(line, texts), clean(line.subject, 80), state, " / ".join(f"{at} {what}" for at, what in asked)]
