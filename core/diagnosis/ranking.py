"""Which cause stands first: how directly it was seen, whether it fits what the person told, what explains what.

Pure. A rule says how its cause was seen (the rank); here the person's own words count (a fault that stops incoming
mail is not why our letters do not arrive), and a cause that follows from another stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.diagnosis.clues import Clues
from core.knowledge.causes import nature_of
from core.model import Cause, Target

# Seen directly; following from something else; only suspected; a danger that need not be today's trouble.
ROOT, CONSEQUENCE, SUSPICION, RISK = range(4)
Ranked = tuple[int, Cause]
Rule = Callable[[Clues], Iterator[Ranked]]

# Causes that are dangers of their own: never said to be why mail does not get through today.
RISKS = frozenset({"server_unsupported"})

_CERTAINTIES = ("confirmed", "likely", "possible")


@dataclass(frozen=True)
class Place:
    """Why a cause stands where it stands; smaller is earlier."""

    rank: int
    off_topic: bool  # what it stops is not what the person misses
    certainty: int
    number: int  # of its rule

    @property
    def key(self) -> tuple[int, bool, int, int]:
        """What is compared. A suspicion that fits does not overtake what was seen."""
        return self.rank, self.off_topic, self.certainty, self.number


def fits(code: str, target: Target) -> bool:
    """Whether this cause stops what the person says is missing; without their word, everything fits."""
    return not (missed := _missed(target)) or bool(nature_of(code).stops & missed)


def beside_the_point(cause: Cause, target: Target) -> bool:
    """Whether this is a danger worth naming, but not why what the person misses is missing."""
    return cause.code in RISKS or not fits(cause.code, target)


def _missed(target: Target) -> frozenset[str]:
    if target.direction == "both" or target.symptom == "checkup":
        return frozenset()
    if target.direction == "sending" or target.symptom in ("not_delivered", "complaint"):
        return frozenset({"out"})
    if target.direction == "receiving" or target.symptom == "not_received":
        return frozenset({"in", "connect"})
    return frozenset()


def ranked(found: Iterable[tuple[int, Ranked]], target: Target) -> tuple[tuple[Place, Cause], ...]:
    """Causes in their order. `found` holds (number of the rule, what the rule gave)."""
    placed = [(_place(number, rank, cause, target), cause) for number, (rank, cause) in found]
    placed.sort(key=lambda entry: entry[0].key)
    return tuple(_explained_behind(_each_once(placed)))


def _place(number: int, rank: int, cause: Cause, target: Target) -> Place:
    return Place(rank, not fits(cause.code, target), _CERTAINTIES.index(cause.certainty), number)


def _each_once(placed: Iterable[tuple[Place, Cause]]) -> list[tuple[Place, Cause]]:
    """One entry a cause: the strongest. A rule may see the same cause in several findings."""
    first: dict[tuple[str, str], tuple[Place, Cause]] = {}
    for place, cause in placed:
        first.setdefault((cause.code, str(cause.values.get("sender", ""))), (place, cause))
    return list(first.values())


def _explained_behind(placed: list[tuple[Place, Cause]]) -> list[tuple[Place, Cause]]:
    """Move what follows from a cause behind it. A mere suspicion or risk explains nothing that was seen."""
    ordered = list(placed)
    for place, cause in placed:
        if place.rank > CONSEQUENCE or place.off_topic:
            continue
        here = ordered.index((place, cause))
        earlier = [entry for entry in ordered[:here] if entry[1].code in nature_of(cause.code).explains]
        if earlier and cause.certainty != "possible":
            rest = [entry for entry in ordered if entry not in earlier]
            after = rest.index((place, cause)) + 1
            ordered = rest[:after] + earlier + rest[after:]
    return ordered
