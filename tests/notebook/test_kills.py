"""Killed at any moment: nothing that was acknowledged is lost, and the notebook always opens."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.notebook import Notebook
from tests.patience import HANG

ROOT = Path(__file__).resolve().parents[2]
WRITER = Path(__file__).with_name("keep_writing.py")


def killed_once(path: Path, additions: int, seconds: float) -> list[tuple[str, int]]:
    """Start the writer, kill it `seconds` after so many additions; what it said was kept."""
    process = subprocess.Popen(
        [sys.executable, str(WRITER), str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    with process.stdout as output:
        said = "".join(output.readline() for _ in range(additions))
        time.sleep(seconds)  # any moment of the next ones
        process.kill()
        said += output.read()
    assert process.wait(HANG) == -9
    whole = said[: said.rfind("\n") + 1].splitlines()
    return [(word, int(number)) for word, number in (line.split() for line in whole)]


def kill_many(path: Path, times: int, seed: int) -> int:
    """The number of acknowledged additions, all of which were found again after each kill; nothing deleted was."""
    dice = random.Random(seed)
    promised: set[tuple[str, int]] = set()
    gone: set[int] = set()
    for turn in range(times):
        said = killed_once(path, dice.randrange(6), dice.uniform(0, 0.02))
        with Notebook(path) as notebook:
            assert notebook.kept_aside is None, f"kill {turn}"
            with notebook.reading() as database:
                kept = {("run", row[0]) for row in database.execute("SELECT id FROM run")}
                kept |= {("entry", row[0]) for row in database.execute("SELECT id FROM entry")}
                there = {row[0] for row in database.execute("SELECT id FROM incident")}
        promised |= {addition for addition in said if addition[0] != "gone"}
        gone |= {number for word, number in said if word == "gone"}
        assert promised <= kept, f"kill {turn}: {sorted(promised - kept)[:5]}"
        assert not gone & there, f"kill {turn}: {sorted(gone & there)[:5]}"
    with Notebook(path) as notebook:
        for run in notebook.runs(most=20):
            assert notebook.load(run.id).results[0].findings[0].values == {"count": 2321}
    return len(promised)


def test_y06_forty_kills_lose_nothing(tmp_path: Path) -> None:
    assert kill_many(tmp_path / "notebook.sqlite3", 40, 2004) > 40


@pytest.mark.slow
def test_a_thousand_kills_lose_nothing(tmp_path: Path) -> None:
    """`make soak-notebook`: a few minutes. A new file every hundred keeps the reading quick."""
    kept = [kill_many(tmp_path / f"notebook-{part}.sqlite3", 100, part) for part in range(10)]
    print(f"1,000 kills, {sum(kept)} acknowledged additions, none lost")
    assert sum(kept) > 1000
