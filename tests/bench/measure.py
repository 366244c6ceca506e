"""How long the app takes, run as a person runs it: median and worst of several runs, and the most memory it held.

    make bench

Prints one line a case. Compare only numbers of the same machine.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = [sys.executable, "-m", "gui"]
RUNS = 5
BIG = 20_000  # messages
HUGE = 100_000  # held to its promise: 1.5 times `wc` on the recording and 3 s, and 150 MB
HUGE_SECONDS, HUGE_TIMES, HUGE_MB = 3.0, 1.5, 150


def postqueue_listing(count: int) -> str:
    """A queue as `postqueue -p` prints it."""
    lines = ["-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"]
    for number in range(count):
        lines += [
            f"{0x4A0000 + number:010X}     1234 Thu Nov 19 08:{number % 60:02}:07  sales@example.jp",
            "(connect to mx.far.example[198.51.100.25]:25: Connection refused)",
            f"                                         guest{number}@far{number % 97}.example",
            "",
        ]
    return "\n".join([*lines, f"-- {count * 2} Kbytes in {count} Requests.", ""])


def timed(arguments: list[str], allowed: set[int], home: Path) -> float:
    """Seconds of one run. Raises RuntimeError when it ends otherwise than allowed."""
    surroundings = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    started = time.perf_counter()
    done = subprocess.run(
        [*PROGRAM, *arguments],
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=300,
    )
    seconds = time.perf_counter() - started
    if done.returncode not in allowed:
        raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return seconds


def json_listing(count: int) -> str:
    """A queue as `postqueue -j` prints it."""
    row = (
        '{{"queue_name": "deferred", "queue_id": "{0:010X}", "arrival_time": 1795000000, "message_size": 1234, '
        '"forced_expire": false, "sender": "user{1}@example.jp", "recipients": [{{"address": '
        '"guest{0}@far{2}.example", "delay_reason": "connect to mx.far.example[198.51.100.25]:25: Connection refused"'
        "}}]}}\n"
    )
    return "".join(row.format(0x4A0000 + number, number % 40, number % 9973) for number in range(count))


def keeps_its_promise(listing: Path, home: Path) -> bool:
    """Whether the huge queue is read in time and memory; its own process, so that its memory is its own."""
    started = time.perf_counter()
    subprocess.run(["wc", str(listing)], stdout=subprocess.DEVNULL, check=True)
    allowed = HUGE_TIMES * (time.perf_counter() - started) + HUGE_SECONDS
    seconds = [timed(["read-queue", "--json", str(listing)], {2}, home) for _ in range(3)]
    megabytes = memory_of(["read-queue", "--json", str(listing)], home)
    good = statistics.median(seconds) <= allowed and megabytes < HUGE_MB
    print(
        f"{f'read-queue, {HUGE:,} messages':32} median {statistics.median(seconds):6.2f} s   allowed {allowed:5.2f} s"
        f"   {megabytes:4.0f} MB, allowed {HUGE_MB} MB   {'kept' if good else 'BROKEN'}",
        flush=True,
    )
    return good


def memory_of(arguments: list[str], home: Path) -> float:
    """The most megabytes one run held."""
    inner = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
    inner += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    surroundings = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    argv = [sys.executable, "-c", inner, *PROGRAM, *arguments]
    said = subprocess.run(argv, env=surroundings, capture_output=True, text=True, check=True, timeout=300)
    return float(said.stdout)


def main() -> int:
    """Run every case; 0 when all ended as they should and the promise about the huge queue was kept."""
    with tempfile.TemporaryDirectory(prefix="mfa-bench-") as name:
        folder = Path(name)
        small, big = folder / "small.txt", folder / "big.txt"
        small.write_text(postqueue_listing(20), encoding="ascii")
        big.write_text(postqueue_listing(BIG), encoding="ascii")
        cases = {
            "start (--help)": (["check", "--help"], {0}),
            "read-queue, 20 messages": (["read-queue", str(small)], {0, 1, 2}),
            f"read-queue, {BIG:,} messages": (["read-queue", str(big)], {2}),
            "practice": (["practice", "--json"], {2}),
            "practice with PDF": (["practice", "--json", "--pdf", str(folder / "report.pdf")], {2}),
        }
        for title, (arguments, allowed) in cases.items():
            seconds = [timed(arguments, allowed, folder) for _ in range(RUNS)]
            print(f"{title:32} median {statistics.median(seconds):6.2f} s   worst {max(seconds):6.2f} s", flush=True)
        huge = folder / "huge.json"
        huge.write_text(json_listing(HUGE), encoding="ascii")
        kept = keeps_its_promise(huge, folder)
    print(f"{'most memory of one run':32} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:13.0f} MiB")
    others = [
        Path(__file__).with_name(name) for name in ("queue_over_ssh.py", "blacklists.py", "relay.py", "domain_dns.py")
    ]
    ended = [subprocess.run([sys.executable, str(path)], check=False, timeout=300).returncode for path in others]
    return max(int(not kept), *ended)


if __name__ == "__main__":
    sys.exit(main())
