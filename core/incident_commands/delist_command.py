"""`delist`: the delisting desk. Alone it shows the lines; with a list's zone, the text to send.

Closed until a later check shows the repair, or somebody writes down why it may be called repaired (`--override`).
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from core.clean import clean
from core.delisting import DeskLine, asked_entries, desk, gate, outcome_entry, override_entry
from core.errors import UsageError
from core.incident import DELISTING_STATES, Incident
from core.incident_commands.chosen import chosen_incident, told
from core.incident_commands.letter_command import add_sender, letter_lines, sender_of
from core.letters import Letter, request
from core.notebook import Notebook
from core.report.desk_words import gate_said, gate_step, line_facts, line_name
from core.texts import LANGUAGES, Language, Texts


def add(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("list", nargs="?", metavar="LIST")
    parser.add_argument("--in", dest="language", choices=LANGUAGES)
    parser.add_argument("--override", metavar="REASON")
    parser.add_argument("--asked", action="store_true")
    parser.add_argument("--outcome", metavar="STATE", choices=[s for s in DELISTING_STATES if s != "asked"])
    parser.add_argument("--note", metavar="TEXT", default="")
    parser.add_argument("--initials", metavar="NK", default="")
    add_sender(parser)
    parser.set_defaults(command=_run)


def _run(arguments: argparse.Namespace, texts: Texts) -> int:
    with Notebook() as notebook:
        incident = chosen_incident(notebook, arguments, texts)
        if arguments.override is not None:
            notebook.add(incident.id, *override_entry(arguments.override, arguments.initials))
            incident = notebook.incident(incident.id)
        if arguments.list is None:
            value = {"gate": gate(incident), "lines": desk(incident)}
            return told(value, desk_lines(incident, texts), arguments)
        line = _line(incident, arguments.list)
        entries = _entries(line, incident, arguments)
        if entries:
            notebook.add_all(incident.id, entries)
            incident = notebook.incident(incident.id)
            line = _line(incident, arguments.list)
            return told(line, line_lines(line, texts), arguments)
        made = _request(line, incident, arguments, texts)
        notebook.add(incident.id, "letter", {"letter": made.kind, "language": made.language, "about": line.zone})
    heading = texts.text("delisting.text_for", name=line_name(line, texts))
    above = [*line_lines(line, texts), "", texts.text("delisting.one_request"), "", heading, ""]
    below = [] if made.language == texts.language else ["", texts.text("delisting.in_own")]
    return told(made, above, arguments, [*letter_lines(made, texts), *below])


def _line(incident: Incident, wanted: str) -> DeskLine:
    """The line of this list; of several addresses the one that can still be asked about."""
    lines = [line for line in desk(incident) if line.zone == wanted.lower().rstrip(".")]
    if not lines:
        raise UsageError("delisting.no_such_line", name=clean(wanted, 80))
    return next((line for line in lines if line.can_ask), lines[0])


def _entries(line: DeskLine, incident: Incident, arguments: argparse.Namespace) -> list[tuple[str, dict[str, str]]]:
    initials, note = clean(arguments.initials.strip(), 20), clean(arguments.note, 2000)
    if not (arguments.asked or arguments.outcome):
        return []
    if not initials:
        raise UsageError("checklist.initials_missing")
    if arguments.outcome:
        return outcome_entry(line, arguments.outcome, initials, note)
    return asked_entries(line, datetime.now(UTC), initials, note)


def _request(line: DeskLine, incident: Incident, arguments: argparse.Namespace, texts: Texts) -> Letter:
    if not line.can_ask:
        raise UsageError("delisting.not_to_ask", name=line.name)
    if not gate(incident).is_open:
        raise UsageError("delisting.closed")
    own: Language = texts.language
    natural = own if line.who == "hosting_company" or own in line.languages else "en"
    return request(line, incident, Texts(arguments.language or natural), sender_of(arguments))


def desk_lines(incident: Incident, texts: Texts) -> list[str]:
    """The whole desk for people."""
    found = gate(incident)
    said = [gate_said(found, incident, texts)]
    if step := gate_step(found, texts):
        said.append(f"  → {step}")
    lines = desk(incident)
    for line in lines:
        said += ["", *line_lines(line, texts)]
    return [*said, "", texts.text("delisting.never_pay")] if lines else said


def line_lines(line: DeskLine, texts: Texts) -> list[str]:
    """One line of the desk: the list, the address, the state, and what to know."""
    head = texts.text("delisting.line", name=line_name(line, texts), subject=clean(line.subject, 120))
    below = [texts.text(f"delisting.state.{line.state}"), *line_facts(line, texts)]
    return [f"■ {head} [{clean(line.zone, 80)}]", *(f"  {text}" for text in below)]
