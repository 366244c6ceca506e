"""Python's collector must not take window parts apart on a worker thread: Qt crashes when it does."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading

import pytest
from PySide6.QtWidgets import QApplication

from gui.bridge import run_on_qt
from gui.turns import TURN, Collector

_WORKER_GARBAGE = 200_000  # well over the collector's own threshold


class _Part:
    """Stands for a widget: caught in a cycle, so that only the collector can end it."""

    def __init__(self, ended_on: list[int]) -> None:
        self.itself = self
        self.ended_on = ended_on

    def __del__(self) -> None:
        self.ended_on.append(threading.get_ident())


def _make_garbage() -> int:
    heap: list[list[object]] = []
    for _ in range(_WORKER_GARBAGE):
        ring: list[object] = []
        ring.append(ring)
        heap.append(ring)
    return threading.get_ident()


def test_parts_are_collected_on_the_windows_thread_only(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui.turns.CALM_TICKS", 4)  # the test need not wait a minute
    ended_on: list[int] = []
    workers: list[int] = []
    gc.enable()  # as Python starts; other window tests do without

    async def main() -> int:
        for _ in range(20):
            _Part(ended_on)
            workers.append(await asyncio.to_thread(_make_garbage))
        for _ in range(100):
            if len(ended_on) == 20:
                break
            await asyncio.sleep(0.1)
        return 0

    assert run_on_qt(qapp, main) == 0
    assert len(ended_on) == 20, "the timer collects, so that memory does not grow"
    assert set(ended_on) == {threading.get_ident()}
    assert threading.get_ident() not in workers
    assert gc.isenabled(), "and afterwards all is as before"


def test_while_the_window_runs_threads_take_short_turns(qapp: QApplication) -> None:
    before = sys.getswitchinterval()
    seen: list[float] = []

    async def main() -> int:
        seen.append(sys.getswitchinterval())
        return 0

    assert run_on_qt(qapp, main) == 0
    assert seen == [pytest.approx(TURN, rel=0.1)]
    assert sys.getswitchinterval() == before


def test_a_tick_that_comes_late_leaves_the_moment_to_the_person() -> None:
    now, frozen = [0.0], gc.get_freeze_count()
    collector = Collector(lambda: now[0])
    gc.disable()
    try:
        flood = [[number] for number in range(50_000)]
        now[0] += 1.0  # half a second late
        collector.tick()
        assert gc.get_freeze_count() == frozen
        now[0] += 0.5
        collector.tick()
        assert gc.get_freeze_count() >= frozen + len(flood)
    finally:
        gc.unfreeze()
        gc.enable()


def test_on_a_machine_that_is_always_late_it_is_collected_all_the_same() -> None:
    now, frozen = [0.0], gc.get_freeze_count()
    collector = Collector(lambda: now[0])
    gc.disable()
    try:
        flood = [[number] for number in range(50_000)]
        for _ in range(7):
            now[0] += 1.0
            collector.tick()
        assert gc.get_freeze_count() >= frozen + len(flood)
    finally:
        gc.unfreeze()
        gc.enable()
