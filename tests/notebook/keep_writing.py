"""A program that adds runs, notes and ticks for ever, until it is killed: `python keep_writing.py FILE`.

Prints "run N" or "entry N" only after the notebook has said that it is kept, and "gone N" after it has said that the
incident is deleted; every second turn deletes one, so that kills also fall into that.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from core.model import CheckResult, Evidence, Finding, Report, Severity, Target
from core.notebook import Notebook

AT = datetime(2026, 11, 22, tzinfo=UTC)
LONG = Finding("mail_queue.long", Severity.CRITICAL, {"count": 2321}, (Evidence("mailq", "x" * 20_000, AT),))
REPORT = Report(Target(domain="example.jp"), (CheckResult("mail_queue", AT, AT, None, (LONG,)),), (), AT, AT, "0", "")
DELETED = Report(Target(domain="deleted.example.jp"), REPORT.results, (), AT, AT, "0", "")

with Notebook(Path(sys.argv[1])) as notebook:
    print("open", flush=True)
    turn = 0
    while True:
        turn += 1
        print("run", notebook.save_run(REPORT), flush=True)
        incident = notebook.runs(most=1)[0].incident
        for number in range(3):
            entry = notebook.add(incident, "note", {"text": f"turn {turn}.{number}", "initials": "NK"})
            print("entry", entry.id, flush=True)
        if turn % 2 == 0:
            notebook.save_run(DELETED)
            deleted = notebook.runs(most=1)[0].incident
            notebook.delete_incident(deleted)
            print("gone", deleted, flush=True)
