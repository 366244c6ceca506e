"""A long line between two machines of the lab: every packet to the named addresses arrives later, both ways.

    with slow_line(lab, ["203.0.113.10", "198.51.100.101"], seconds=0.05): ...

Each machine gets a TUN interface; a program of its own carries the packets between the two and holds each for half of
`seconds`. (The kernel's own means, netem, is missing on many build machines.)
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import select
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.servers.lab import Lab

_TUNSETIFF, _TUN, _NO_INFO, _NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000
NEAR, FAR = "near", "far"


@contextmanager
def slow_line(lab: Lab, addresses: Sequence[str], seconds: float = 0.05) -> Iterator[None]:
    """Between `lab.outside` and everything that `lab.router` reaches; ends with the block."""
    argv = [sys.executable, __file__, str(lab.outside.pid), str(lab.router.pid), str(seconds / 2)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as carrier:
        assert carrier.stdin and carrier.stdout and carrier.stdout.readline() == b"ready\n"
        lab.router.shell(f"ip link set {FAR} up; ip route add {lab.outside.address}/32 dev {FAR}")
        ours = f"dev {NEAR} src {lab.outside.address}"
        lab.outside.shell(
            f"ip link set {NEAR} up; " + "; ".join(f"ip route add {address}/32 {ours}" for address in addresses)
        )
        try:
            yield
            assert carrier.poll() is None, "the line was cut"
        finally:
            carrier.stdin.close()


def _tun(pid: int, name: str) -> int:
    """A TUN interface in the network of this process; it lives as long as the file is open."""
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    enter = ctypes.CDLL(None, use_errno=True).setns
    if enter(there, _NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TUN | _NO_INFO))
    enter(own, _NEWNET)
    return tun


def carry(first: int, second: int, delay: float) -> None:
    """Until standard input closes."""
    other = {first: second, second: first}
    waiting: deque[tuple[float, int, bytes]] = deque()
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        ready, _, _ = select.select([first, second, sys.stdin], [], [], pause)
        if sys.stdin in ready:
            return
        for tun in (first, second):
            while tun in ready:
                try:
                    waiting.append((time.monotonic() + delay, other[tun], os.read(tun, 65536)))
                except BlockingIOError:
                    break
        while waiting and waiting[0][0] <= time.monotonic():
            _, tun, packet = waiting.popleft()
            with suppress(OSError):  # an interface that is not up yet: the packet is lost, as on any line
                os.write(tun, packet)


if __name__ == "__main__":
    ends = _tun(int(sys.argv[1]), NEAR), _tun(int(sys.argv[2]), FAR)
    print("ready", flush=True)
    Path("/proc/self/comm").write_text("slow-line", encoding="ascii")
    carry(*ends, float(sys.argv[3]))
