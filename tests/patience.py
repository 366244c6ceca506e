"""Time in tests, so that a machine with much else to do changes nothing.

What must not hang is given HANG seconds by `asyncio.timeout`, beside limits of its own that are far longer or far
shorter. What must not cost much is measured in this process's own work, not by the clock on the wall.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

HANG = 60.0  # seconds after which a test says that something hangs
NEVER = 3600.0  # seconds: a limit that must not be the one that ends it


@contextmanager
def little_work(seconds: float) -> Iterator[None]:
    """Fails when the block costs this process `seconds` of processor time or more."""
    began = time.process_time()
    yield
    spent = time.process_time() - began
    assert spent < seconds, f"{spent:.1f} s of work"


async def until(holds: Callable[[], object], limit: float = HANG) -> None:
    """Wait until it holds; fails when it has not come after `limit` seconds."""
    end = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.02)
