"""The door as Windows gets it: programs by threads, askpass over TCP on loopback. Chosen here explicitly."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.clients.ssh_system import Posix
from core.errors import CheckError
from tests.servers.sshd import FIRST_UID


class LikeWindows(Posix):
    """Our own processes and signals, all else as on Windows."""

    local_sockets = False
    threaded = True


async def test_reading(open_door):
    reading = await open_door(system=LikeWindows()).reading()
    assert reading.complete
    assert reading.lines("postfix_queue") == ('{"queue_id": "A1"}',)


async def test_password_over_loopback(server, open_door, answers):
    config = server.client_config(key=server.folder / "no_such_key")
    reading = await open_door(config=config, prompter=answers("correct horse"), system=LikeWindows()).reading()
    assert reading.complete


@pytest.mark.parametrize(
    ("user", "code"),
    [("nologin", "ssh.no_shell"), ("date", "ssh.restricted"), ("floods", "ssh.flooded"), ("stalls", "ssh.stalled")],
)
async def test_states(open_door, error_code, user, code):
    limits = {"idle_limit": 5.0} if user == "stalls" else {}  # the others end by themselves
    assert await error_code(open_door(user, system=LikeWindows(), **limits)) == code


async def test_refused_and_missing(open_door, error_code):
    assert await error_code(open_door(to="127.0.0.1:1", system=LikeWindows())) == "ssh.refused"
    assert await error_code(open_door(program=("/nowhere/ssh",), system=LikeWindows())) == "ssh.program_missing"


async def test_nothing_runs_on_after_closing(server, open_door, processes, until):
    uid = FIRST_UID + [user.name for user in server.users].index("slow")
    door = open_door("slow", system=LikeWindows())
    reading = asyncio.ensure_future(door.reading())
    await until(lambda: sum("sleep 29" in line for line in processes(uid).values()) >= 2)
    await door.close()
    with pytest.raises(CheckError):
        await reading
    await until(lambda: not processes(uid))
    assert not _our_children_named("ssh")


def _our_children_named(name: str) -> list[str]:
    children = [pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]
    return [pid for pid in children if Path(f"/proc/{pid}/comm").read_text().strip() == name]
