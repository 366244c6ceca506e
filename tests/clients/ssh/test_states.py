"""Every way not to get a reading has its own state. Cases H04, H05, H07 to H11."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.clients.ssh_states import Ending, error_of, state_of
from core.errors import CheckConnectionError
from core.texts import LANGUAGES, Texts
from tests.servers.sshd import FIRST_UID, Sshd, User, free_port

ROOT = Path(__file__).resolve().parents[3]


async def _greeter(greeting: bytes) -> asyncio.Server:
    async def talk(reader, writer):
        writer.write(greeting)
        await reader.read()
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", 0)


def _port(server: asyncio.Server) -> int:
    return server.sockets[0].getsockname()[1]


async def test_h04_refused(open_door, error_code):
    assert await error_code(open_door(to=f"127.0.0.1:{free_port()}")) == "ssh.refused"


async def test_h04_unknown_name(open_door, error_code):
    assert await error_code(open_door(to="no-such-host.invalid")) == "ssh.unknown_name"


async def test_h04_silent_port_and_mail_server(open_door, error_code):
    silent, mail = await _greeter(b""), await _greeter(b"220 mail.test ESMTP\r\n")
    async with silent, mail:
        codes = await asyncio.gather(
            error_code(open_door(to=f"127.0.0.1:{_port(silent)}")),
            error_code(open_door(to=f"127.0.0.1:{_port(mail)}")),
        )
    assert codes == ["ssh.silent", "ssh.not_ssh"]


async def test_h04_hung_up_before_the_login(open_door, error_code):
    async def hang_up(reader, writer):
        await reader.read(10)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        assert await error_code(open_door(to=f"127.0.0.1:{_port(server)}")) == "ssh.turned_away"


@pytest.mark.parametrize(
    ("user", "code"),
    [("nologin", "ssh.no_shell"), ("false", "ssh.no_shell"), ("date", "ssh.restricted"), ("sleeps", "ssh.timed_out")],
)
async def test_h05_accounts_without_a_shell(open_door, error_code, user, code):
    limits = {"idle_limit": 2.0} if user == "sleeps" else {}  # the others end by themselves
    assert await error_code(open_door(user, **limits)) == code


async def test_h07_banner_before_the_login_is_not_seen(tmp_path, open_door, error_code):
    banner = tmp_path / "banner"
    banner.write_text("\x1b[2JPassword for root:\n" * 100)
    with Sshd.started([User("post")], options=[f"Banner {banner}"]) as server:
        door = open_door(to=server.destination(), config=server.client_config(key=tmp_path / "none"))
        assert await error_code(door) == "ssh.permission_denied"


_FLOOD = """
import asyncio, sys
from core.clients.journal import Journal
from core.clients.ssh import SshDoor
from core.errors import CheckError
async def main():
    door = SshDoor(sys.argv[1], sys.argv[2], Journal())
    try:
        print("complete", (await door.reading()).complete)
    except CheckError as error:
        print(error.code)
    await door.close()
    # VmHWM, not ru_maxrss: that one begins at the size of whoever started this program.
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("user", "said"), [("floods", "ssh.flooded"), ("oneline", "ssh.flooded"), ("stderr", "complete True")]
)
async def test_h08_floods_stop_at_the_cap(server, user, said):
    config = server.client_config()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _FLOOD, server.destination(user), str(config), stdout=subprocess.PIPE, cwd=ROOT
    )
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    result, peak = out.decode().splitlines()
    assert result == said
    assert int(peak) < 150_000  # KB


async def _running(processes, uid, until):
    await until(lambda: any("sleep 298" in line for line in processes(uid).values()))


def _uid(server: Sshd, name: str) -> int:
    return FIRST_UID + [user.name for user in server.users].index(name)


async def test_h09_session_killed_midway_is_lost(server, open_door, error_code, processes, until):
    uid, door = _uid(server, "slow"), open_door("slow")
    task = asyncio.ensure_future(error_code(door))
    await _running(processes, uid, until)
    for pid, line in processes(uid).items():
        if line.startswith("sshd:"):
            os.kill(pid, signal.SIGKILL)
    assert await task == "ssh.lost"
    with pytest.raises(CheckConnectionError) as caught:
        await door.reading()  # the same error for everybody, and no half of a reading
    assert caught.value.values["doing"] == "postfix_queue.why"
    for language in LANGUAGES:
        words = Texts(language)
        told = words.text("problem.ssh.lost.meaning", caught.value.values)
        assert words.text("command.postfix_queue.why") in told
    await until(lambda: not processes(uid))


