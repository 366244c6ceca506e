"""Reads the bounce the person gave; asks nobody."""

from __future__ import annotations

import asyncio

from core.checks.bounce.facts import BounceFacts
from core.checks.bounce.read import read_bounce
from core.clients import Clients
from core.model import Context


async def measure(context: Context, clients: Clients) -> BounceFacts:
    """Facts of `target.bounce`, read in a worker thread so that a long mail never holds up the window."""
    pasted = context.target.bounce
    return await asyncio.to_thread(read_bounce, pasted.text if pasted else "")
