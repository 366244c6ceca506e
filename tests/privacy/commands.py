"""One command, or the window, in a network of its own, with every packet written down. Started by `unshare`, as root.

python -m tests.privacy.commands SCENE     prints one JSON object: packets, other, asked, contacted, status, said

The network is that of `tests.privacy.office`: the company's servers, and a hole everywhere else.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.privacy.office import DNS, DOMAIN, MAIL, Capture, lay_network, own_name_files, serve
from tests.servers.sshd import Sshd, User

ROOT = Path(__file__).resolve().parents[2]
FRIEND = "198.51.100.22"  # a machine outside that the person may log in to
CORE = (sys.executable, "-m", "core")
SCENES: dict[str, tuple[str, ...]] = {
    "practice": (*CORE, "practice", "--lang", "ja", "--json=-"),
    "blacklists": (*CORE, "blacklists", "--resolver", DNS, "--lang", "en"),
    "exchange-block": (*CORE, "exchange-block"),
    "arrival": (
        *CORE, "arrival", "send", "--purpose", "send", "--sender", f"me@{DOMAIN}", "--mailbox", "me@home.example",
        "--domain", DOMAIN, "--mail-host", MAIL, "--resolver", DNS, "--own-server", "--own-mailbox", "--lang", "en",
    ),
    "outside": (
        *CORE, "check", "--only", "open_relay", "--own-server", "--domain", DOMAIN, "--resolver", DNS,
        "--outside", f"post@{FRIEND}", "--lang", "en", "--json=-",
    ),
    "window": (sys.executable, "-m", "tests.privacy.idle_window"),
}  # fmt: skip


async def play(scene: str) -> Mapping[str, object]:
    """The command to its end, and what left meanwhile."""
    async with AsyncExitStack() as stack:
        dns = await serve(stack)
        folder = stack.enter_context(TemporaryDirectory(dir="/tmp"))
        own_name_files(stack.enter_context(TemporaryDirectory(dir="/tmp")))
        words = list(SCENES[scene])
        if scene == "outside":
            friend = stack.enter_context(Sshd.started([User("post")], address=FRIEND, port=22))
            words += ["--ssh-config", str(friend.client_config())]
            friend.known_hosts.write_text(friend.known_hosts.read_text().replace(f"[{FRIEND}]:22", FRIEND))
        with Capture() as capture:
            status, said, heard = await _run(words, folder)
    return {
        "packets": sorted(capture.packets),
        "other": sorted(capture.other),
        "asked": sorted({name for name, _, _ in dns.asked}),
        "status": status,
        "said": said,
        "heard": heard,
    }


async def _run(words: list[str], home: str) -> tuple[int | None, str, str]:
    environment = {"HOME": home, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    process = await asyncio.create_subprocess_exec(
        *words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said, heard = await process.communicate()
    return process.returncode, said.decode("utf-8", "replace"), heard.decode("utf-8", "replace")[-3000:]


if __name__ == "__main__":
    lay_network()
    subprocess.run(["ip", "addr", "add", f"{FRIEND}/32", "dev", "lo"], check=True)
    print(json.dumps(asyncio.run(play(sys.argv[1]))))
