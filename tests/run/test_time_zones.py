"""The server's time zone against the laptop's: ages and times are right, and what is shown names its zone.

Each is a process of its own, since a zone belongs to a process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
# 2026-11-22 00:30 UTC; the log line and the waiting mail are of 00:10 UTC, as the server's own clock writes it.
_SCRIPT = """
import json, sys
from datetime import UTC, datetime
from core.checks.mail_log.measure import server_time
from core.checks.mail_log.reader import read_lines
from core.checks.mail_queue.reader import read_queue
from core.clients.ssh import Section, ServerReading
from core.texts import Texts

zone, stamp, listed = sys.argv[1:]
told = Section("system", ("epoch=1795307400", f"zone={zone}"), 0, True)
reading = ServerReading({"system": told}, True, datetime.fromtimestamp(1795307400, UTC))
now, tz = server_time(reading)
line = f"{stamp} mx postfix/qmgr[9]: 4A0F2B1C3D: from=<a@example.jp>, size=9, nrcpt=1 (queue active)"
log = read_lines([[line] * 3], now, tz, "mail.log")
queue = read_queue(
    "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\\n"
    f"4A0F2B1C3D     1234 {listed}  sales@example.jp\\n"
    "                                         guest@far.example\\n\\n-- 2 Kbytes in 1 Request.\\n", now)
texts = Texts("ja")
print(json.dumps({
    "log": log.first.isoformat(), "age": queue.oldest_age, "shown": texts.datetime(log.first), "zone": texts.zone(now),
    "english": Texts("en").zone(now), "utc": log.first.astimezone(UTC).isoformat(),
}))
"""


def told(laptop: str, *server: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *server],
        cwd=ROOT, env={**os.environ, "TZ": laptop}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# TZ in POSIX's form ("JST-9" is nine hours east): needs no zone files on the machine.
@pytest.mark.skipif(sys.platform == "win32", reason="TZ is not Windows' way to set a zone")
@pytest.mark.parametrize(
    ("laptop", "shown", "zone", "english"),
    [
        ("JST-9", "2026年11月22日(日) 9:10", "日本時間", "UTC+9"),
        ("UTC0", "2026年11月22日(日) 0:10", "UTC", "UTC"),
        ("NST3:30", "2026年11月21日(土) 20:40", "UTC-3:30", "UTC-3:30"),
    ],
)
@pytest.mark.parametrize(
    "server",
    [
        ("+0000 UTC", "Nov 22 00:10:00", "Sun Nov 22 00:10:00"),
        ("+0900 JST", "Nov 22 09:10:00", "Sun Nov 22 09:10:00"),
        ("-0500 EST", "Nov 21 19:10:00", "Sat Nov 21 19:10:00"),
    ],
    ids=["server in UTC", "server in Japan", "server in New York"],
)
def test_a_server_elsewhere_is_told_in_the_readers_time(
    laptop: str, shown: str, zone: str, english: str, server: tuple[str, ...]
) -> None:
    found = told(laptop, *server)
    assert found["utc"] == "2026-11-22T00:10:00+00:00"
    assert found["age"] == 20 * 60
    assert (found["shown"], found["zone"], found["english"]) == (shown, zone, english)