async def test_h10_script_killed_midway_is_no_lost_connection(server, open_door, error_code, processes, until):
    uid = _uid(server, "slow")
    task = asyncio.ensure_future(error_code(open_door("slow")))
    await _running(processes, uid, until)
    for pid, line in processes(uid).items():
        if not line.startswith("sshd:"):
            os.kill(pid, signal.SIGKILL)
    assert await task == "ssh.script_died"
    await until(lambda: not processes(uid))


async def test_h11_a_dead_line_is_noticed_before_our_own_clock(server, open_door, error_code, processes, until):
    """The server's side is stopped, so that nothing comes any more, as with a pulled cable. ssh gives up after 20
    seconds (then it is "lost"); our clock would say "stalled" after 30."""
    uid = _uid(server, "stalls")

    def of_this_login() -> dict[int, str]:
        """Without what an earlier login of the same account may have left for its hundred seconds."""
        return {pid: line for pid, line in processes(uid).items() if pid in server.sessions()}

    door = open_door("stalls")
    task = asyncio.ensure_future(error_code(door))
    await until(lambda: any("sleep 100" in line for line in of_this_login().values()))
    stopped = [pid for pid, line in of_this_login().items() if line.startswith("sshd:")]
    assert stopped
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(60):
            assert await task == "ssh.lost"
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("limit", ["idle_limit", "overall_limit"])
async def test_login_that_then_says_nothing_is_stalled(open_door, error_code, tmp_path, limit):
    """Each clock alone. The other end is a program here, so that the way in takes no time of it."""
    stand_in = tmp_path / "stand_in"
    stand_in.write_text(
        "#!/bin/sh\nread hash word nonce\nprintf '@@%s START 1\\n@@%s S who\\n' $nonce $nonce\nexec sleep 291\n"
    )
    stand_in.chmod(0o755)
    assert await error_code(open_door(program=(str(stand_in),), **{limit: 3.0})) == "ssh.stalled"


async def test_unprotected_key(server, open_door, error_code):
    key = server.folder / "open_key"
    key.write_bytes(server.key.read_bytes())
    key.chmod(0o644)
    assert await error_code(open_door(config=server.client_config(key=key))) == "ssh.key_unprotected"


async def test_unreadable_key(server, open_door, error_code):
    key = server.folder / "broken_key"
    key.write_text("PuTTY-User-Key-File-3: ssh-ed25519\n")
    key.chmod(0o600)
    assert await error_code(open_door(config=server.client_config(key=key))) == "ssh.key_unreadable"


async def test_broken_settings(server, open_door, error_code):
    config = server.client_config(extra=["NoSuchOption yes"])
    assert await error_code(open_door(config=config)) == "ssh.config_broken"


@pytest.mark.parametrize(
    ("stderr", "state"),
    [
        ("ssh: connect to host mail.test port 22: No route to host\r\n", "unreachable"),
        ("ssh: connect to host mail.test port 22: Operation timed out\r\n", "timed_out"),
        (
            "Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: ssh-rsa",
            "no_common_method",
        ),
        ("Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures", "too_many_keys"),
        ("Password change required but no TTY available.", "password_expired"),
        ("ssh_askpass: exec(/nowhere): No such file or directory", "askpass_failed"),
        ("stdio forwarding failed\r\nConnection closed by UNKNOWN port 65535\r\n", "jump_failed"),
        ("xx Permission denied (publickey). xx", None),
    ],
)
def test_lines_of_ssh(stderr, state):
    assert state_of(stderr) == state


def test_unknown_words_are_quoted_cleaned():
    error = error_of(Ending("mail.test", 255, "something new\x1b[2J\n"))
    assert (error.code, error.values["line"]) == ("ssh.failed", "something new⟨U+001B⟩[2J")
