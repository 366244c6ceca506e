"""How fast a mail log is read, beside pflogsumm on the same lines in the same run; how much memory it takes.

    make bench        (or: .venv/bin/python tests/bench/log.py [LINES])

The log is an ordinary company's: of ten messages seven come in, three go out; some are refused, some wait, passwords
are tried. Prints a line each for time and memory; ends with 1 when the promise is broken: five times pflogsumm's
speed, 300 MB.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.result import told

LINES, TIMES, MEGABYTES, ROUNDS = 1_000_000, 5.0, 300, 5
_START = datetime(2026, 11, 1, 0, 0)
_INCOMING = (
    "postfix/smtpd[{pid}]: connect from mx{n}.far.example[192.0.2.{h}]",
    "postfix/smtpd[{pid}]: {id}: client=mx{n}.far.example[192.0.2.{h}]",
    "postfix/cleanup[{pid}]: {id}: message-id=<{id}.{n}@far{n}.example>",
    "postfix/qmgr[700]: {id}: from=<person{n}@far{n}.example>, size=24518, nrcpt=1 (queue active)",
    "postfix/smtpd[{pid}]: disconnect from mx{n}.far.example[192.0.2.{h}] ehlo=2 mail=1 rcpt=1 data=1 quit=1",
    "postfix/local[{pid}]: {id}: to=<user{u}@example.jp>, relay=local, delay=0.4, delays=0.3/0/0/0.1, dsn=2.0.0, "
    "status=sent (delivered to mailbox)",
    "postfix/qmgr[700]: {id}: removed",
)
_OUTGOING = (
    "postfix/submission/smtpd[{pid}]: connect from office.example.jp[203.0.113.2]",
    "postfix/submission/smtpd[{pid}]: {id}: client=office.example.jp[203.0.113.2], sasl_method=PLAIN, "
    "sasl_username=user{u}@example.jp",
    "postfix/cleanup[{pid}]: {id}: message-id=<{id}.{n}@example.jp>",
    "postfix/qmgr[700]: {id}: from=<user{u}@example.jp>, size=51200, nrcpt=1 (queue active)",
    "postfix/submission/smtpd[{pid}]: disconnect from office.example.jp[203.0.113.2] ehlo=2 auth=1 mail=1 rcpt=1",
    "postfix/smtp[{pid}]: {id}: to=<person@customer{n}.example>, relay=mx.customer{n}.example[198.51.100.{h}]:25, "
    "delay=1.2, delays=0.1/0/0.5/0.6, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4F3A21C)",
    "postfix/qmgr[700]: {id}: removed",
)
_BESIDE = (
    "postfix/smtpd[{pid}]: NOQUEUE: reject: RCPT from unknown[192.0.2.{h}]: 554 5.7.1 <a@b.example>: Relay access "
    "denied; from=<x@y.example> to=<a@b.example> proto=ESMTP helo=<WIN-A1B2C3D4E5F>",
    "postfix/smtpd[{pid}]: warning: unknown[192.0.2.{h}]: SASL LOGIN authentication failed: authentication failure",
    "postfix/smtp[{pid}]: {id}: to=<person@busy{n}.example>, relay=mx.busy{n}.example[198.51.100.{h}]:25, delay=3, "
    "delays=0/0/1/2, dsn=4.2.0, status=deferred (host mx.busy{n}.example[198.51.100.{h}] said: 450 4.2.0 "
    "<person@busy{n}.example>: Recipient address rejected: Greylisted (in reply to RCPT TO command))",
)


def ordinary_log(lines: int) -> Iterator[str]:
    """So many lines of an ordinary month."""
    written, message = 0, 0
    while written < lines:
        message += 1
        at = _START + timedelta(seconds=message * 15)
        stamp = f"{at:%b} {at.day:2} {at:%H:%M:%S} mail "
        shape = _OUTGOING if message % 10 < 3 else _INCOMING
        if message % 5 == 0:  # what waits is mail of ours; what is refused comes from strangers
            shape = (*shape, _BESIDE[2] if message % 10 == 0 else _BESIDE[message // 10 % 2])
        values = {
            "id": f"{0x4A00000000 + message * 7919:010X}",
            "pid": 1000 + message % 900,
            "n": message % 4001,
            "h": 1 + message % 250,
            "u": message % 40,
        }
        for text in shape:
            yield stamp + text.format(**values) + "\n"
        written += len(shape)


def seconds_of(argv: list[str]) -> float:
    """Wall-clock seconds of one run to its end."""
    started = time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=False, timeout=600)
    return time.perf_counter() - started


def main(lines: int) -> int:
    """Make the log, let both read it, compare."""
    pflogsumm = shutil.which("pflogsumm") or "/usr/sbin/pflogsumm"
    if not Path(pflogsumm).exists():
        print("pflogsumm is missing: packaging/setup_machine.sh test", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="mfa-bench-") as folder:
        log = Path(folder) / "mail.log"
        with log.open("w", encoding="ascii") as out:
            out.writelines(ordinary_log(lines))
        reading = [sys.executable, "-m", "gui", "read-log", "--json", str(log)]
        ours = [seconds_of(reading)]
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        theirs = []
        for _ in range(ROUNDS):  # in turn, so that a busy moment of the machine meets both
            theirs.append(seconds_of([pflogsumm, str(log)]))
            ours.append(seconds_of(reading))
    best, other = min(ours), min(theirs)
    beside = f"pflogsumm {other:.2f} s"
    fast = told(
        f"read-log, {lines:,} lines", f"{best:.2f} s", beside, other / best, f"{TIMES:g} times", other / best >= TIMES
    )
    small = told("read-log, memory", f"{megabytes:.0f} MB", goal=f"< {MEGABYTES} MB", kept=megabytes < MEGABYTES)
    return 0 if fast and small else 1


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else LINES))
