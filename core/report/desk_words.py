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


def line_facts(line: DeskLine, texts: Texts) -> list[str]:
    """What to know of a line, a sentence each: who may ask, how, how long, where, when to look, what was done."""
    said = []
    if line.state != "removed":
        if line.who != "nobody":
            said.append(texts.text("delisting.line_who", who=line.who))
        said.append(texts.text("delisting.line_how", how=line.how))
        if line.wait:
            said.append(texts.text("delisting.line_wait", wait=line.wait))
        if (where := line.mail or line.page) and line.who == "you":
            said.append(texts.text("delisting.line_where", where=where))
        if not line.matters:
            said.append(texts.text("delisting.small"))
    if line.state == "asked" and (at := line.look_again_at):
        said.append(texts.text("delisting.line_look", at=at.isoformat()))
    if line.seen_at:
        said.append(texts.text("delisting.line_seen", at=line.seen_at.isoformat()))
    for entry in line.entries:
        values = {name: clean(entry.word(name), 200) for name in ("state", "initials", "text")}
        said.append(texts.text("delisting.line_entry", values, at=entry.at.isoformat()))
    return said
