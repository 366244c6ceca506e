"""`checklist`: what to do first, in the right order; `--tick STEP --initials NK` says that it was done."""

from __future__ import annotations

import argparse

from core.checklist import Line, all_steps, checklist, next_line
from core.clean import clean
from core.errors import UsageError
from core.incident import Incident
from core.incident_commands.chosen import chosen_incident, told
from core.notebook import Notebook
from core.texts import Texts


def add(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--tick", metavar="STEP", action="append", default=[])
    which.add_argument("--untick", metavar="STEP")
    parser.add_argument("--initials", metavar="NK", default="")
    parser.set_defaults(command=_run)


def _run(arguments: argparse.Namespace, texts: Texts) -> int:
    wanted = [*arguments.tick, *([arguments.untick] if arguments.untick else [])]
    known = {step.id for step in all_steps()}
    for step in wanted:
        if step not in known:
            raise UsageError("checklist.unknown_step", step=clean(step, 60))
    if wanted and not arguments.initials.strip():
        raise UsageError("checklist.initials_missing")
    with Notebook() as notebook:
        incident = chosen_incident(notebook, arguments, texts)
        kind = "untick" if arguments.untick else "tick"
        content = {"initials": clean(arguments.initials.strip(), 20)}
        if wanted:
            notebook.add_all(incident.id, [(kind, {"step": step, **content}) for step in wanted])
            incident = notebook.incident(incident.id)
    lines = checklist(incident)
    return told(lines, checklist_lines(incident, texts, with_ids=True), arguments)


def checklist_lines(incident: Incident, texts: Texts, *, with_ids: bool) -> list[str]:
    """The checklist for people: what is next, then phase by phase."""
    lines = checklist(incident)
    done = sum(1 for line in lines if line.tick)
    said = [texts.text("checklist.progress", done=done, all=len(lines))]
    following = next_line(lines)
    if following:
        said.append(texts.text("checklist.next", step=texts.text(f"checklist.step.{following.step}")))
    else:
        said.append(texts.text("checklist.all_done"))
    phase = ""
    for line in lines:
        if line.phase != phase:
            phase = line.phase
            said += ["", f"■ {texts.text(f'checklist.phase.{phase}')}"]
        said += _line(line, texts, with_ids)
    return said


def _line(line: Line, texts: Texts, with_ids: bool) -> list[str]:
    mark = "✓" if line.tick else "□"
    name = f" [{line.step}]" if with_ids else ""
    said = [f"  {mark} {texts.text(f'checklist.step.{line.step}')}{name}"]
    if line.tick:
        initials = clean(line.tick.initials, 20)
        key = "checklist.done_by" if initials else "checklist.done"
        return [*said, f"      {texts.text(key, at=line.tick.at.isoformat(), initials=initials)}"]
    return [*said, f"      {texts.text(f'checklist.why.{line.step}')}"]
