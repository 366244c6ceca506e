"""Mail that other companies refused for good because of the letter or its address: it is usual, and it is always told.

A wrong address now and then is no alarm. It becomes one where more comes back than arrives. Where that much comes
back and the answers do not say plainly why, it is at least not called good.
"""

from __future__ import annotations

from core.checks.mail_log.facts import LogFacts, Refusal
from core.clean import clean
from core.model import Finding, Severity

FEW = 3
# Reasons that are about one letter or one address; those about our server have findings of their own.
_ABOUT_ONE = (
    "user_unknown", "address_closed", "domain_cannot_receive", "mailbox_full", "recipient_refuses", "message_too_big",
    "attachment_blocked", "virus_found", "bad_message_format", "sender_refused",
)  # fmt: skip


def returned(facts: LogFacts, *, accused: bool = False) -> Finding | None:
    """What came back: good to know, or a warning where it is more than arrived outside; None for nothing.

    `accused`: somebody stands out as a sender of spam. Then what came back is a trace of that, and nothing usual.
    """
    theirs = [each for each in facts.refusals if each.by == "them" and each.reason in _ABOUT_ONE]
    count = min(facts.bounced, sum(each.count for each in theirs))  # what was only put off is no return
    if not count:
        return None
    most = count >= FEW and count > facts.delivered_outside
    code = "spam_came_back" if accused and count >= FEW else "most_came_back" if most else "some_came_back"
    return _told(code, Severity.OK if code == "some_came_back" else Severity.WARNING, count, theirs, facts)


def _told(code: str, severity: Severity, count: int, theirs: list[Refusal], facts: LogFacts) -> Finding:
    last = max((each.last for each in theirs if each.last), default=None)
    return Finding(
        f"mail_log.{code}",
        severity,
        {
            "count": count,
            "delivered": facts.delivered_outside,
            "reasons": _words(theirs),
            "until": last.isoformat() if last else None,
            "example": clean(theirs[0].example, 300),
        },
    )


def unexplained(facts: LogFacts) -> Finding | None:
    """More came back than arrived, for reasons no other finding is about; None where that is not so."""
    theirs = [each for each in facts.refusals if each.by == "them" and each.reason not in _ABOUT_ONE]
    count = min(facts.bounced, sum(each.count for each in theirs))
    if count < FEW or count <= facts.delivered_outside:
        return None
    return _told("most_came_back_unclear", Severity.WARNING, count, theirs, facts)


def _words(refusals: list[Refusal]) -> list[str]:
    return list(dict.fromkeys(each.reason for each in refusals))[:4]
