"""The practice company as a program of its own, so that faults meet our clients and never its servers.

Prints one line (the pickled target and doors, in hex) and stays until its standard input ends.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE, Popen

from core.clients import Doors
from core.model import Target
from core.practice import INCIDENTS, practice_company

ROOT = Path(__file__).resolve().parents[2]


async def serve(incident: str, waiting: int) -> None:
    """Until nobody listens any more."""
    story = replace(INCIDENTS[incident], waiting=waiting or INCIDENTS[incident].waiting)
    async with practice_company(story) as company:
        print(pickle.dumps((company.target, company.doors)).hex(), flush=True)
        await asyncio.to_thread(sys.stdin.read)


@contextmanager
def practice_server(incident: str, waiting: int = 0) -> Iterator[tuple[Target, Doors]]:
    """A running one. `waiting`: a shorter queue than the incident's, 0 for its own."""
    command = [sys.executable, "-m", "tests.torture.practice_server", incident, str(waiting)]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin and process.stdout
        try:
            target, doors = pickle.loads(bytes.fromhex(process.stdout.readline()))
            yield target, doors
        finally:
            process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
