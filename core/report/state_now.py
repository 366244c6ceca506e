"""The state after a repair that a later look proved: what page one says of now, and what becomes of what was then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.again import LISTINGS, REPAIRED, WAITING, Comparison, compare
from core.diagnosis.ranking import RISKS
from core.incident import Incident
from core.report.comparison import cause_title, meaning, repair_line
from core.report.words import mark_of, phrase, sentences
from core.texts import Texts


@dataclass(frozen=True)
class StateNow:
    """A proven repair. `causes`: what it was, by code."""

    incident: Incident
    comparison: Comparison
    causes: tuple[str, ...]

    @property
    def is_listed(self) -> bool:
        """Whether an address or a name still stands on a list."""
        return any(one.cause in LISTINGS and one.state != "repaired" for one in self.comparison.repairs)

    @property
    def seen_at(self) -> datetime:
        """The look that proved it."""
        return max((one.seen_at for one in self.comparison.repairs if one.seen_at), default=self.comparison.after_at)


def state_now(incident: Incident | None) -> StateNow | None:
    """The state after the repair; None while none is proven."""
    comparison = compare(incident) if incident else None
    if incident is None or comparison is None or comparison.verdict not in REPAIRED:
        return None
    repaired = [one.cause for one in comparison.repairs if one.state == "repaired" and one.cause not in RISKS | WAITING]
    roots = [code for code in repaired if code not in LISTINGS]
    return StateNow(incident, comparison, tuple(roots or repaired))


def done_by_looking(incident: Incident) -> dict[str, datetime]:
    """Steps of the checklist that a look proved done, though nobody ticked them."""
    now = state_now(incident)
    return {"repair_cause": now.seen_at, "check_again": now.seen_at} if now else {}


def box(now: StateNow, texts: Texts) -> dict[str, str]:
    """The words of the box on top, as the window says them, then what it was."""
    light = mark_of("ok" if now.comparison.verdict == "repaired" else "warning", texts)
    was = phrase(texts, "report.now.was", cause=cause_title(now.causes[0], now.incident, texts)) if now.causes else ""
    said = sentences([meaning(now.comparison, now.incident, texts)], texts)
    return {
        **light,
        "label": phrase(texts, "report.now.label", at=now.seen_at.isoformat()),
        "sentence": phrase(texts, f"again.verdict.{now.comparison.verdict}"),
        "meaning": "\n".join(filter(None, (said, was))),
    }


def still_open(now: StateNow, texts: Texts) -> dict[str, Any]:
    """What is not repaired, with what became of it; what only the newest look found."""
    fresh = [code for code in now.comparison.fresh if code not in WAITING]
    rows = [one for one in now.comparison.repairs if one.state != "repaired" and one.cause not in fresh]
    lines = [(one.cause, repair_line(one, now.incident, texts)) for one in rows]
    lines += [(code, phrase(texts, "report.compare.fresh")) for code in fresh]
    return {
        "heading": phrase(texts, "report.now.open"),
        "items": [sentences([cause_title(code, now.incident, texts), said], texts) for code, said in lines],
    }
