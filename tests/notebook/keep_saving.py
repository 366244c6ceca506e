"""A program that saves runs for ever, until it is killed: `python keep_saving.py FILE`. Prints each number it saved."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from core.model import CheckResult, Evidence, Finding, Report, Severity, Target
from core.notebook import Notebook

AT = datetime(2026, 11, 22, tzinfo=UTC)
LONG = Finding("mail_queue.far_too_long", Severity.CRITICAL, {"count": 2321}, (Evidence("mailq", "x" * 60_000, AT),))
REPORT = Report(Target(domain="example.jp"), (CheckResult("mail_queue", AT, AT, None, (LONG,)),), (), AT, AT, "0", "")

with Notebook(Path(sys.argv[1])) as notebook:
    print("open", flush=True)
    while True:
        print(notebook.save_run(REPORT), flush=True)
