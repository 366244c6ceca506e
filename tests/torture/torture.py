"""The whole practice run again and again, each time with another outside operation failing: `make torture`.

python -m tests.torture.torture [EVERY]     EVERY 7: only each seventh operation

Whatever fails: the run ends with a report, nothing is called fine that is not, no fault of ours shows, every reason has
its words, and nothing stays behind. Then the same with what is kept afterwards (notebook, settings, PDF).
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.clients import Doors
from core.errors import CheckError
from core.model import Report, Severity, Target
from core.notebook import Notebook
from core.report.json_file import json_text, report_to_json
from core.report.pdf_file import write_pdf
from core.report.text_file import report_text
from core.run import Run, RunFinished
from core.settings import Settings, load_settings, save_settings
from core.texts import LANGUAGES, Texts
from tests.torture.faults import Faults
from tests.torture.practice_server import practice_server

RUN_LIMIT = 90.0  # seconds; the slowest check may take sixty
WAITING = 50  # messages in the practice queue: as telling as thousands, and sooner read


@dataclass
class Tally:
    """What came of all runs."""

    runs: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        """One line of figures."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds.most_common())
        return f"{name}: {self.runs} runs ({kinds}); slowest {self.slowest:.1f} s; {len(self.faults)} faults"


class Listener(logging.Handler):
    """Everything logged as an error, and what asyncio says about exceptions nobody came for."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage()[:500])


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener on all logs; nothing of them is printed."""
    listener, root = Listener(), logging.getLogger()
    root.addHandler(listener)
    try:
        yield listener
    finally:
        root.removeHandler(listener)


async def finished(target: Target, doors: Doors) -> Report:
    """The report of one run."""
    async with asyncio.timeout(RUN_LIMIT):
        async for event in Run(target, doors=doors).events():
            if isinstance(event, RunFinished):
                return event.report
    raise AssertionError("the run ended without a report")


def fine(report: Report) -> set[str]:
    """What the report calls fine: checks, findings, and that nothing was found."""
    said = {f"check {result.check_id}" for result in report.results if result.state == "ok"}
    said |= {one.code for result in report.results for one in result.findings if one.severity is Severity.OK}
    # "Nothing found in what was looked at" must say how much was not looked at.
    unseen = sum(result.severity is Severity.UNKNOWN for result in report.results)
    calm = [cause for cause in report.causes if cause.code == "nothing_found" and cause.values["unknown"] != unseen]
    return said | {f"cause {cause.code}" for cause in calm} | ({"report"} if report.severity is Severity.OK else set())


def words_are_whole(report: Report) -> None:
    """Every language has its words for whatever happened; none of them is a stack of calls."""
    for language in LANGUAGES:
        texts = Texts(language)
        text = report_text(report, texts) + json_text(report_to_json(report, texts))
        assert "Traceback" not in text, "a traceback in the report"


def left_behind() -> tuple[int, int, frozenset[str]]:
    """Open file handles, children, and what lies in our scratch folder."""
    gc.collect()
    me = os.getpid()
    children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    folders = frozenset(path.name for path in Path(tempfile.gettempdir()).iterdir())
    return sum(1 for _ in Path("/proc/self/fd").iterdir()), len(children), folders


def tortured(target: Target, doors: Doors, usual: Report, fail_at: int, lasting: bool) -> Faults:
    """One run with its n-th operation failing (`lasting`: and all after it). Raises AssertionError for a fault."""
    before = left_behind()
    with listening() as listener:
        with Faults(fail_at, files=True, lasting=lasting) as faults:
            report = asyncio.run(finished(target, doors))
        gc.collect()
    if bugs := [result.problem.trace for result in report.results if result.problem and result.problem.trace]:
        raise AssertionError(bugs[0])
    assert not listener.heard, listener.heard
    assert not (false := fine(report) - fine(usual)), f"called fine: {false}"
    words_are_whole(report)
    after = left_behind()
    if lasting:  # nothing can be removed any more either
        before, after = before[:2], after[:2]
    assert after == before, f"left behind after {faults.failed}: {before} -> {after}"
    return faults


