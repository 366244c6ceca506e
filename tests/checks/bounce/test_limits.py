"""Any bytes: an answer within a second, the whole program within 150 MB. Measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

MOST_SECONDS, MOST_MEGABYTES = 1.0, 150
ROOT = Path(__file__).resolve().parents[3]
# Broken copies of real bounces, pure noise, and pieces repeated up to megabytes; the same at each run.
_READ = r"""
import json, random, sys, time
from pathlib import Path
from core.checks.bounce import CHECK, bounce_summary, read_bounce
chance = random.Random(4)
real = [path.read_bytes() for path in sorted(Path(sys.argv[1]).glob("*.eml"))]
read_bounce(real[0])
pieces = [b"<", b"@", b"550 ", b"a@b.jp ", b"--b\n", b"\x1b$B", b"\xff", b"\0", b">>> RCPT TO:<", b"Received: from x\n",
          b"=?utf-8?q?",
          b"Final-Recipient: rfc822; a@b.jp\nAction: failed\nStatus: 5.1.1\n\n",
          b"host a[1.2.3.4] said: 550 no such user ",
          b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", b"\xe3\x83\xa1", b"1.2.3.4:", b"(", b" ", b"\n"]
def mails():
    for _ in range(300):
        mail = bytearray(chance.choice(real))
        for _ in range(chance.randrange(1, 60)):
            at = chance.randrange(len(mail))
            mail[at:at + chance.randrange(12)] = chance.choice(pieces) * chance.randrange(4)
        yield bytes(mail)
    for _ in range(100):
        yield chance.randbytes(chance.randrange(50_000))
    for piece in pieces:
        yield piece * (3_000_000 // len(piece))
        yield b"From: MAILER-DAEMON@x.jp\nSubject: failure notice\n\n" + piece * (3_000_000 // len(piece))
        other = chance.choice(pieces)
        yield (piece + other) * (1_000_000 // len(piece + other))
slowest, count = 0.0, 0
for mail in mails():
    started = time.process_time()
    facts = read_bounce(mail)
    assert CHECK.judge(facts) and bounce_summary(facts)["kind"] == facts.kind
    slowest, count = max(slowest, time.process_time() - started), count + 1
status = Path("/proc/self/status").read_text()
peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
print(json.dumps({"slowest": slowest, "megabytes": peak / 1024, "count": count}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from Linux's /proc")
def test_anything_is_read_within_a_second_and_150_megabytes() -> None:
    samples = Path(__file__).parent / "samples" / "real"
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(samples)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    assert measured["count"] > 400
    assert measured["slowest"] < MOST_SECONDS, measured
    assert measured["megabytes"] < MOST_MEGABYTES, measured
