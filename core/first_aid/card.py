"""A fix card made out for one server: its steps with this server's own values, or why there is none.

Codes and commands only; the words are chosen when it is shown (`core.report.fix_card`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.first_aid.blanks import filled
from core.first_aid.dns_lines import DnsLine
from core.knowledge.fixes import Call, Fix, FixCard, FixStep, Part, ServerKind

# yes: every command was run on a real server of this kind and undone again. older: so it was, but on a version so
# much newer than this server's that the commands differ. nothing_to_run: there is no command.
Tried = Literal["yes", "older", "no", "nothing_to_run"]
CHANGING: tuple[Part, ...] = ("do", "apply")
HANDS_LINES = frozenset({"auth_ask_line"})  # steps that hand over the card's DNS lines


@dataclass(frozen=True)
class CardStep:
    """One step. `command` may still hold `{name}` for each of `blanks`: it is not ready to be copied then."""

    part: Part
    say: str
    command: str = ""
    open: str = ""  # a way through a product's menus
    app: str = ""  # the check that the app repeats
    expect: str = ""
    blanks: tuple[str, ...] = ()
    optional: bool = False
    keeps: bool = False

    @property
    def ready(self) -> bool:
        """Whether the command may be copied as it is."""
        return bool(self.command) and not self.blanks

    def with_blanks(self, words: Mapping[str, str]) -> str:
        """The command with the given words where a value is missing."""
        return re.sub(r"\{([a-z_]+)\}", lambda m: words[m[1]] if m[1] in self.blanks else m[0], self.command)


@dataclass(frozen=True)
class Card:
    """What to do about `cause` on a server of this kind. `values` are those that fitted, for the words around."""

    cause: str
    server: ServerKind
    steps: tuple[CardStep, ...]
    minutes: int
    pause: str
    risk: str
    stop: tuple[str, ...]
    call: Call
    tried: Tried
    tried_on: str = ""  # the version that was
    version: str = ""  # of this server, when it is known
    then: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    takes: tuple[str, ...] = ()  # the names of all its blanks, filled or not
    lines: tuple[DnsLine, ...] = ()  # to be registered by whoever keeps the domain

    @property
    def blanks(self) -> tuple[str, ...]:
        """The names of the values that are still missing, in the order they are needed."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.blanks))

    def of_part(self, part: Part) -> tuple[CardStep, ...]:
        """The steps of one part."""
        return tuple(step for step in self.steps if step.part == part)

    @property
    def changes_server(self) -> bool:
        """Whether anything on the server is another thing afterwards."""
        return any(step.part in CHANGING and (step.command or step.open) for step in self.steps)


@dataclass(frozen=True)
class NoCard:
    """There is no card for this pair; `reason` is a code."""

    cause: str
    server: ServerKind
    reason: str


def made_out(fix: Fix, kind: ServerKind, values: Mapping[str, str], version: str = "") -> Card | NoCard:
    """The card of `fix` for this kind of server with those of `values` that have the form of their blank.

    Raises LookupError when the data has a hole there: a bug of ours that a test finds first.
    """
    found = fix.for_server(kind)
    if found is None:
        raise LookupError(f"{fix.cause} for {kind}")
    if not isinstance(found, FixCard):
        return NoCard(fix.cause, kind, found.reason)
    fitting = {name: fit for name, value in values.items() if (fit := filled(name, value)) is not None}
    return Card(
        cause=fix.cause,
        server=kind,
        steps=tuple(_step(step, fitting) for step in found.steps),
        minutes=found.minutes,
        pause=found.pause,
        risk=found.risk,
        stop=found.stop,
        call=found.call,
        tried=_tried(found, kind, version),
        tried_on=found.tried_on,
        version=version,
        then=fix.then,
        values=fitting,
        takes=tuple(dict.fromkeys(name for step in found.steps for name in step.placeholders)),
    )


def _step(step: FixStep, fitting: Mapping[str, str]) -> CardStep:
    command, expect = step.run, step.expect
    for name, value in fitting.items():
        command, expect = command.replace(f"{{{name}}}", value), expect.replace(f"{{{name}}}", value)
    return CardStep(
        part=step.part,
        say=step.say,
        command=command,
        open=step.open,
        app=step.app,
        expect=expect,
        blanks=tuple(name for name in step.placeholders if name not in fitting),
        optional=step.optional,
        keeps=step.keeps,
    )


def _tried(card: FixCard, kind: ServerKind, version: str) -> Tried:
    if kind in card.tried:
        return "older" if version and _numbers(version) < _numbers(card.oldest) else "yes"
    return "no" if any(step.run or step.open for step in card.steps) else "nothing_to_run"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split(".") if number)
