"""`mail-first-aid fix`: the fix card of a cause for a kind of server, or the cards a saved run calls for."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from core.clients.files import read_file
from core.errors import UsageError
from core.first_aid import Card, CardStep, NoCard, card_for, cards_for, server_kind, typed_value
from core.knowledge.fixes import KINDS, ServerKind, load_fixes
from core.model import Report
from core.report.fix_card import card_text, card_title, command_text, stop_text, tell_text, tried_text
from core.report.json_file import report_from_text
from core.texts import Texts


def add_fix(add_command: Callable[..., argparse.ArgumentParser], commands: Any) -> argparse.ArgumentParser:
    """Add the command `fix` to the parser; `add_command` gives it the options that all commands share."""
    parser = add_command(commands, "fix", None)
    parser.add_argument("cause", nargs="?", metavar="CAUSE")
    parser.add_argument("--server", choices=KINDS)
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
    )
    parser.add_argument("--run", metavar="RUN.json")
    return parser


def fix_result(arguments: argparse.Namespace) -> tuple[Card | NoCard, ...]:
    """The cards asked for; none when only the list is. Raises `UsageError` (unknown cause, unreadable run, a value of
    another form, a value that none of these cards takes)."""
    typed = _typed(arguments.set)
    cards = _cards(arguments, typed)
    for name in typed:
        if not any(isinstance(card, Card) and name in card.takes for card in cards):
            raise UsageError("fix.not_asked", name=name)
    return cards


def _typed(words: list[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError("fix.unknown_blank", name=name[:60])
        found[name] = typed_value(name, value)
    return found


def _cards(arguments: argparse.Namespace, typed: Mapping[str, str]) -> tuple[Card | NoCard, ...]:
    report = report_from_text(read_file(arguments.run).text()) if arguments.run else None
    chosen: ServerKind | None = arguments.server
    if arguments.cause:
        kind = chosen or (server_kind(report) if report else "unknown")
        return (card_for(arguments.cause, kind, report, _now(report), typed),)
    return cards_for(report, chosen, typed) if report else ()


def fix_text(cards: tuple[Card | NoCard, ...], arguments: argparse.Namespace, texts: Texts) -> str:
    """The cards in words; without any, the list of causes that have one."""
    if cards:
        return "\n\n\n".join(card_text(card, texts) for card in cards)
    if arguments.run:
        return texts.text("fix.no_card_for_run")
    listed = [f"  {cause:<26}{card_title(cause, texts)}" for cause in load_fixes()]
    return "\n".join([texts.text("fix.list_heading"), *listed])


def fix_json(cards: tuple[Card | NoCard, ...], texts: Texts) -> dict[str, Any]:
    """The cards as JSON: codes, commands and words."""
    return {"causes": list(load_fixes()), "cards": [_card(card, texts) for card in cards]}


def _card(card: Card | NoCard, texts: Texts) -> dict[str, Any]:
    head: dict[str, Any] = {
        "cause": card.cause, "server": card.server, "title": card_title(card.cause, texts),
    }  # fmt: skip
    if isinstance(card, NoCard):
        return {**head, "applies": False, "reason": card.reason, "text": texts.text(f"fix.absent.{card.reason}")}
    words = {name: texts.text(f"fix.{name}.{getattr(card, name)}") for name in ("pause", "risk", "call")}
    return {
        **head,
        "applies": True,
        "tried": card.tried,
        "minutes": card.minutes,
        "words": {
            "what": texts.text(f"fix.{card.cause}.what"),
            **words,
            "tried": tried_text(card, texts),
            "tell": tell_text(card, texts),
        },
        "stop": [stop_text(card, code, texts) for code in card.stop],
        "then": list(card.then),
        "values": dict(card.values),
        "blanks": list(card.blanks),
        "steps": [_step(step, texts) for step in card.steps],
    }


def _step(step: CardStep, texts: Texts) -> dict[str, Any]:
    return {
        "part": step.part,
        "text": texts.text(f"fix.say.{step.say}"),
        "command": "\n".join(command_text(step, texts)) or None,
        "ready": step.ready,
        "blanks": list(step.blanks),
        "open": step.open or None,
        "check": step.app or None,
        "expect": step.expect or None,
        "optional": step.optional,
    }


def _now(report: Report | None) -> datetime | None:
    return None if report else datetime.now().astimezone()
