"""A full disk: what was kept stays, what does not fit is told, and deleting makes room again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
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


@pytest.mark.skipif(shutil.which("unshare") is None, reason="a full disk is made in a namespace of our own (Linux)")
def test_y02_entries_on_a_full_disk(tmp_path: Path) -> None:
    script = 'mount -t tmpfs -o size=512k none "$1" && exec "$2" -c "$3" "$1/notebook.sqlite3"'
    command = ["unshare", "-rm", "sh", "-c", script, "sh", str(tmp_path), sys.executable, _FILL]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"this system gives no namespace: {done.stderr.strip()}")
    lines = done.stdout.splitlines()
    assert lines[:3] == ["notebook.disk_full", "None True True", "True"], done.stderr
    # Deleting needs room for its own safety copy; without it nothing has changed.
    assert lines[3] in ("deleted", "not deleted notebook.disk_full True"), lines
    assert lines[4:] == ["None True"]
