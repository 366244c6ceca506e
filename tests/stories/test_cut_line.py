"""The line to the server is cut in the middle of the reading: packets vanish, as with a pulled cable. Case H11."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.patience import HANG
from tests.servers.lab import Lab

# Three doors at once: each is ended by another clock. The doors are the program's own, in a process of their own.
_READ = """
import asyncio, json, sys, time
from core.clients.journal import Journal
from core.clients.ssh import SshDoor
from core.errors import CheckError
async def ended(**limits):
    door = SshDoor(sys.argv[1], sys.argv[2], Journal(), **limits)
    begun = time.monotonic()
    try:
        await door.reading()
        return ["whole", 0.0]
    except CheckError as error:
        return [error.code, time.monotonic() - begun, error.values["doing"]]
    finally:
        await door.close()
async def main():
    limits = {"line": {}, "idle": {"idle_limit": 9.0}, "overall": {"overall_limit": 14.0, "idle_limit": 60.0}}
    found = await asyncio.gather(*(ended(**limit) for limit in limits.values()))
    print(json.dumps(dict(zip(limits, found))))
asyncio.run(main())
"""
_CUT = (
    "add table inet cut; add chain inet cut everything { type filter hook input priority 0; policy drop; }; "
    "add chain inet cut answers { type filter hook output priority 0; policy drop; }"
)


def test_h11_packets_cut_midway_end_every_clock(lab: Lab) -> None:
    """ssh itself gives a line up within 20 seconds; each of our two clocks ends it where it is the shorter one."""
    server = lab.server("os-closed")
    try:
        door = server.start_sshd()
        server.shell("rm /usr/bin/df; printf '#!/bin/sh\\nexec sleep 61\\n' > /usr/bin/df; chmod 755 /usr/bin/df")
        argv = [sys.executable, "-c", _READ, f"root@{server.address}", str(door.config)]
        reading = subprocess.Popen(lab.outside.inside(argv), stdout=subprocess.PIPE, text=True)
        server.wait_for("pgrep -fxc 'sleep 61'; true", lambda text: int(text or 0) >= 3, 15)
        subprocess.run(["nsenter", "--target", str(server.pid), "--net", "nft", _CUT], check=True)
        said, _ = reading.communicate(timeout=HANG)
    finally:
        server.stop()
    ended = json.loads(said)
    assert {name: state for name, (state, *_) in ended.items()} == {
        "line": "ssh.lost",
        "idle": "ssh.stalled",
        "overall": "ssh.stalled",
    }
    assert ended["idle"][1] > 8 and ended["overall"][1] > 13  # not before their time; later, ssh's own would be first
    assert {doing for _, _, doing in ended.values()} == {"disk.why"}  # said to the person: where it stood
