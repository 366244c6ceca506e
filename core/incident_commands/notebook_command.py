"""`notebook`: the list of incidents, one with all that happened, notes, search, a single file out and in, deletion."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from core.clean import clean
from core.clients.files import read_file
from core.errors import UsageError
from core.incident import Incident
from core.incident_commands.chosen import about, chosen_incident, describe, told
from core.model import Cause, Report
from core.notebook import Notebook, incident_file, incident_from_text, write_incident
from core.notebook.exchange import LARGEST
from core.report.text_file import report_text
from core.report.timeline import entry_line
from core.report.words import mark_of, words_for
from core.report_files import add_report_options, report_options, write_report_files
from core.texts import Texts

_MOST_SHOWN = 500
Action = Callable[[Notebook, argparse.Namespace, Texts], int]


def add(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.set_defaults(command=_run, action=_list)
    actions = parser.add_subparsers(metavar="ACTION")
    _action(actions, "list", _list)
    _action(actions, "where", _where)
    _action(actions, "due", _due)
    _action(actions, "show", _show)
    report = _action(actions, "report", _report)
    report.add_argument("--pdf", metavar="FILE")
    add_report_options(report)
    note = _action(actions, "note", _note)
    note.add_argument("text", metavar="TEXT")
    note.add_argument("--initials", metavar="NK", default="")
    note.add_argument("--decision", action="store_true")
    search = _action(actions, "search", _search)
    search.add_argument("word", metavar="WORD")
    export = _action(actions, "export", _export)
    export.add_argument("file", metavar="FILE")
    export.add_argument("--mask", action="store_true")
    taken = _action(actions, "import", _import)
    taken.add_argument("file", metavar="FILE")
    close = _action(actions, "close", _close)
    close.add_argument("--initials", metavar="NK", default="")
    delete = _action(actions, "delete", _delete)
    delete.add_argument("--yes", action="store_true")


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: Action
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help="")
    parser.set_defaults(action=run)
    # Said before the action or behind it, it is the same.
    parser.add_argument("--incident", metavar="N", type=int, default=argparse.SUPPRESS)
    parser.add_argument("--lang", choices=("ja", "en"), default=argparse.SUPPRESS)
    parser.add_argument("--json", metavar="FILE", default=argparse.SUPPRESS)
    return parser


def _run(arguments: argparse.Namespace, texts: Texts) -> int:
    action: Action = arguments.action
    with Notebook() as notebook:
        return action(notebook, arguments, texts)


def _list(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    found = notebook.incidents()
    lines = [texts.text("notebook.where", path=str(notebook.path)), ""]
    for one in found:
        name = describe(one.domain or one.mail_host or "", one.practice, one.imported_at is not None, texts)
        lines.append(texts.text("notebook.line", id=str(one.id), at=one.opened_at.isoformat(), about=name))
        light = mark_of(one.severity, texts)
        counts = texts.text("notebook.line_counts", runs=one.runs, entries=one.entries)
        lines.append(f"    {light['mark']} {light['word']}  {counts}")
    return told(found, lines if found else [*lines, texts.text("notebook.none")], arguments)


def _where(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    return told(str(notebook.path), [texts.text("notebook.where", path=str(notebook.path))], arguments)


def _due(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    now = datetime.now(UTC)
    found = [(one, due) for one in map(notebook.incident, _open_numbers(notebook)) for due in one.due(now)]
    lines = []
    for incident, due in found:
        lines.append(texts.text("notebook.about_incident", id=str(incident.id), about=about(incident, texts)))
        lines.append(
            f"    {texts.text(f'notebook.due.{due.what}', about=clean(due.about, 80), at=due.due.isoformat())}"
        )
    value = [{"incident": incident.id, "reminder": due} for incident, due in found]
    return told(value, lines or [texts.text("notebook.none_due")], arguments)


def _open_numbers(notebook: Notebook) -> list[int]:
    return [one.id for one in notebook.incidents() if one.imported_at is None and one.entries]


def _show(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    incident = chosen_incident(notebook, arguments, texts)
    document = incident_file(incident, mask=False, now=datetime.now(UTC))
    lines = [*history_lines(incident, texts), texts.text("notebook.zone", zone=texts.zone())]
    return told(document, lines, arguments)


def _report(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    incident = chosen_incident(notebook, arguments, texts)
    if incident.latest is None:
        raise UsageError("again.no_run")
    write_report_files(incident.latest, arguments, texts, incident)
    document = incident_file(incident, mask=False, now=datetime.now(UTC))
    return told(document, [], arguments, [_whole(incident.latest, incident, arguments, texts)])


def _whole(report: Report, incident: Incident, arguments: argparse.Namespace, texts: Texts) -> str:
    options = report_options(arguments)
    return report_text(report, texts, details=arguments.details, incident=incident, options=options)


def history_lines(incident: Incident, texts: Texts) -> list[str]:
    """Runs and entries in order of time, the newest last."""
    events = [
        (run.report.started_at, _run_line(run.report.severity.value, run.report.causes, texts)) for run in incident.runs
    ]
    events += [(entry.at, entry_line(entry, texts)) for entry in incident.entries]
    events.sort(key=lambda event: event[0])
    cut = events[-_MOST_SHOWN:]
    return [about(incident, texts), *(f"  {texts.datetime(at)}  {text}" for at, text in cut)]


def _run_line(severity: str, causes: tuple[Cause, ...], texts: Texts) -> str:
    title = words_for(texts, f"cause.{causes[0].code}", causes[0].values).title if causes else ""
    light = mark_of(severity, texts)
    return texts.text("notebook.run_line", title=f"{light['mark']} {light['word']} {title}".strip())


def _note(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    text = sys.stdin.read(20_000) if arguments.text == "-" else arguments.text
    if not text.strip():
        raise UsageError("notebook.words_missing", usage="notebook note TEXT")
    incident = chosen_incident(notebook, arguments, texts)
    content = {"text": text.strip()[:20_000], "initials": arguments.initials[:20]}
    entry = notebook.add(incident.id, "decision" if arguments.decision else "note", content)
    return told(entry, [texts.text("notebook.noted", at=entry.at.isoformat())], arguments)


def _search(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    hits = notebook.search(arguments.word)
    lines = [texts.text("notebook.hits", count=len(hits))]
    for hit in hits:
        at, kind = texts.datetime(hit.at), texts.text(f"notebook.kind.{hit.kind}")
        lines.append(f"  {hit.incident}  {at}  {kind}  {clean(hit.text, 200)}".rstrip())
    none = [texts.text("notebook.no_hits", word=clean(arguments.word, 80))]
    return told(hits, lines if hits else none, arguments)


def _export(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    incident = chosen_incident(notebook, arguments, texts)
    write_incident(incident_file(incident, mask=arguments.mask, now=datetime.now(UTC)), Path(arguments.file))
    masked = texts.text("notebook.exported_masked" if arguments.mask else "notebook.exported_plain")
    return told({"file": arguments.file}, [texts.text("notebook.exported", path=arguments.file), masked], arguments)


def _import(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    content = read_file(arguments.file, LARGEST)
    if content.cut:
        raise UsageError("incident.too_large")
    number = notebook.import_incident(incident_from_text(content.text()))
    return told({"incident": number}, [texts.text("notebook.imported", id=str(number))], arguments)


def _close(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    incident = chosen_incident(notebook, arguments, texts)
    entry = notebook.add(incident.id, "closed", {"initials": arguments.initials[:20]})
    return told(entry, [texts.text("notebook.closed")], arguments)


def _delete(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> int:
    """Only a number said aloud is deleted, and only with --yes."""
    if arguments.incident is None:
        raise UsageError("notebook.words_missing", usage="notebook delete --incident N --yes")
    if not arguments.yes:
        raise UsageError("notebook.not_confirmed", id=str(arguments.incident))
    whole = notebook.delete_incident(arguments.incident)
    lines = [texts.text("notebook.deleted", id=str(arguments.incident))]
    return told(
        {"deleted": arguments.incident}, lines if whole else [*lines, texts.text("notebook.deleted_no_room")], arguments
    )
