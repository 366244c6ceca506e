"""All results -> ranked causes: what is wrong, who must act. Pure: no network, no clock, no words.

One rule a cause (`rules/`). The first cause is the answer, so the order is by what explains what: a root
cause seen directly stands before its consequences (a listing follows from an open relay), a suspicion after
what was seen, a mere risk (old software) last.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.diagnosis.clues import Clues
from core.diagnosis.hosted import handed_over, keeper, to_the_point
from core.diagnosis.ranking import Place, ranked
from core.diagnosis.rules import RULES
from core.model import Cause, CheckResult, Context, Target, Values


def diagnose(results: Sequence[CheckResult], context: Context) -> tuple[Cause, ...]:
    """Ranked causes; never empty: with nothing found it says so, and with nothing looked at it says that."""
    clues = Clues.of(results, context)
    causes = to_the_point([cause for _, cause in placed_causes(clues)], clues.findings, context.target)
    return handed_over(causes, keeper(clues.findings, context.target)) or (_no_cause(results, context),)


def placed_causes(clues: Clues) -> tuple[tuple[Place, Cause], ...]:
    """The causes these clues support, each with why it stands where it stands."""
    found = ((number, pair) for number, rule in enumerate(RULES) for pair in rule(clues))
    return ranked(found, clues.context.target)


def _no_cause(results: Sequence[CheckResult], context: Context) -> Cause:
    looked_at = [result for result in results if result.applies and not result.problem]
    answered = [result for result in looked_at if result.severity.value != "unknown"]
    unknown = len(results) - len(answered)
    values: Values = {"count": len(answered), "unknown": unknown, "topic": _topic(context.target)}
    if not answered:
        return Cause("could_not_look", "confirmed", "you", values={"unknown": unknown})
    return Cause("nothing_found", "confirmed", "you", values=values)


def _topic(target: Target) -> str:
    """What to try next depends on what is missing."""
    if target.symptom == "checkup":
        return "checkup"
    receiving = target.direction == "receiving" or (target.direction is None and target.symptom == "not_received")
    return "receiving" if receiving else "sending"
