"""Explains a returned mail or one line of refusal: who refused, why, whose move it is, whether waiting helps.

Usable by itself: `read_bounce(bytes or str)` gives `BounceFacts`, `bounce_summary` its JSON; a single reply alone is
explained by `core.knowledge.replies.explain_reply`.
"""

from core.check import Check
from core.checks.bounce.facts import BounceFacts, Recipient
from core.checks.bounce.judge import codes, judge
from core.checks.bounce.measure import measure
from core.checks.bounce.read import read_bounce
from core.checks.bounce.summary import bounce_summary

CHECK: Check[BounceFacts] = Check(
    id="bounce",
    needs=(("bounce",),),
    codes=codes(),
    time_limit=10.0,
    measure=measure,
    judge=judge,
)

__all__ = ["CHECK", "BounceFacts", "Recipient", "bounce_summary", "read_bounce"]
