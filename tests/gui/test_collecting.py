"""Python's collector must not take window parts apart on a worker thread: Qt crashes when it does."""

from __future__ import annotations

import asyncio
import gc
import threading

from PySide6.QtWidgets import QApplication

from gui.bridge import run_on_qt

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


def test_parts_are_collected_on_the_windows_thread_only(qapp: QApplication) -> None:
    ended_on: list[int] = []
    workers: list[int] = []
    gc.enable()  # as Python starts; other window tests do without

    async def main() -> int:
        for _ in range(20):
            _Part(ended_on)
            workers.append(await asyncio.to_thread(_make_garbage))
        for _ in range(300):
            if len(ended_on) == 20:
                break
            await asyncio.sleep(0.1)
        return 0

    assert run_on_qt(qapp, main) == 0
    assert len(ended_on) == 20, "the timer collects, so that memory does not grow"
    assert set(ended_on) == {threading.get_ident()}
    assert threading.get_ident() not in workers
    assert gc.isenabled(), "and afterwards all is as before"
