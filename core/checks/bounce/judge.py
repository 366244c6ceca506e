"""What a bounce means for us: one finding for each reason, action and provider. Pure."""

from __future__ import annotations

from core.checks.bounce.facts import BounceFacts, Recipient
from core.clean import clean
from core.knowledge.reply_rules import REASONS
from core.model import Evidence, Finding, Severity, Table, Value

COLUMNS = ("recipient", "action", "status", "reason", "remote_mta", "said")
NO_BOUNCE = ("delivered", "auto_reply", "read_receipt", "complaint", "ordinary", "empty")
VALUES = (
    "count",
    "recipients",
    "action",
    "permanent",
    "who_acts",
    "status",
    "remote_mta",
    "provider",
    "playbook",
    "said",
    "refused_by",
    "sending_address",
)
# Our own sending is refused: mail to many others fails for the same reason until somebody acts here.
OURS = frozenset(
    {
        "ip_blocked", "bad_reputation", "sender_auth_failed", "reverse_dns_missing", "helo_refused", "login_required",
        "sender_refused", "virus_found", "rate_limited", "relay_denied", "mail_loop", "suppressed_by_service",
    }
)  # fmt: skip


def codes() -> dict[str, tuple[str, ...]]:
    """Every finding code with the names of its values."""
    reasons = {f"bounce.{word}": VALUES for word in REASONS if word not in NO_BOUNCE}
    return reasons | {f"bounce.{kind}": ("subject",) for kind in NO_BOUNCE}


def judge(facts: BounceFacts) -> tuple[Finding, ...]:
    """The findings, worst first. A mail that is no bounce gives one finding that says what it is."""
    if not facts.is_bounce:
        return (Finding(f"bounce.{facts.kind}", Severity.UNKNOWN, {"subject": clean(facts.subject, 300)}),)
    groups: dict[tuple[str, str, str], list[Recipient]] = {}
    for entry in facts.recipients:
        if entry.action in ("failed", "delayed"):
            groups.setdefault((entry.reason, entry.action, entry.provider or ""), []).append(entry)
    findings = [_finding(group, facts.sending_address) for group in groups.values()]
    return tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.CRITICAL))


def _finding(group: list[Recipient], sending_address: str | None) -> Finding:
    first = group[0]
    ours_and_final = first.action == "failed" and first.permanent and first.reason in OURS
    severity = Severity.CRITICAL if ours_and_final else Severity.WARNING
    if first.reason == "unclear":
        severity = Severity.WARNING
    values: dict[str, Value] = {
        "count": len(group),
        "recipients": [clean(entry.final_recipient, 320) for entry in group[:20] if entry.final_recipient],
        "action": first.action,
        "permanent": first.permanent,
        "who_acts": first.who_acts,
        "status": _shown(first.status) or (str(first.reply_code) if first.reply_code else None),
        "remote_mta": _shown(first.remote_mta),
        "provider": first.provider,
        "playbook": first.playbook,
        "said": clean(first.diagnostic_code),
        "refused_by": first.refused_by,
        "sending_address": _shown(sending_address),
    }
    evidence = tuple(Evidence(entry.final_recipient, entry.diagnostic_code) for entry in group[:5])
    return Finding(f"bounce.{first.reason}", severity, values, evidence, Table(COLUMNS, tuple(map(_row, group[:100]))))


def _row(entry: Recipient) -> tuple[str, ...]:
    status = entry.status or str(entry.reply_code or "")
    cells = (entry.final_recipient, entry.action, status, entry.reason, entry.remote_mta or "", entry.diagnostic_code)
    return tuple(map(clean, cells))


def _shown(word: str | None) -> str | None:
    return clean(word, 320) if word else word
