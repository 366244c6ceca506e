"""A thousand runs in one process, and a hundred broken off at random moments: `make soak` (as root, for the sshd).

python -m tests.soak.soak [RUNS [CANCELLED]]

File handles, children, threads and memory stay flat; a run that is broken off leaves nothing here and nothing on a real
OpenSSH server.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.clients import Doors
from core.clients.reroute import Reroute
from core.model import Report, Target
from core.run import Run, RunFinished
from tests.servers.sshd import FIRST_UID, Sshd, User
from tests.torture.practice_server import practice_server

QUICK = frozenset({"smtp_banner", "dns_health", "open_relay"})
WITH_LOGIN = QUICK | {"mail_queue", "server_health"}
WARM = 0.1  # of the runs pass before the first measure: caches and pools have filled by then
MOST_GROWTH = 12.0  # MB over all later runs
# Our own, and asyncio's pool: it starts another thread whenever none is idle, up to cores + 4 (concurrent.futures).
MOST_THREADS = 1 + min(32, (os.cpu_count() or 1) + 4)
COMMANDS = {
    "postqueue": 'echo \'{"queue_id": "A1"}\'; sleep 1',
    "postconf": 'case "$*" in "-h mail_version") echo 3.7.11;; *) echo "mail_version = 3.7.11";; esac',
}


@dataclass(frozen=True)
class Held:
    """What this process holds."""

    handles: int
    children: int
    threads: int
    folders: int
    megabytes: float


def held() -> Held:
    """Now, after a collection."""
    gc.collect()
    me = os.getpid()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    return Held(
        sum(1 for _ in Path("/proc/self/fd").iterdir()),
        len(children),
        threading.active_count(),
        sum(1 for _ in Path(tempfile.gettempdir()).iterdir()),
        pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
    )


@contextmanager
def own_scratch() -> Iterator[Path]:
    """A scratch folder of our own: what is left in it is ours."""
    with tempfile.TemporaryDirectory(prefix="soak-", dir="/tmp") as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


async def one_run(target: Target, doors: Doors, only: frozenset[str]) -> Report:
    """One run to its end."""
    async with asyncio.timeout(60):
        async for event in Run(target, only=only, doors=doors).events():
            if isinstance(event, RunFinished):
                return event.report
    raise AssertionError("no report")


async def many_runs(runs: int) -> tuple[Held, Held, float]:
    """What was held when warm and at the end, and the seconds it took. Each fifth run logs in."""
    warm, began = held(), time.monotonic()
    with practice_server("all-fine") as (target, doors):
        for number in range(runs):
            report = await one_run(target, doors, WITH_LOGIN if number % 5 == 0 else QUICK)
            assert not [one for one in report.results if one.problem and one.problem.code == "run.bug"]
            assert "open_relay.closed" in {found.code for one in report.results for found in one.findings}
            if number == max(1, int(runs * WARM)):
                warm = held()
            assert len(asyncio.all_tasks()) == 1, "a task was left behind"
        ended = held()
    return warm, ended, time.monotonic() - began


def of_account(uid: int) -> list[int]:
    """Processes of one account of the server."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if _owner(path) == uid]


def _owner(path: Path) -> int:
    try:
        return path.stat().st_uid
    except OSError:
        return -1


async def broken_off(server: Sshd, seconds: float) -> None:
    """Begin a run that reads the server and cancel it after so long."""
    target = Target(ssh=server.destination("post"), ssh_config=str(server.client_config()))
    doors = Doors(resolver="127.0.0.1:9", reroute=Reroute(closed=True))
    task = asyncio.create_task(one_run(target, doors, frozenset({"mail_queue", "server_health"})))
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()  # it was quicker than we


async def many_broken_off(cancelled: int, seed: int = 2004) -> tuple[Held, Held, int, float]:
    """What was held before and after, the processes left on the server, and the slowest cancelling."""
    dice, slowest = random.Random(seed), 0.0
    with Sshd.started([User("post")], commands=COMMANDS) as server:
        await broken_off(server, 0.5)
        before = held()
        for _ in range(cancelled):
            wait = dice.uniform(0, 2.5)
            began = time.monotonic()
            await broken_off(server, wait)
            slowest = max(slowest, time.monotonic() - began - wait)
        after = held()
        for _ in range(100):  # the dead-man switch of the script, and the time limits of its commands
            if not (left := of_account(FIRST_UID)):
                break
            await asyncio.sleep(0.1)
    return before, after, len(left), slowest


def faults_of(warm: Held, ended: Held, left: int = 0) -> list[str]:
    """What grew."""
    names = ("handles", "children", "folders")
    grown = [f"{name}: {getattr(warm, name)} -> {getattr(ended, name)}" for name in names
             if getattr(ended, name) > getattr(warm, name)]  # fmt: skip
    if ended.threads > max(warm.threads, MOST_THREADS):
        grown.append(f"threads: {warm.threads} -> {ended.threads}")
    if ended.megabytes - warm.megabytes > MOST_GROWTH:
        grown.append(f"memory: {warm.megabytes:.1f} -> {ended.megabytes:.1f} MB")
    return grown + ([f"{left} processes left on the server"] if left else [])


def main(runs: int, cancelled: int) -> int:
    """Both parts; 1 when something grew or stayed."""
    with own_scratch():
        warm, ended, seconds = asyncio.run(many_runs(runs))
        before, after, left, slowest = asyncio.run(many_broken_off(cancelled))
    faults = faults_of(warm, ended) + faults_of(before, after, left)
    print(
        f"soak: {runs} runs in {seconds:.0f} s, handles {warm.handles} -> {ended.handles}, children {ended.children}, "
        f"threads {warm.threads} -> {ended.threads}, memory {warm.megabytes:.0f} -> {ended.megabytes:.0f} MB; "
        f"{cancelled} broken off, slowest to end {slowest:.1f} s, {left} processes left on the server, "
        f"{after.folders} files here; {len(faults)} faults"
    )
    print(*(f"  FAULT {fault}" for fault in faults), sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(numbers + [1000, 100][len(numbers) :])))
