"""The wordless summary of a bounce, under the public names of the command line's JSON."""

from __future__ import annotations

from typing import Any

from core.checks.bounce.facts import BounceFacts, Recipient


def bounce_summary(facts: BounceFacts) -> dict[str, Any]:
    """The JSON of `read-bounce` without title, meaning and steps, which whoever has the texts adds.

    `kind` says what a mail is that is no bounce; `playbook` is a code with texts `playbook.<code>.…`, `link` the
    provider's own page.
    """
    return {
        "is_bounce": facts.is_bounce,
        "kind": facts.kind,
        "recipients": [_recipient(entry) for entry in facts.recipients],
        "sending_address": facts.sending_address,
        "reporting_mta": facts.reporting_mta,
        "will_retry_until": facts.will_retry_until,
    }


def _recipient(entry: Recipient) -> dict[str, Any]:
    return {
        "address": entry.final_recipient,
        "action": entry.action,
        "status": entry.status,
        "reason": entry.reason,
        "permanent": entry.permanent,
        "who_acts": entry.who_acts,
        "remote_mta": entry.remote_mta,
        "diagnostic_code": entry.diagnostic_code,
        "provider": entry.provider,
        "playbook": entry.playbook,
        "link": entry.link,
        "original_recipient": entry.original_recipient,
        "refused_by": entry.refused_by,
        "decided_by": entry.decided_by,
    }
