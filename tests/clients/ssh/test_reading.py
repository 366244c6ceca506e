"""One login, one reading, nothing changed and nothing left. Cases H06, H12, H13, H20, and the promises of the door."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from core.clients import remote_script
from core.clients.journal import Journal
from core.clients.remote_frames import FrameParser
from core.errors import CheckError
from tests.patience import HANG
from tests.servers.sshd import FIRST_UID, Sshd, User

SHELLS = ("dash", "bash", "tcsh", "fish")


def _uid(server: Sshd, name: str) -> int:
    return FIRST_UID + [user.name for user in server.users].index(name)


@pytest.mark.parametrize("shell", SHELLS)
async def test_h06_login_shells_and_their_noise(open_door, shell):
    assert shutil.which(shell), f"{shell} is missing: run `packaging/setup_machine.sh test`"
    reading = await open_door(shell).reading()
    assert reading.complete
    assert reading.lines("who")[0].startswith(f"uid={reading.lines('who')[0].split('=')[1].split('(')[0]}({shell})")
    assert reading.lines("postfix_queue") == ('{"queue_id": "A1"}',)


async def test_reading_tells_both_addresses_and_no_password(open_door):
    reading = await open_door().reading()
    assert (reading.client_address, reading.server_address) == ("127.0.0.1", "127.0.0.1")
    assert reading.lines("postfix_settings") == ("smtp_sasl_password_maps = static:u:***",)
    assert "exim_queue" not in reading.sections
    assert any(line.startswith("epoch=") for line in reading.lines("system"))


async def test_one_login_serves_everybody_and_survives_a_cancelled_caller(server, open_door):
    before = server.log.count("Accepted publickey for post")
    door = open_door()
    impatient = asyncio.ensure_future(door.reading())
    others = [asyncio.ensure_future(door.reading()) for _ in range(3)]
    await asyncio.sleep(0.05)
    impatient.cancel()
    first, *rest = await asyncio.gather(*others)
    assert all(reading is first for reading in rest)
    assert await door.reading() is first
    assert server.log.count("Accepted publickey for post") == before + 1
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_an_error_is_remembered_too(server, open_door, error_code):
    door = open_door(config=server.client_config(key=server.folder / "none"))
    before = server.log.count("Connection from")
    assert await error_code(door) == await error_code(door) == "ssh.permission_denied"
    assert server.log.count("Connection from") == before + 1


async def test_journal_names_the_contact_and_every_command(server, open_door):
    journal = Journal()
    await open_door(journal=journal).reading()
    assert journal.contacted == [f"127.0.0.1:{server.port} (ssh)"]
    assert journal.commands == list(dict.fromkeys(command.command for command in remote_script.SECTIONS))


async def test_closed_door_stays_closed(open_door, error_code):
    door = open_door()
    await door.close()
    assert await error_code(door) == "ssh.closed"


@pytest.mark.parametrize("how", ["close", "kill"])
async def test_nothing_runs_on_after_we_are_gone(server, open_door, processes, until, how):
    uid, door = _uid(server, "slow"), open_door("slow")
    reading = asyncio.ensure_future(door.reading())
    await until(lambda: sum("sleep 29" in line for line in processes(uid).values()) >= 2)
    if how == "close":
        await door.close()
    else:
        os.kill(our_ssh(server.port), signal.SIGKILL)
    with pytest.raises(CheckError):
        await reading
    await until(lambda: not processes(uid))


def our_ssh(port: int) -> int:
    """The process id of the ssh this process started to that port."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(pid) for path in children for pid in path.read_text().split()]
    return next(pid for pid in pids if f"-p\0{port}\0".encode() in Path(f"/proc/{pid}/cmdline").read_bytes())


async def test_nothing_is_written_on_the_server(server, open_door, tmp_path):
    """With the other login shells: `test_five_shells.py`."""
    stamp = tmp_path / "stamp"
    stamp.touch()
    await asyncio.sleep(0.05)
    await open_door("dash").reading()
    assert written_by(_uid(server, "dash"), server.folder / "home", stamp) == ""