def torture_run(incident: str, every: int, lasting: bool = False, most: int = 5000) -> Tally:
    """Every n-th operation of the run, until a run ends before its n-th."""
    tally = Tally()
    with practice_server(incident, WAITING) as (target, doors):
        usual = asyncio.run(finished(target, doors))
        beyond = 0
        for fail_at in range(1, most, every):
            began = time.monotonic()
            try:
                faults = tortured(target, doors, usual, fail_at, lasting)
            except Exception as fault:  # noqa: BLE001  each is a fault to be told, and the next n is tried
                told = "".join(traceback.format_exception(fault)) if not isinstance(fault, AssertionError) else fault
                tally.faults.append(f"{incident}, operation {fail_at}: {told}")
                faults = None
            tally.runs += 1
            tally.slowest = max(tally.slowest, time.monotonic() - began)
            if faults and faults.failed:
                tally.kinds[faults.failed[0]] += 1
            # Which operation is the n-th varies from run to run; a few runs without a fault in a row are the end.
            beyond = beyond + 1 if faults and not faults.failed else 0
            if beyond == 3:
                break
    return tally


def keep_all(report: Report, folder: Path) -> list[str]:
    """What the app does after a run; each refusal must be one the window has words for."""
    refused = []
    for what, keep in {
        "settings": lambda: save_settings(Settings("ja", {"domain": "example.jp"}), folder / "settings.json"),
        "notebook": lambda: _into_notebook(report, folder / "notebook.sqlite3"),
        "pdf": lambda: write_pdf(report, "ja", folder / "report.pdf"),
    }.items():
        try:
            keep()
        except (CheckError, OSError) as refusal:
            refused.append(f"{what}: {refusal}")
    return refused


def _into_notebook(report: Report, path: Path) -> None:
    with Notebook(path) as notebook:
        notebook.save_run(report)


def torture_keeping() -> Tally:
    """Every n-th operation on files while settings, notebook and PDF are written over older ones."""
    tally = Tally()
    with practice_server("relay-2004", WAITING) as (target, doors):
        report = asyncio.run(finished(target, doors))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assert not keep_all(report, folder)
        for fail_at in range(1, 500):
            with Faults(fail_at, files=True) as faults:
                refused = keep_all(report, folder)
            tally.runs += 1
            if faults.failed is None:
                break
            tally.kinds[faults.failed[0]] += 1
            if fault := _kept_badly(folder, refused):
                tally.faults.append(f"keeping, operation {fail_at} {faults.failed}: {fault}")
    return tally


def _kept_badly(folder: Path, refused: list[str]) -> str:
    """What is wrong with the files: each must be the old one or the new one, whole."""
    known = {"settings.json", "notebook.sqlite3", "report.pdf", "notebook.sqlite3-journal"}
    # What cannot be removed must be suffered; it is a draft, and says so by its name.
    stray = [path.name for path in folder.iterdir() if path.name not in known and path.stat().st_size > 2_000_000]
    if stray:
        return f"stray files {stray}"
    if load_settings(folder / "settings.json").answers != {"domain": "example.jp"}:
        return "settings lost"
    if not (folder / "report.pdf").read_bytes().rstrip().endswith(b"%%EOF"):
        return "half a PDF"
    with Notebook(folder / "notebook.sqlite3") as notebook:
        if notebook.kept_aside or not notebook.runs(practice=True):
            return "notebook lost"
        json.dumps(notebook.load(notebook.runs(practice=True)[-1].id).contacted)
    return "" if len(refused) <= 1 else f"one failure, {len(refused)} refusals: {refused}"


def main(every: int) -> int:
    """All of it; 1 when there was a fault."""
    with own_scratch():
        return _all_parts(every)


@contextmanager
def own_scratch() -> Iterator[None]:
    """A scratch folder of our own, so that nobody else's files are taken for ours."""
    with tempfile.TemporaryDirectory(prefix="torture-", dir="/tmp") as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield
        finally:
            tempfile.tempdir = before


def _all_parts(every: int) -> int:
    began = time.monotonic()
    parts = {
        "relay-2004": torture_run("relay-2004", every),
        "all-fine": torture_run("all-fine", every * 3),
        "the line goes and stays away": torture_run("relay-2004", every * 12, lasting=True),
        "keeping": torture_keeping(),
    }
    for name, tally in parts.items():
        print(tally.line(name))
        print(*(f"  FAULT {fault}" for fault in tally.faults[:20]), sep="\n", end="" if not tally.faults else "\n")
    runs, faults = (sum(counts) for counts in zip(*((t.runs, len(t.faults)) for t in parts.values()), strict=True))
    print(f"torture: {runs} runs, each with one failure; {faults} faults; {time.monotonic() - began:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
