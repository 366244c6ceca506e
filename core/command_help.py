"""What the commands and their options are for, in the language asked for: the texts `help.*`.

An option's text stands under its command (`help.check.domain`) or, where it is the same everywhere, under its name
alone (`help.json`). They are looked up when somebody asks for help, and at no other time.
"""

from __future__ import annotations

import argparse

from core.texts import Texts

# argparse's own headings -> their texts.
_HEADINGS = {"usage:": "usage", "positional arguments:": "positional", "options:": "options"}


def say_help(parser: argparse.ArgumentParser, texts: Texts) -> None:
    """Give `parser` the words of its help. argparse has no public list of what was added to a parser."""
    path = parser.prog.split()[1:]
    if not path:
        parser.description = texts.text("help.program")
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action._choices_actions:
                command.help = _plain(texts.text(".".join(("help.command", *path, command.dest))))
        elif action.help is not argparse.SUPPRESS:
            action.help = _plain(_text(path, action.dest, texts))


def with_headings(formatted: str, texts: Texts) -> str:
    """argparse's help text with its headings in this language."""
    lines = formatted.split("\n")
    for heading, name in _HEADINGS.items():
        word = f"{texts.text(f'help.heading.{name}')}:"
        lines = [word + line.removeprefix(heading) if _is(line, heading) else line for line in lines]
    return "\n".join(lines)


def _is(line: str, heading: str) -> bool:
    return line == heading or (heading == "usage:" and line.startswith("usage: "))


def _text(path: list[str], dest: str, texts: Texts) -> str:
    own = ".".join(("help", *path, dest))
    return texts.text(own if texts.has(own) else f"help.{dest}")


def _plain(text: str) -> str:
    """argparse fills in values of its own by "%"."""
    return text.replace("%", "%%")
