"""The thorough relay test beside nmap's smtp-open-relay, on the same closed Postfix, with 50 ms of round trip added.

    python tests/bench/relay.py        (root: a real server of the lab)

Prints the time of each and for each form, and the ratio. Without nmap (apt install nmap) only our own time.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.result import told

ROOT = Path(__file__).resolve().parents[2]
ONE_WAY = 0.025  # seconds
NMAP_FORMS = 16
PROBE_MANY = ROOT / "tests" / "checks" / "open_relay" / "probe_many.py"


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything, in order, one way's time later."""
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not data:
                return writer.close()
            writer.write(data)

    delivering = asyncio.create_task(deliver())
    while data := await reader.read(65_536):
        waiting.put_nowait((time.monotonic() + ONE_WAY, data))
    waiting.put_nowait((time.monotonic() + ONE_WAY, b""))
    await delivering


async def serve(listen: str, target: str) -> None:
    """A proxy on port 25 whose line is long; ends when it is ended."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * ONE_WAY)  # the handshake's round trip
        far_reader, far_writer = await asyncio.open_connection(target, 25)
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer), return_exceptions=True)

    server = await asyncio.start_server(connected, listen, 25)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


def main() -> int:
    """Run both; 0 when ours gave the right answer."""
    sys.path.insert(0, str(ROOT))
    from tests.servers.lab import OUTSIDE, Lab, obstacles

    if reason := obstacles():
        print(f"relay test                       left out: {reason}")
        return 0
    with Lab() as lab:
        server = lab.server("pf-closed")
        argv = [sys.executable, str(Path(__file__).resolve()), "serve", OUTSIDE, server.address]
        proxy = lab.outside.start(argv, stdout=subprocess.PIPE)
        try:
            assert proxy.stdout and proxy.stdout.readline() == b"ready\n"
            case = {"address": OUTSIDE, "thorough": True}
            environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
            done = lab.outside.run([sys.executable, str(PROBE_MANY)], input=json.dumps([case]), env=environment)
            (answer,) = json.loads(done.stdout)
            forms = sum(1 for form in answer["forms"] if form[2] == 25 and form[4] is not None)
            ours = tell("relay test, thorough, 50 ms", answer["seconds"], forms)
            if shutil.which("nmap") is None:
                print("relay test, nmap                 left out: not installed")
                return 0
            started = time.monotonic()
            nmap = ["nmap", "-Pn", "-n", "-p25", "--script", "smtp-open-relay", OUTSIDE]
            said = lab.outside.run(nmap).stdout
            theirs = tell("relay test, nmap, 50 ms", time.monotonic() - started, NMAP_FORMS)
            found = re.search(r"smtp-open-relay: *(.*)", said)
            told("relay test, for each form", f"{ours * 1000:.0f} ms", f"nmap {theirs * 1000:.0f} ms", theirs / ours)
            if not found:
                print(f"nmap said: {said[-200:]}")
        finally:
            proxy.kill()
            proxy.wait(5)
    return 0 if answer["code"] in ("open_relay.closed_thorough", "open_relay.refused_inside") else 1


def tell(title: str, seconds: float, forms: int) -> float:
    """One line; returns the seconds of one form."""
    told(title, f"{seconds:.2f} s", f"{forms} forms, {seconds / forms * 1000:.0f} ms each")
    return seconds / forms


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(sys.argv[2], sys.argv[3]))
    sys.exit(main())
