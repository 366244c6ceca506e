"""Several questions side by side, none of which outlives the one who asked.

`asyncio.gather` lets go of its others as soon as one of them is cancelled: a window that closes then finds sockets
still open. Here a cancelled caller goes on only when all of its questions have ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def together(questions: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Their results in order. For questions that raise nothing: an exception comes out in an ExceptionGroup."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(question) for question in questions]
    return [task.result() for task in tasks]
