"""Why this cause and not the others: for the specialist. Pure; from a finished report, so that an old run can be
explained again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.diagnosis.ranking import fits
from core.knowledge.causes import natures
from core.model import Cause, CheckResult, Report

Standing = Literal["first", "behind", "no_sign", "part_looked", "not_looked"]


@dataclass(frozen=True)
class Weighing:
    """What became of one cause.

    `standing`: "first" is the answer, "behind" was found too, "no_sign" all checks that can show it looked and saw
    nothing, "part_looked" some of them looked, "not_looked" none could.
    """

    code: str
    standing: Standing
    cause: Cause | None  # None when not found
    fits: bool  # what it stops is what the person misses
    follows_from: tuple[str, ...] = ()  # codes of found causes that explain this one
    looked: tuple[str, ...] = ()  # ids of checks that could have shown it, and looked
    blind: tuple[str, ...] = ()  # ids of those that could not


def weigh(report: Report) -> tuple[Weighing, ...]:
    """Every cause: those found in their order, then those without a sign, then those nobody could look for."""
    found = [_found(number, cause, report) for number, cause in enumerate(report.causes) if cause.code in natures()]
    named = {weighing.code for weighing in found}
    others = [_not_found(code, report) for code in natures() if code not in named]
    order: tuple[Standing, ...] = ("no_sign", "part_looked", "not_looked")
    return (*found, *sorted(others, key=lambda weighing: order.index(weighing.standing)))


def _found(number: int, cause: Cause, report: Report) -> Weighing:
    explaining = tuple(other.code for other in report.causes if cause.code in _explained_by(other))
    looked, blind = _witnesses(cause.code, report)
    standing: Standing = "behind" if number else "first"
    return Weighing(cause.code, standing, cause, fits(cause.code, report.target), explaining, looked, blind)


def _explained_by(cause: Cause) -> frozenset[str]:
    nature = natures().get(cause.code)
    return nature.explains if nature else frozenset()


def _not_found(code: str, report: Report) -> Weighing:
    looked, blind = _witnesses(code, report)
    standing: Standing = "not_looked" if not looked else "part_looked" if blind else "no_sign"
    return Weighing(code, standing, None, fits(code, report.target), (), looked, blind)


def _witnesses(code: str, report: Report) -> tuple[tuple[str, ...], tuple[str, ...]]:
    results = {result.check_id: result for result in report.results}
    able = natures()[code].seen_by
    looked = tuple(check_id for check_id in able if _looked(results.get(check_id)))
    return looked, tuple(check_id for check_id in able if check_id not in looked)


def _looked(result: CheckResult | None) -> bool:
    return result is not None and result.applies and result.problem is None and result.state != "unknown"
