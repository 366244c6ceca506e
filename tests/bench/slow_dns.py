"""A DNS server for the bench: every answer 50 ms after its question, made of bytes so that it is never the slow part.

    python tests/bench/slow_dns.py        prints its port and serves until its standard input closes
    python tests/bench/slow_dns.py ZONE   the same, and says nothing about names below ZONE (repeatable)

All lists are in health and list nobody.
"""

from __future__ import annotations

import select
import socket
import struct
import sys
import time
from collections import deque
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from core.knowledge.dnsbl import load_lists

LATENCY = 0.05  # seconds


class Answers:
    """Knows the lists' test entries by their wire form; every other name does not exist."""

    def __init__(self, silent: list[str]) -> None:
        self._silent = [_wire(zone)[:-1] for zone in silent]
        self._records = {
            _wire(f"{query}.{one.zone}"): b"".join(map(_record, answers))
            for one in load_lists()
            for query, answers in one.positive_tests()
        }

    def to(self, data: bytes) -> bytes:
        """The answer to a question; empty for silence."""
        end = data.index(b"\0", 12) + 1
        name = data[12:end].lower()
        if any(zone in name for zone in self._silent):
            return b""
        records = self._records.get(name, b"")
        flags = 0x8580 if records else 0x8583  # an authoritative answer, or NXDOMAIN
        return data[:2] + struct.pack("!5H", flags, 1, len(records) // 16, 0, 0) + data[12 : end + 4] + records


def _record(address: str) -> bytes:
    return b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(address)


def _wire(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode().lower() for label in name.split(".")) + b"\0"


def serve(silent: list[str]) -> None:
    """Until standard input closes."""
    answers, due = Answers(silent), deque[tuple[float, bytes, tuple[str, int]]]()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        door.bind(("127.0.0.1", 0))
        door.setblocking(False)
        print(door.getsockname()[1], flush=True)
        while True:
            wait = max(0.0, due[0][0] - time.monotonic()) if due else None
            ready, _, _ = select.select([door, sys.stdin], [], [], wait)
            if sys.stdin in ready:
                return
            _take(door, answers, due)
            while due and due[0][0] <= time.monotonic():
                _, wire, asker = due.popleft()
                door.sendto(wire, asker)


def _take(door: socket.socket, answers: Answers, due: deque[tuple[float, bytes, tuple[str, int]]]) -> None:
    """Every question that is there."""
    while True:
        try:
            data, asker = door.recvfrom(4096)
        except BlockingIOError:
            return
        if wire := answers.to(data):
            due.append((time.monotonic() + LATENCY, wire, asker))


if __name__ == "__main__":
    serve(sys.argv[1:])
