"""Which incident a command speaks of, and how it tells its result: as lines or as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core.clean import clean
from core.errors import UsageError
from core.incident import Incident
from core.notebook import Notebook
from core.report.json_file import json_text
from core.report.line_breaks import columns, wrapped
from core.saved_run import plain
from core.texts import Texts

WIDTH = 78
_MARKS = ("□ ", "✓ ", "- ", "→ ", "■ ")


def chosen_incident(notebook: Notebook, arguments: argparse.Namespace, texts: Texts) -> Incident:
    """The incident named by `--incident`, else the newest; says on standard error which. Raises `UsageError`."""
    number = arguments.incident
    if number is None:
        newest = notebook.incidents(most=1)
        if not newest:
            raise UsageError("notebook.empty")
        number = newest[0].id
    incident = notebook.incident(number)
    print(texts.text("notebook.about_incident", id=str(number), about=about(incident, texts)), file=sys.stderr)
    return incident


def about(incident: Incident, texts: Texts) -> str:
    """Whose incident it is, in a few words; practice and files from elsewhere are marked."""
    target = incident.latest.target if incident.latest else None
    name = (target.domain or target.mail_host or (target.address[0] if target.address else "")) if target else ""
    return describe(name or "", incident.practice, incident.imported_at is not None, texts)


def describe(name: str, practice: str, imported: bool, texts: Texts) -> str:
    """The same from its parts."""
    words = [clean(name, 80) or texts.text("notebook.unnamed")]
    if practice:
        story = f"gui.start.incident.{practice}"  # the story's name; one of another version may have none here
        name_of_story = texts.text(story) if texts.has(story) else clean(practice, 60)
        words.append(texts.text("notebook.line_practice", name=name_of_story))
    if imported:
        words.append(texts.text("notebook.line_imported"))
    return " ".join(words)


def told(value: object, lines: Sequence[str], arguments: argparse.Namespace, whole: Sequence[str] = ()) -> int:
    """Print the result: JSON where it was asked for, else the lines, broken at the width. Returns 0.

    `whole` follows with its lines as they are: a text that is to be copied. Raises UsageError "file.unwritable".
    """
    if arguments.json:
        text = json_text({"schema": "mail-first-aid/1", "result": plain(value)}, 2)
        if arguments.json != "-":
            try:
                Path(arguments.json).write_text(text + "\n", encoding="utf-8")
            except OSError as refused:
                raise UsageError("file.unwritable", name=arguments.json, reason=refused.strerror or "") from refused
        else:
            print(text)
    if arguments.json != "-":
        print("\n".join([*(part for line in lines for part in folded(line)), *whole]))
    return 0


def folded(line: str) -> list[str]:
    """One line in as many as the width needs, each indented like the first; behind a mark, like its text."""
    text = line.lstrip(" ")
    indent = " " * (len(line) - len(text))
    mark = text[:2] if text[:2] in _MARKS else ""
    parts = wrapped(text[len(mark) :], WIDTH - len(indent) - columns(mark))
    return [indent + (mark if not number else " " * columns(mark)) + part for number, part in enumerate(parts)]
