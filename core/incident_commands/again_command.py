"""`again`: repeat what was wrong and what follows from it, and show before and after side by side."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from core.again import Comparison, Row, checks_to_repeat, compare, target_again, watch_entries
from core.errors import UsageError
from core.incident import Incident
from core.incident_commands.chosen import chosen_incident, told
from core.model import Report, Target
from core.notebook import Notebook
from core.report.comparison import CALM, calm_lines, cause_title, check_state, meaning, repair_line
from core.report.words import check_name
from core.texts import Texts

# target, checks, the practice incident's name ("" for the real thing) -> the finished run
RunAgain = Callable[[Target, frozenset[str], str, Texts], Report]


def add(parser: argparse.ArgumentParser, run_again: RunAgain) -> None:
    """The command's options."""
    parser.add_argument("--practice", metavar="NAME")
    parser.add_argument("--watch", action="store_true")
    parser.set_defaults(command=lambda arguments, texts: _run(arguments, texts, run_again))


def _run(arguments: argparse.Namespace, texts: Texts, run_again: RunAgain) -> int:
    with Notebook() as notebook:
        incident = chosen_incident(notebook, arguments, texts)
        before = _repeatable(incident, arguments.practice)
        checks = checks_to_repeat(before) | checks_to_repeat(incident.runs[-1].report)
        names = [check_name(texts, result.check_id) for result in before.results if result.check_id in checks]
        print(texts.text("again.repeating", checks=names), file=sys.stderr)
        practice = (arguments.practice or incident.practice) if incident.practice else ""
        report = run_again(target_again(before), checks, practice, texts)
        notebook.save_run(report, incident=incident.id)
        now = datetime.now(UTC)
        done = [("reminder_done", {"key": one.key}) for one in incident.due(now) if one.what == "again"]
        notebook.add_all(incident.id, done + (watch_entries(now) if arguments.watch else []))
        incident = notebook.incident(incident.id)
    comparison = compare(incident)
    assert comparison is not None  # there is a run before and one after
    lines = comparison_lines(comparison, incident, texts)
    if arguments.watch:
        lines += ["", texts.text("again.watching")]
    told(comparison, lines, arguments)
    return report.severity.exit_code


def _repeatable(incident: Incident, practice: str | None) -> Report:
    """The run to repeat: the first. Never one that a file told of: it could make us contact anybody."""
    if incident.imported_at is not None:
        raise UsageError("again.imported")
    if practice and not incident.practice:
        raise UsageError("again.other_mode")
    if incident.first is None:
        raise UsageError("again.no_run")
    return incident.first


def comparison_lines(comparison: Comparison, incident: Incident, texts: Texts) -> list[str]:
    """The verdict, each cause, then each check before and now."""
    lines = [
        texts.text(f"again.verdict.{comparison.verdict}"),
        "  " + meaning(comparison, incident, texts),
        "",
        f"■ {texts.text('again.heading.causes')}",
    ]
    for repair in comparison.repairs:
        lines += [f"  - {cause_title(repair.cause, incident, texts)}", f"      {repair_line(repair, incident, texts)}"]
    fresh = [cause_title(code, incident, texts) for code in comparison.fresh]
    lines += [f"  - {texts.text('again.fresh', cause=title)}" for title in fresh]
    times = {"before": comparison.before_at.isoformat(), "after": comparison.after_at.isoformat()}
    lines += ["", f"■ {texts.text('again.heading.rows')}", f"  {texts.text('again.times', times)}"]
    shown = [row for row in comparison.rows if row.change not in CALM]
    lines += [part for row in shown for part in _row(row, texts)]
    lines += [f"  {line}" for line in calm_lines(comparison, texts)]
    return lines


def _row(row: Row, texts: Texts) -> list[str]:
    name = check_name(texts, row.check_id)
    before = check_state(row.before, texts)
    after = check_state(row.after, texts)
    return [
        f"  {texts.text('again.row', name=name, change=texts.text(f'again.change.{row.change}'))}",
        f"      {texts.text('again.before', state=before)}",
        f"      {texts.text('again.after', state=after)}",
    ]
