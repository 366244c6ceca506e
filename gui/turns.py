"""How the window's thread and those that read for it share Python.

Two things of Python's own could hold the window still for longer than a person overlooks: its lock, which a thread
that computes hands on only every 5 ms while the window's drawing asks for it a hundred times a page, and its collector.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt, QTimer

# Every call from Python into Qt lets the lock go and must get it back. At Python's own 5 ms a page of a hundred labels
# took half a second while a queue was read; the reading is not slower at this.
TURN = 0.0002  # seconds
_COLLECT_MS = 500
_LATE = 0.03  # seconds: the window was busy just now, and something else has waited as long
_MOST_LATE = 6  # ticks in a row; then it is the machine
_A_FLOOD = 20_000  # things; as many are looked through in some milliseconds
CALM_TICKS = 120  # to look through all there is takes as long as a page: while somebody reads


@contextmanager
def taking_turns() -> Iterator[None]:
    """Hand Python's lock on quickly, and collect on this thread only.

    Left alone the collector runs on whichever thread allocates, a worker reading a queue for instance; a window part
    collected there crashes Qt.
    """
    before = sys.getswitchinterval()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    collector = Collector()
    timer.timeout.connect(collector.tick)
    gc.disable()
    sys.setswitchinterval(TURN)
    timer.start(_COLLECT_MS)
    try:
        yield
    finally:
        timer.stop()
        sys.setswitchinterval(before)
        gc.unfreeze()
        gc.enable()


class Collector:
    """Does at each tick what Python's collector would have done by itself, at a better moment.

    Very many new things at once are a queue or log just read, or parts of the program: little of it is rubbish, and to
    look through it takes as long as ten frames of a film. It is set aside until a calm minute has passed. A tick
    that comes late does nothing: what made it wait made the person wait too.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._set_aside, self._calm = False, 0
        self._clock, self._last, self._late = clock, clock(), 0

    def tick(self) -> None:
        """Collect what is due."""
        if self._comes_late():
            return
        if gc.get_count()[0] > _A_FLOOD:
            gc.freeze()
            self._set_aside, self._calm = True, 0
            return
        self._calm += 1
        if self._set_aside and self._calm >= CALM_TICKS:
            self._set_aside = False
            gc.unfreeze()
            gc.collect()
            gc.freeze()  # what is left now stays
            return
        over = [generation for generation in range(3) if gc.get_count()[generation] > gc.get_threshold()[generation]]
        if over:
            gc.collect(over[-1])

    def _comes_late(self) -> bool:
        now = self._clock()
        late, self._last = now - self._last - _COLLECT_MS / 1000 > _LATE, now
        self._late = self._late + 1 if late else 0
        return 0 < self._late <= _MOST_LATE
