"""What a check is: an id, what it needs, what it may say, how it measures and how it judges."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from core.model import Context, Finding, Target

if TYPE_CHECKING:
    from core.clients import Clients

F = TypeVar("F")  # the facts of one check

# A field of `Target`, or of `Context` where it is found before the checks ("mail_hosts", "addresses").
Need = str


@dataclass(frozen=True)
class Check(Generic[F]):
    """One check.

    `needs`: groups of alternatives; every group must have one member that is told or found, else the check
    does not apply. `codes`: every finding code it may give, with the names of its values (texts may use no
    others). `time_limit`: seconds for the whole of `measure`; `thorough_limit`: for a thorough look, where that takes
    longer.
    """

    id: str
    needs: tuple[tuple[Need, ...], ...]
    codes: Mapping[str, tuple[str, ...]]
    time_limit: float
    measure: Callable[[Context, Clients], Awaitable[F]]  # asks the world, decides nothing; raises only `CheckError`
    judge: Callable[[F], tuple[Finding, ...]]  # pure
    problem_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    early: Callable[[Target, Clients], Awaitable[None]] | None = None  # questions that need nothing found before: asked
    # beside the survey, so that the resolver knows their answers when `measure` asks; raises no `CheckError`
    uses_server: bool = False  # starts only after the ssh reading: it stands on the addresses or vantage found there
    thorough_limit: float | None = None
    one_network: bool = False  # what it says depends on where we look from: void when the computer changed its network

    def limit_on(self, target: Target) -> float:
        """Seconds that `measure` may take on this target."""
        return self.thorough_limit if target.thorough and self.thorough_limit else self.time_limit
