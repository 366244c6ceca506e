"""A report with everything a run may hold, built from the model's own types; and a disk that is soon full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.model import (
    Cause,
    CheckResult,
    Evidence,
    Finding,
    Pasted,
    Problem,
    Report,
    SendingAddress,
    Severity,
    Table,
    Target,
    Vantage,
)

ROOT = Path(__file__).resolve().parents[2]
_SMALL_DISK = 'mount -t tmpfs -o size=512k none "$1" && exec "$2" -c "$3" "$1/notebook.sqlite3"'
AT = datetime(2026, 11, 22, 1, 15, 30, 250000, tzinfo=UTC)


@pytest.fixture
def report() -> Report:
    relayed = Finding(
        "open_relay.accepted",
        Severity.CRITICAL,
        {"count": 2, "forms": ["plain", "percent"], "since": AT.isoformat(), "share": 0.5, "host": None},
        (Evidence("RCPT TO:<x@example.net>", "250 2.1.5 Ok \u202e\udc80\x1b[31m", AT), Evidence("QUIT", "221 bye")),
        Table(("form", "reply"), (("plain", "250"), ("percent", "250"))),
    )
    results = (
        CheckResult("open_relay", AT, AT + timedelta(seconds=1.2), {"reply_code": 250}, (relayed,)),
        CheckResult("mail_queue", AT, AT, problem=Problem("run.timed_out", {"seconds": 30}, "Traceback …")),
        CheckResult("dnsbl", AT, AT, problem=Problem("run.needs", {"needs": ["addresses"]}), applies=False),
    )
    return Report(
        target=Target(
            symptom="not_delivered",
            domain="midori.example.jp",
            also_domain=("みどり.example",),
            mail_host="mail.midori.example.jp:2525",
            address=("203.0.113.25",),
            queue=Pasted("mailq.txt", "-Queue ID- ..."),
            own_server=True,
            affected="everyone",
            direction="sending",
            recipients="all",
            since="金曜の夕方",
        ),
        results=results,
        causes=(Cause("open_relay", "possible", "you", ("open_relay.accepted",), {"count": 2}),),
        started_at=AT,
        finished_at=AT + timedelta(minutes=1),
        app_version="0.1.0",
        data_checked_on="2026-11-20",
        addresses=(SendingAddress("203.0.113.25", "given"),),
        vantage=Vantage("outside", "198.51.100.7", "open"),
        contacted=("203.0.113.25:25 (SMTP)",),
        commands=("postqueue -j",),
    )


@pytest.fixture
def on_a_small_disk(tmp_path: Path) -> Callable[[str], list[str]]:
    """Runs a Python program with a notebook's path on a disk of 512 KB, in a namespace of its own; what it printed."""
    if shutil.which("unshare") is None:
        pytest.skip("a full disk is made in a namespace of our own (Linux)")

    def run(program: str) -> list[str]:
        command = ["unshare", "-rm", "sh", "-c", _SMALL_DISK, "sh", str(tmp_path), sys.executable, program]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        if "unshare" in done.stderr or "mount:" in done.stderr:
            pytest.skip(f"this system gives no namespace: {done.stderr.strip()}")
        assert done.stdout, done.stderr
        return done.stdout.splitlines()

    return run
