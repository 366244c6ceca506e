"""A full disk: what was kept stays, what does not fit is told, and deleting makes room again."""

from __future__ import annotations

from collections.abc import Callable

_FILL = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from core.errors import CheckError
from core.model import Report, Target
from core.notebook import Notebook
path = Path(sys.argv[1])
at = datetime(2026, 11, 22, tzinfo=UTC)
kept = 0
with Notebook(path) as notebook:
    notebook.save_run(Report(Target(domain="a.example"), (), (), at, at, "0", ""))
    notebook.save_run(Report(Target(domain="b.example"), (), (), at, at, "0", ""))
    first, second = sorted(one.id for one in notebook.incidents())
    for number in range(10_000):
        try:
            notebook.add(first if number % 2 else second, "note", {"text": f"{number} " + "x" * 2000})
        except CheckError as refused:
            print(refused.code)
            break
        kept += 1
with Notebook(path) as notebook:
    notes = [entry for number in (first, second) for entry in notebook.incident(number).notes]
    print(notebook.kept_aside, kept == len(notes), kept > 20)
    print(sorted(int(note.word("text").split()[0]) for note in notes) == list(range(kept)))
    try:
        notebook.delete_incident(first)
        notebook.add(second, "note", {"text": "room again"})
        print("deleted")
    except CheckError as refused:
        print("not deleted", refused.code, len(notebook.incident(first).notes) == kept // 2)
with Notebook(path) as notebook:
    print(notebook.kept_aside, len(notebook.incident(second).notes) >= kept // 2)
"""


def test_y02_entries_on_a_full_disk(on_a_small_disk: Callable[[str], list[str]]) -> None:
    lines = on_a_small_disk(_FILL)
    assert lines[:3] == ["notebook.disk_full", "None True True", "True"], lines
    # Deleting needs room for its own safety copy; without it nothing has changed.
    assert lines[3] in ("deleted", "not deleted notebook.disk_full True"), lines
    assert lines[4:] == ["None True"]


_SAVE = """
import sys
from pathlib import Path
sys.argv = ["keep_saving", sys.argv[1]]
from core.errors import CheckError
from core.notebook import Notebook
import runpy
try:
    runpy.run_path("tests/notebook/keep_saving.py", run_name="__main__")
except CheckError as refused:
    print(refused.code)
with Notebook(Path(sys.argv[1])) as notebook:
    print(notebook.kept_aside, len(notebook.runs()), sum(len(notebook.load(run.id).results) for run in notebook.runs()))
"""


def test_y02_a_full_disk_is_told_and_harms_no_earlier_run(on_a_small_disk: Callable[[str], list[str]]) -> None:
    lines = on_a_small_disk(_SAVE)
    saved = [int(line) for line in lines if line.isdigit()]
    assert saved, lines
    assert lines[-2:] == ["notebook.disk_full", f"None {len(saved)} {len(saved)}"], lines
