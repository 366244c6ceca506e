"""How the practice company stands by now: as it was, repaired, or off the lists, by what was written down since."""

from __future__ import annotations

from core.again import compare
from core.delisting import desk, way_off
from core.incident import Incident
from core.practice.incident import INCIDENTS


def is_repaired(incident: Incident) -> bool:
    """Whether somebody wrote down that the repair was done: ticked it, or ended a card as done and did not undo it."""
    ended = {
        entry.word("card"): entry.word("outcome")
        for entry in incident.entries
        if entry.kind == "card" and not entry.word("outcome").startswith("step_")
    }
    return "repair_cause" in incident.ticks or "done" in ended.values()


def story_now(incident: Incident) -> str:
    """The story to play: repaired once somebody wrote down that it was, off the lists once they were asked, or, where
    they let go by themselves, once the repair was seen (nobody practises a day of waiting). Without
    that it is as it was, and checking again says so."""
    name = incident.practice
    seen = compare(incident)
    waits = seen is not None and seen.verdict == "repaired_but_listed" and way_off(desk(incident))[0] == "by_itself"
    asked = any(entry.kind == "delisting" for entry in incident.entries)
    repaired = is_repaired(incident)
    for suffix, reached in (("-delisted", (asked or waits) and repaired), ("-closed", repaired)):
        if reached and f"{name}{suffix}" in INCIDENTS:
            return f"{name}{suffix}"
    return name if name in INCIDENTS else "relay-2004"
