"""The program is killed in the middle of reading a server (Y06): nothing of it runs on, here or there. Needs root."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.notebook import Notebook
from tests.patience import HANG
from tests.servers.sshd import FIRST_UID, Sshd, User

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 40  # a slow machine; the commands themselves would go on for longer


def soon(true: Callable[[], object]) -> bool:
    """Whether it comes about."""
    until = time.monotonic() + SECONDS
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def of_account(server: Sshd) -> list[int]:
    """Processes of the account below this server: other tests may have the same account beside it."""
    found = []
    for pid in server.sessions():
        try:
            if Path(f"/proc/{pid}").stat().st_uid == FIRST_UID:
                found.append(pid)
        except OSError:
            continue  # gone meanwhile
    return found


def running(pids: list[int]) -> bool:
    """Whether one of them is left."""
    return any(Path(f"/proc/{pid}").exists() for pid in pids)


def below(pid: int) -> list[int]:
    """The programs it started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_y06_killed_while_it_reads_a_server_it_leaves_nothing_anywhere(tmp_path: Path) -> None:
    slow = {"postconf": "echo mail_version = 3.7.11", "postqueue": "sleep 291"}
    home = tmp_path / "home"
    home.mkdir()
    with Sshd.started([User("post")], commands=slow) as server:
        words = ["check", "--ssh", server.destination("post"), "--ssh-config", str(server.client_config())]
        program = subprocess.Popen(
            [sys.executable, "-m", "core", *words, "--resolver", "127.0.0.1:9", "--lang", "en"],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            env={"HOME": str(home), "PATH": os.environ["PATH"]},
        )  # fmt: skip
        try:
            assert soon(lambda: of_account(server)), "it never came to the server"
            ours, theirs = below(program.pid), of_account(server)
            assert ours and theirs
        finally:
            program.send_signal(signal.SIGKILL)
            program.wait(HANG)
        assert soon(lambda: not of_account(server) and not running(theirs)), "something runs on, on the server"
        assert soon(lambda: not running(ours)), "ssh runs on, here"
    with Notebook(home / ".local/share/mail-first-aid/notebook.sqlite3") as notebook:
        assert notebook.runs() == []  # no half report
