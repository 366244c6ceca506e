"""A time in which nothing of a kind went through: every failure adds to it, one success ends it."""

from __future__ import annotations

from core.checks.mail_log.clock import Clock
from core.checks.mail_log.facts import Outage

_MOST_NAMES, _LINE = 2000, 600

_Row = tuple[int, int, int, int, tuple[str, ...], bool]  # names, failures, first, last, lines, known


class Streak:
    """Failures in a row; the longest row is kept. Longest: most different names, then most failures."""

    __slots__ = ("best", "count", "first", "known", "last", "lines", "names")

    def __init__(self) -> None:
        self.best: _Row = (0, 0, 0, 0, (), False)
        self.count = self.first = self.last = 0
        self.names: set[str] = set()
        self.lines: list[str] = []
        self.known = False

    def fail(self, name: str, at: int, line: str, known: bool = False) -> None:
        """One more failure, about this domain or client. `known`: of a company that is surely there."""
        self.count += 1
        self.known = self.known or known
        self.first = self.first or at
        self.last = at
        if len(self.names) < _MOST_NAMES:
            self.names.add(name[:255])
        if len(self.lines) < 3:
            self.lines.append(line[:_LINE])

    def success(self) -> None:
        """Something went through: the row ends."""
        if self.count:
            self._keep()
            self._clear()

    def facts(self, clock: Clock) -> Outage | None:
        """The longest row; None where nothing failed. A row still open counts before a longer one that ended."""
        ends_open = len(self.names) >= 3 or len(self.names) >= self.best[0]
        names, count, first, last, lines, known = self._row() if self.count and ends_open else self.best
        if not count:
            return None
        is_open = bool(self.count and ends_open)
        return Outage(count, names, clock.moment(first), clock.moment(last), is_open, lines, known)

    def _row(self) -> _Row:
        return len(self.names), self.count, self.first, self.last, tuple(self.lines), self.known

    def _keep(self) -> None:
        if self._row()[:2] > self.best[:2]:
            self.best = self._row()

    def _clear(self) -> None:
        self.count = self.first = self.last = 0
        self.names = set()
        self.lines = []
        self.known = False
