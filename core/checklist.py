"""The checklist of first response for the incident at hand: `resources/data/checklist.toml`, chosen by its causes.

Always in this order: stop the bleeding, keep evidence, tell people, repair, verify, ask the lists, prevent. A step
is a code with texts `checklist.step.<id>` (what to do) and `checklist.why.<id>` (why, what to mind); a phase is one
with `checklist.phase.<phase>`. Pure; a tick is an entry in the notebook.

For the window: `checklist(incident)` gives the lines; ticking is `Notebook.add(id, "tick", {"step", "initials"})`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from core.incident import Incident, Tick
from core.knowledge.causes import natures
from core.resources import resources_dir

Phase = Literal["stop", "evidence", "tell", "repair", "verify", "delist", "prevent"]
PHASES: tuple[Phase, ...] = get_args(Phase)
_KEYS = {"id", "phase", "causes", "not_with"}


@dataclass(frozen=True)
class Step:
    """One step; `causes` are codes; `for_any`: every incident has it."""

    id: str
    phase: Phase
    causes: frozenset[str]
    for_any: bool
    not_with: frozenset[str] = frozenset()

    def belongs_to(self, causes: frozenset[str]) -> bool:
        """Whether an incident with these causes has this step."""
        return (self.for_any or bool(self.causes & causes)) and not self.not_with & causes


@dataclass(frozen=True)
class Line:
    """One step of an incident's checklist, and who did it."""

    step: str
    phase: Phase
    tick: Tick | None = None


@cache
def all_steps() -> tuple[Step, ...]:
    """Every step, in order. Raises ValueError for a key, phase, group or cause nobody knows: a bug, found by tests."""
    raw = tomllib.loads((resources_dir() / "data" / "checklist.toml").read_text(encoding="utf-8"))
    steps = [_step(item, raw["groups"]) for item in raw["item"]]
    return tuple(sorted(steps, key=lambda step: PHASES.index(step.phase)))


def _step(item: Mapping[str, Any], groups: Mapping[str, list[str]]) -> Step:
    if set(item) - _KEYS or item["phase"] not in PHASES:
        raise ValueError(f"checklist.toml: {item}")
    words = [word for word in item["causes"] if word != "any"]
    for_any = len(words) < len(item["causes"])
    not_with = _codes(item.get("not_with", []), groups)
    return Step(item["id"], item["phase"], _codes(words, groups), for_any, not_with)


def _codes(words: Iterable[str], groups: Mapping[str, list[str]]) -> frozenset[str]:
    codes = frozenset(code for word in words for code in groups.get(word, [word]))
    if unknown := codes - natures().keys():
        raise ValueError(f"checklist.toml: unknown cause {sorted(unknown)}")
    return codes


def checklist(incident: Incident) -> tuple[Line, ...]:
    """The incident's checklist with its ticks. Steps ticked once stay, also when a later run found other causes."""
    ticks = incident.ticks
    codes = frozenset(cause.code for cause in incident.causes)
    return tuple(
        Line(step.id, step.phase, ticks.get(step.id))
        for step in all_steps()
        if step.belongs_to(codes) or step.id in ticks
    )


def next_line(lines: Iterable[Line]) -> Line | None:
    """The first step nobody has done yet."""
    return next((line for line in lines if line.tick is None), None)
