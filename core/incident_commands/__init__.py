"""The commands about an incident after the first check: `notebook`, `checklist`, `again`, `delist`, `letter`.

Each speaks of the incident something was added to most lately, unless `--incident N` names another, and says which.
Standard output holds the result alone; exit status 0, except `again` (the severity of the new run), 64 for wrong usage.
"""

from __future__ import annotations

import argparse
from typing import Any

from core.incident_commands import again_command, checklist_command, delist_command, letter_command, notebook_command
from core.incident_commands.again_command import RunAgain
from core.texts import LANGUAGES

__all__ = ["RunAgain", "add_incident_commands"]


def add_incident_commands(commands: Any, run_again: RunAgain) -> None:
    """Add the commands' words to the parser. `run_again` makes a run: only the command line itself may."""
    notebook_command.add(_command(commands, "notebook"))
    checklist_command.add(_command(commands, "checklist"))
    again_command.add(_command(commands, "again"), run_again)
    delist_command.add(_command(commands, "delist"))
    letter_command.add(_command(commands, "letter"))


def _command(commands: Any, name: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help="")
    parser.add_argument("--lang", choices=LANGUAGES)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--incident", metavar="N", type=int)
    return parser
