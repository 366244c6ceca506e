"""The promises of the door for each login shell: a whole reading, nothing written there, nothing left running.

Two readings, one of them killed, for each of five shells: with the slow tests; one shell is always tried elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import CheckError
from tests.clients.ssh.test_reading import our_ssh, written_by
from tests.servers.sshd import FIRST_UID, Sshd, User

SHELLS = {"dash": "/bin/dash", "bash": "/bin/bash", "tcsh": "/bin/tcsh", "fish": "/usr/bin/fish", "busybox": ""}
# The account "kill-SHELL" has a queue command that never ends and starts a child of its own.
COMMANDS = {
    "postqueue": "case $(id -un) in kill-*) sleep 294 & sleep 293;; esac; echo '{}'",
    "postconf": "echo 3.7.11",
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Sshd]:
    folder = Path(tempfile.mkdtemp(prefix="mfa-ash-", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "ash").symlink_to("/bin/busybox")  # busybox under the name of its shell, as on Alpine
    shells = {**SHELLS, "busybox": str(folder / "ash")}
    for name, path in shells.items():
        assert Path(path).exists(), f"{name} is missing: run `packaging/setup_machine.sh test`"
    users = [User(f"{use}-{name}", path) for name, path in shells.items() for use in ("read", "kill")]
    with Sshd.started(users, commands=COMMANDS) as running:
        yield running
    shutil.rmtree(folder)


def uid_of(server: Sshd, account: str) -> int:
    return FIRST_UID + [user.name for user in server.users].index(account)


@pytest.mark.parametrize("shell", SHELLS)
async def test_a_whole_reading_that_writes_nothing(
    server: Sshd, open_door: Callable[..., Any], tmp_path: Path, shell: str
) -> None:
    account = f"read-{shell}"
    for name in ("first", "second"):  # fish makes its folders at an account's first login
        stamp = tmp_path / name
        stamp.touch()
        await asyncio.sleep(0.05)
        reading = await open_door(config=server.client_config(), to=server.destination(account)).reading()
        assert reading.complete and reading.lines("postfix_queue") == ("{}",)
        assert f"({account})" in reading.lines("who")[0]
    assert written_by(uid_of(server, account), server.folder / "home", stamp) == ""


@pytest.mark.parametrize("shell", SHELLS)
async def test_nothing_runs_on_there_after_a_kill_here(
    server: Sshd, open_door: Callable[..., Any], processes: Any, until: Callable[..., Any], shell: str
) -> None:
    uid = uid_of(server, f"kill-{shell}")
    door = open_door(config=server.client_config(), to=server.destination(f"kill-{shell}"))
    reading = asyncio.ensure_future(door.reading())
    await until(lambda: sum("sleep 29" in line for line in processes(uid).values()) >= 2)
    os.kill(our_ssh(server.port), signal.SIGKILL)
    with pytest.raises(CheckError):
        await reading
    await until(lambda: not processes(uid))
