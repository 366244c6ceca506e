"""The rows for the specialist: who sent how much, and who refused what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.checks.mail_log.facts import Refusal, Sender
from core.clean import clean
from core.model import Table

_ROWS = 12


def sender_table(senders: Sequence[Sender]) -> Table | None:
    """The senders with the most recipients."""
    columns = ("name", "messages", "recipients", "refused", "addresses", "first", "last")
    rows = tuple(
        (
            clean(each.name, 120), str(each.messages), str(each.recipients), str(each.refused),
            ", ".join(clean(address.name, 60) for address in each.addresses[:3]), _short(each.first), _short(each.last),
        )
        for each in senders[:_ROWS]
    )  # fmt: skip
    return Table(columns, rows) if rows else None


def refusal_table(refusals: Sequence[Refusal]) -> Table | None:
    """The most frequent refusals, theirs and ours."""
    columns = ("refused_by", "reason", "times", "example")
    rows = tuple(
        (clean(each.where or each.by, 80), each.reason, str(each.count), clean(each.example, 160))
        for each in refusals[:_ROWS]
    )
    return Table(columns, rows) if rows else None


def _short(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""
