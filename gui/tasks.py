"""What the window started and owns: closing can cancel and await every one.

asyncio is loaded with the first of them: the window is drawn before that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio


def loop_runs() -> bool:
    """Whether a task can be started now."""
    loaded = sys.modules.get("asyncio")
    if loaded is None:
        return False
    try:
        loaded.get_running_loop()
    except RuntimeError:
        return False
    return True


class Tasks:
    """Every task the window started. `on_error` hears of a fault nobody awaited."""

    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._on_error = on_error

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start `work` and own it."""
        import asyncio

        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """Cancel all and wait until the last has ended. A task may call this: it leaves itself out."""
        import asyncio

        others = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __len__(self) -> int:
        return len(self._tasks)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            import logging  # takes longer than the first window has

            logging.getLogger(__name__).error("a task of the window failed", exc_info=error)
            self._on_error(error)
