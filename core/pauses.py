"""Notices when this computer stood still: a closed lid, a stopped program. What was asked before is stale after it.

Every time limit that ran out meanwhile ran out for that reason, and would look like a server that is down. Some
systems stop the steady clock while they sleep and some do not, so that both clocks are watched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Clock = Callable[[], float]  # seconds
TICK = 1.0
# Seconds beyond a tick: a busy computer is late by less, and the shortest limit that could blame a server is as long.
LONG = 8.0


class Pauses:
    """`count` rises with every pause seen. `clocks`: the calendar's, and one that only ever goes on."""

    def __init__(self, clocks: tuple[Clock, Clock]) -> None:
        self._clocks = clocks
        self._seen = self._now()
        self._count = 0

    @property
    def count(self) -> int:
        """The pauses until this moment."""
        now = self._now()
        if max(later - before for later, before in zip(now, self._seen, strict=True)) > TICK + LONG:
            self._count += 1
        self._seen = now
        return self._count

    async def watch(self) -> None:
        """Look every `TICK` seconds until cancelled."""
        while True:
            await asyncio.sleep(TICK)
            _ = self.count

    def _now(self) -> tuple[float, float]:
        calendar, steady = self._clocks
        return calendar(), steady()
