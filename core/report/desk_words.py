"""The delisting desk in words: the same sentences for the command line, the window and the report."""

from __future__ import annotations

from core.clean import clean
from core.delisting import DeskLine, Gate
from core.incident import Incident
from core.report.comparison import cause_title
from core.texts import Texts


def gate_said(found: Gate, incident: Incident, texts: Texts) -> str:
    """Whether the desk is open, and why."""
    causes = [cause_title(repair.cause, incident, texts) for repair in found.repairs if repair.state != "repaired"]
    override = found.override
    return texts.text(
        f"delisting.gate.{found.why}",
        at=found.since.isoformat() if found.since else None,
        causes=causes,
        initials=clean(override.word("initials"), 20) if override else "",
        text=clean(override.word("text"), 400) if override else "",
    )


def gate_step(found: Gate, texts: Texts) -> str:
    """What opens it; "" where there is nothing to do for that."""
    key = f"delisting.gate_step.{found.why}"
    return texts.text(key) if texts.has(key) else ""


def line_name(line: DeskLine, texts: Texts) -> str:
    """The list's own name, or the provider's."""
    key = f"provider.{line.name}"
    return texts.text(key) if texts.has(key) else clean(line.name, 80)