@pytest.fixture
def ash():
    """busybox under the name of its shell, where every account may go."""
    folder = Path(tempfile.mkdtemp(prefix="mfa-ash-", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "ash").symlink_to("/bin/busybox")
    yield folder / "ash"
    shutil.rmtree(folder)


async def test_busybox_as_the_login_shell(open_door, ash):
    """As on Alpine."""
    commands = {"postqueue": "echo {}", "postconf": "echo 3.7.11"}
    with Sshd.started([User("alpine", str(ash))], commands=commands) as server:
        door = open_door("alpine", server.client_config(), server.destination("alpine"))
        reading = await door.reading()
        await door.close()
    assert reading.complete
    assert reading.lines("postfix_queue") == ("{}",)
    assert "(alpine)" in reading.lines("who")[0]


def written_by(uid: int, homes: Path, stamp: Path) -> str:
    """Files of this account, or below these home folders, that are newer than the stamp."""
    places = ["/home", "/tmp", "/var", "/etc", "/root", "/dev/shm", "/usr"]
    which = ["-newer", stamp, "(", "-uid", str(uid), "-o", "-path", f"{homes}/*", ")"]
    return subprocess.run(["find", *places, "-xdev", *which], capture_output=True, text=True).stdout


async def test_h13_awkward_settings_are_neutral(server, open_door):
    extra = ["RemoteCommand /bin/date", "RequestTTY force", "LocalForward 127.0.0.1:1 127.0.0.1:2", "ControlMaster yes"]
    extra += ["PermitLocalCommand yes", f"LocalCommand touch {server.folder}/local_command", "LogLevel DEBUG3"]
    extra += [f"ControlPath {server.folder}/control", "ForwardAgent yes", "StdinNull yes", "SessionType none"]
    reading = await open_door(config=server.client_config(extra=extra)).reading()
    assert reading.complete
    assert not (server.folder / "local_command").exists()
    assert not (server.folder / "control").exists()


async def test_settings_may_name_alias_user_port_and_trust(server, open_door):
    config = server.folder / "alias_config"
    config.write_text(
        f"Host office\n  HostName {server.address}\n  Port {server.port}\n  User post\n  IdentityFile {server.key}\n"
        f"  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile {server.folder}/alias_known\n"
    )
    assert (await open_door(config=config, to="office").reading()).complete


async def test_jump_host_gets_the_same_settings(server, open_door):
    extra = [f"IdentityFile {server.key}", "ProxyJump bash@jump"]
    server.trust()
    config = server.folder / "jump_config"
    common = f"  HostName {server.address}\n  Port {server.port}\n  IdentityFile {server.key}\n  HostKeyAlias x\n"
    kind, words = server.host_key.with_suffix(".pub").read_text().split()[:2]
    known = server.folder / "jump_known"
    known.write_text(f"x {kind} {words}\n")
    common += f"  UserKnownHostsFile {known}\n"
    config.write_text(f"Host jump\n{common}Host inner\n{common}  {extra[1]}\n")
    before = server.log.count("Accepted publickey for bash")
    assert (await open_door(config=config, to="post@inner").reading()).complete
    assert server.log.count("Accepted publickey for bash") == before + 1


async def test_another_server_as_jump_host(server, open_door):
    """Two servers with a key each; the inner one sees the jump host, and our settings are the jump's as well."""
    with Sshd.started([User("gate")]) as jump:
        jump.trust()
        known = jump.folder / "both_known"
        server.trust()
        known.write_text(jump.known_hosts.read_text() + server.known_hosts.read_text())
        config = jump.folder / "way_config"
        common = f"  HostName {server.address}\n  UserKnownHostsFile {known}\n  IdentitiesOnly yes\n"
        config.write_text(
            f"Host outer\n{common}  Port {jump.port}\n  User gate\n  IdentityFile {jump.key}\n"
            f"Host inner\n{common}  Port {server.port}\n  IdentityFile {server.key}\n  ProxyJump outer\n"
        )
        assert (await open_door(config=config, to="post@inner").reading()).complete
        assert jump.log.count("Accepted publickey for gate") == 1


@pytest.mark.parametrize("proxy", ["ProxyCommand false", "ProxyJump 127.0.0.1:1"])
async def test_broken_jump_has_its_own_state(server, open_door, error_code, proxy):
    config = server.client_config(extra=[proxy])
    assert await error_code(open_door(config=config)) == "ssh.jump_failed"


async def test_h20_a_command_that_hangs_costs_its_own_section_only(tmp_path):
    """`df` on a dead network disk: the section ends by its time limit, the next ones are there."""
    commands = tuple(
        remote_script.RemoteCommand(name, command, seconds=1)
        for name, command in (("who", "id"), ("disk", "sleep 300 & sleep 300"), ("system", "uname -a"))
    )
    begun = time.monotonic()
    sections = _run_here(remote_script.new_nonce(), commands, {})
    assert time.monotonic() - begun < HANG
    assert sections["disk"].exit_status == 124
    assert not sections["disk"].complete
    assert sections["who"].complete and sections["system"].complete


def test_h12_frames_in_hostile_text_stay_content(tmp_path):
    """Even text that knows the nonce of the run cannot leave its line."""
    nonce = remote_script.new_nonce()
    forged = f"@@{nonce} E postfix_queue 0\\n@@{nonce} S who\\n|uid=0(root)\\n\\r@@{nonce} END\\n@@{nonce} END"
    hostile = remote_script.RemoteCommand("postfix_queue", f"printf '{forged}'")
    sections = _run_here(nonce, (remote_script.RemoteCommand("who", "id"), hostile), {})
    assert sections["who"].lines[0] != "uid=0(root)" and len(sections["who"].lines) == 1
    assert len(sections["postfix_queue"].lines) == 5
    assert sections["postfix_queue"].complete


def _run_here(nonce, commands, environment):
    """Run a script of ours in a shell of its own on this machine."""
    process = subprocess.Popen(["sh", "-s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    with process:
        process.stdin.write(remote_script.script(nonce, commands))
        process.stdin.flush()
        output = process.stdout.read()
    parser = FrameParser(nonce, remote_script.limits())
    parser.feed(output)
    assert parser.ended
    return parser.sections()


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_h10_a_script_cut_on_its_way_runs_nothing(part):
    whole = remote_script.script(remote_script.new_nonce())
    done = subprocess.run(
        ["sh", "-s"], input=whole[: int(len(whole) * part)], capture_output=True, start_new_session=True
    )
    assert done.stdout == b""


async def test_program_replaces_ssh(tmp_path, open_door):
    """What the practice company builds on: same arguments, script on standard input, nonce on its first line."""
    stand_in = tmp_path / "stand_in"
    stand_in.write_text(
        "#!/bin/sh\nread hash word nonce\n"
        'printf "@@%s START 1\\n@@%s S who\\n|$*\\n@@%s E who 0\\n@@%s END\\n" $nonce $nonce $nonce $nonce\n'
    )
    stand_in.chmod(0o755)
    reading = await open_door(to="me@practice.test:2222", program=(str(stand_in), "extra")).reading()
    words = reading.lines("who")[0].split()
    assert words[:2] == ["extra", "-F"]
    assert words[3:] == ["-T", "-x", "-a", "-p", "2222", "-l", "me", "--", "practice.test", "exec", "sh", "-s"]
    assert reading.complete


async def test_program_that_is_missing(open_door, error_code):
    assert await error_code(open_door(program=("/nowhere/ssh",))) == "ssh.program_missing"


def test_busybox_as_the_only_shell(tmp_path):
    busybox = Path("/bin/busybox")
    assert busybox.exists(), "busybox is missing: run `packaging/setup_machine.sh test`"
    nonce = remote_script.new_nonce()
    with subprocess.Popen(
        [busybox, "sh", "-s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        process.stdin.write(remote_script.script(nonce))
        process.stdin.flush()
        output = process.stdout.read()
    parser = FrameParser(nonce)
    parser.feed(output)
    assert parser.ended and parser.sections()["who"].complete
