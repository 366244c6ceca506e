"""The whole bench in one go: one line for each figure, with the peer's beside it and the goal.

    make bench            (root, for the real servers; less than five minutes)
    .venv/bin/python tests/bench/all.py --strict        ends with 1 when a goal was missed

Each part runs in a process of its own, one after the other, so that none disturbs the other's times.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.result import HEADING

PARTS = (
    "measure",
    "bounces",
    "log",
    "blacklists",
    "domain_dns",
    "relay",
    "queue_over_ssh",
    "critical_path",
    "window_run",
)
LIMIT = 150  # seconds for one part


def status_of(part: str) -> int:
    """The exit status of one part; 1 when it took too long."""
    try:
        argv = [sys.executable, str(Path(__file__).with_name(f"{part}.py"))]
        return subprocess.run(argv, check=False, timeout=LIMIT).returncode
    except subprocess.TimeoutExpired:
        print(f"{part}: not done after {LIMIT} s", flush=True)
        return 1


def main(strict: bool) -> int:
    """0, unless `strict` and a part missed its goal or could not run."""
    print(HEADING, flush=True)
    begun = time.perf_counter()
    missed = [part for part in PARTS if status_of(part)]
    print(f"{time.perf_counter() - begun:.0f} s in all; missed: {', '.join(missed) or 'none'}")
    return int(strict and bool(missed))


if __name__ == "__main__":
    sys.exit(main("--strict" in sys.argv[1:]))
