"""Which cards a run calls for: one a cause, most important first, each followed by those that belong after it."""

from __future__ import annotations

from datetime import datetime

from core.errors import UsageError
from core.first_aid.card import Card, NoCard, made_out
from core.first_aid.server_kind import server_kind, server_version
from core.first_aid.values import values_for
from core.knowledge.fixes import ServerKind, load_fixes
from core.model import Report


def card_for(cause: str, kind: ServerKind, report: Report | None = None, now: datetime | None = None) -> Card | NoCard:
    """The card for one cause. Raises `UsageError` "fix.unknown_cause" for a code that has no file."""
    fix = load_fixes().get(cause)
    if fix is None:
        raise UsageError("fix.unknown_cause", cause=cause[:60])
    version = server_version(report, kind) if report else ""
    return made_out(fix, kind, values_for(cause, report, now), version)


def cards_for(report: Report, kind: ServerKind | None = None) -> tuple[Card | NoCard, ...]:
    """The cards of a run's causes in their order, each once; causes without a repair ("nothing found") give none."""
    fixes = load_fixes()
    wanted: dict[str, None] = {}
    for cause in report.causes:
        if cause.code in fixes:
            wanted.update(dict.fromkeys((cause.code, *fixes[cause.code].then)))
    chosen = kind or server_kind(report)
    return tuple(card_for(code, chosen, report) for code in wanted)
