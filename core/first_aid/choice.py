"""Which cards a run calls for: one a cause, most important first, each followed by those that belong after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from core.errors import UsageError
from core.first_aid.blanks import filled
from core.first_aid.card import Card, NoCard, made_out
from core.first_aid.dns_lines import dns_lines
from core.first_aid.server_kind import server_kind, server_version
from core.first_aid.values import values_for
from core.knowledge.fixes import PLACEHOLDERS, ServerKind, load_fixes
from core.model import Report

NOTHING: Mapping[str, str] = {}


def card_for(
    cause: str,
    kind: ServerKind,
    report: Report | None = None,
    now: datetime | None = None,
    typed: Mapping[str, str] = NOTHING,
) -> Card | NoCard:
    """The card for one cause; `typed` values (see `typed_value`) come before what the run saw.

    Raises `UsageError` "fix.unknown_cause" for a code that has no file.
    """
    fix = load_fixes().get(cause)
    if fix is None:
        raise UsageError("fix.unknown_cause", cause=cause[:60])
    version = server_version(report, kind) if report else ""
    made = made_out(fix, kind, {**values_for(cause, report, now), **typed}, version)
    return replace(made, lines=dns_lines(cause, report)) if isinstance(made, Card) else made


def cards_for(
    report: Report, kind: ServerKind | None = None, typed: Mapping[str, str] = NOTHING
) -> tuple[Card | NoCard, ...]:
    """The cards of a run's causes in their order, each once; causes without a repair ("nothing found") give none."""
    fixes = load_fixes()
    wanted: dict[str, None] = {}
    for cause in report.causes:
        if cause.code in fixes:
            wanted.update(dict.fromkeys((cause.code, *fixes[cause.code].then)))
    chosen = kind or server_kind(report)
    return tuple(card_for(code, chosen, report, typed=typed) for code in wanted)


def typed_value(name: str, value: str) -> str:
    """What a person typed for the blank `name`, as it may stand in a command.

    Raises `UsageError`: "fix.unknown_blank" for a name that no card has, "fix.bad_value" for another form.
    """
    if name not in PLACEHOLDERS:
        raise UsageError("fix.unknown_blank", name=name[:60])
    found = filled(name, value)
    if found is None:
        raise UsageError("fix.bad_value", name=name, example=name)
    return found
