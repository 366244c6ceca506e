"""`letter KIND`: a letter about the incident, filled in, to be read and changed before it goes out by hand."""

from __future__ import annotations

import argparse

from core.incident_commands.chosen import chosen_incident, told
from core.letters import KINDS, Letter, Sender, letter, mail_draft
from core.notebook import Notebook
from core.texts import LANGUAGES, Texts


def add(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--in", dest="language", choices=LANGUAGES)
    parser.add_argument("--to", metavar="ADDRESS", default="")
    parser.add_argument("--draft", action="store_true")
    add_sender(parser)
    parser.set_defaults(command=_run)


def add_sender(parser: argparse.ArgumentParser) -> None:
    """The options that say who writes; what is left out stands in brackets."""
    for name in ("company", "name", "phone", "contact"):
        parser.add_argument(f"--{name}", metavar="TEXT", default="")


def sender_of(arguments: argparse.Namespace) -> Sender:
    """Who writes."""
    return Sender(arguments.company, arguments.name, arguments.phone, arguments.contact)


def _run(arguments: argparse.Namespace, texts: Texts) -> int:
    with Notebook() as notebook:
        incident = chosen_incident(notebook, arguments, texts)
        made = letter(arguments.kind, incident, Texts(arguments.language or texts.language), sender_of(arguments))
        notebook.add(incident.id, "letter", {"letter": made.kind, "language": made.language})
    whole = letter_lines(made, texts)
    if arguments.draft:
        draft = mail_draft(arguments.to, made.subject, made.body)
        whole += ["", texts.text("letters.draft", url=draft.url)]
        whole += [] if draft.whole else [texts.text("letters.draft_too_long")]
    return told(made, [texts.text("letters.read_first"), ""], arguments, whole)


def letter_lines(made: Letter, texts: Texts) -> list[str]:
    """Address, subject and body."""
    own = Texts("ja" if made.language == "ja" else "en")
    to = [own.text("letters.to", to=made.to)] if made.to else []
    return [*to, own.text("letters.heading", subject=made.subject), "", *made.body.split("\n")]
