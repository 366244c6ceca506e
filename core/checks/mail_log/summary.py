"""The facts as the public JSON of `read-log` has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.checks.mail_log.facts import LogFacts, Named, Refusal, Sender
from core.checks.mail_log.judge import suspects

# What the interface calls a machine of our own network that sends too much: another that relays through us.
_KINDS = {"machine": "relay"}


def log_summary(facts: LogFacts) -> dict[str, Any]:
    """Plain JSON values; times are RFC 3339 or null."""
    return {
        "product": facts.product,
        "lines": facts.lines,
        "first": _iso(facts.first),
        "last": _iso(facts.last),
        "year_guessed": facts.year_guessed,
        "complete": facts.complete,
        "sent": facts.sent,
        "sent_outside": facts.delivered_outside,
        "deferred": facts.deferred,
        "bounced": facts.bounced,
        "rejected": facts.rejected,
        "senders": _named(facts.senders),
        "suspects": [_suspect(each) for each in suspects(facts)],
        "rejections": [_refusal(each) for each in facts.refusals],
        "failed_logins": {
            "count": facts.brute_force.failures,
            "addresses": _named(facts.brute_force.addresses),
            "names": facts.brute_force.names,
        },
        "our_addresses": list(facts.our_addresses),
    }


def _suspect(sender: Sender) -> dict[str, Any]:
    return {
        "kind": _KINDS.get(sender.kind, sender.kind),
        "name": sender.name,
        "messages": sender.messages,
        "recipients": sender.recipients,
        "addresses": [each.name for each in sender.addresses],
        "first": _iso(sender.first),
        "last": _iso(sender.last),
        "refused": sender.refused,
        "sender_addresses": sender.senders,
        "lines": list(sender.lines),
    }


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "reason": refusal.reason,
        "count": refusal.count,
        "example": refusal.example,
        "by": refusal.by,
        "where": refusal.where,
        "provider": refusal.provider,
        "first": _iso(refusal.first),
        "last": _iso(refusal.last),
    }


def _named(names: tuple[Named, ...]) -> list[dict[str, Any]]:
    return [{"name": each.name, "count": each.count} for each in names]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
