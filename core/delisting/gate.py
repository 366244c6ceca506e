"""Whether the desk is open. Asking before the cause is repaired gets an address listed again, and costs goodwill.

Open: every cause that gets an address listed was seen, and a later run proved each repaired; or what the lists say
needs no repair (an office line that should not send directly). Closed otherwise, with the reason. A person may open
it all the same with a written reason and initials, which are kept; a later run that shows the cause again closes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.again import Repair, listing_roots, repairs_of
from core.delisting.desk import desk, way_off
from core.errors import UsageError
from core.incident import Entry, Incident

State = Literal["open", "overridden", "waiting", "closed", "empty"]
Why = Literal[
    "repaired",
    "nothing_to_repair",
    "override",
    "still_wrong",
    "not_looked",
    "not_seen",
    "unknown_cause",
    "not_listed",
    "all_removed",
    "asked",
    "by_itself",
]
_SHORTEST_REASON = 10  # characters; Japanese says a thing in that many


@dataclass(frozen=True)
class Gate:
    """`since`: when the repair was proven, the reason written, or, waiting, when to look again. `repairs`: the causes
    that decide."""

    state: State
    why: Why
    since: datetime | None = None
    repairs: tuple[Repair, ...] = ()
    override: Entry | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests may be made."""
        return self.state in ("open", "overridden")


def gate(incident: Incident) -> Gate:
    """The state of this incident's desk; "waiting" once nothing is left to ask."""
    lines = desk(incident)
    if not lines:
        return Gate("empty", "not_listed")
    if all(line.state == "removed" for line in lines):
        return Gate("empty", "all_removed", max(line.seen_at for line in lines if line.seen_at))
    repairs = tuple(repair for repair in repairs_of(incident.runs) if repair.cause in listing_roots())
    if not any(line.needs_repair for line in lines):
        return Gate("open", "nothing_to_repair", repairs=repairs)
    proven = _by_proof(repairs)
    override = incident.override
    by_word = override is not None and not _shown_again(repairs, override.at)
    way, look_at = way_off(lines)
    if (proven.is_open or by_word) and (way == "asked" or way == "by_itself"):
        return Gate("waiting", way, look_at, repairs)
    if proven.is_open or override is None or not by_word:
        return proven
    return Gate("overridden", "override", override.at, repairs, override)


def _by_proof(repairs: tuple[Repair, ...]) -> Gate:
    if not repairs:
        return Gate("closed", "unknown_cause")
    states = {repair.state for repair in repairs}
    if "still" in states:
        return Gate("closed", "still_wrong", repairs=repairs)
    if "not_looked" in states:
        return Gate("closed", "not_looked", repairs=repairs)
    if "not_seen" in states:
        return Gate("closed", "not_seen", repairs=repairs)
    since = max(repair.seen_at for repair in repairs if repair.seen_at)
    return Gate("open", "repaired", since, repairs)


def _shown_again(repairs: tuple[Repair, ...], written: datetime) -> bool:
    return any(repair.state in ("still", "not_looked") and repair.found_at > written for repair in repairs)


def override_entry(reason: str, initials: str) -> tuple[str, dict[str, str]]:
    """The entry that opens the desk without proof. Raises `UsageError` "delisting.reason_missing"."""
    if len(reason.strip()) < _SHORTEST_REASON or not initials.strip():
        raise UsageError("delisting.reason_missing", count=_SHORTEST_REASON)
    return "override", {"text": reason.strip(), "initials": initials.strip()}
