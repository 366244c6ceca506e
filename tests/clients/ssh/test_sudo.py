"""Administrator's rights by a real sudo, in each of the three ways a person may choose, and each way it may refuse."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clients.ssh_sudo import SudoGate, sudo_state
from tests.servers.sshd import FIRST_UID, Sshd, User

NAMES = ("trusted", "asked", "stranger", "slow", "fishy", "tcshy")
PASSWORD = "correct horse"
SUDOERS = """
Defaults !lecture, mail_no_user, mailto=root, mailerpath="{mailer}"
Defaults secure_path="/usr/sbin:/usr/bin:/sbin:/bin"
Defaults passwd_tries=3
trusted ALL=(ALL) NOPASSWD: ALL
slow ALL=(ALL) NOPASSWD: ALL
fishy ALL=(ALL) NOPASSWD: ALL
tcshy ALL=(ALL) NOPASSWD: ALL
asked ALL=(ALL) ALL
"""
SHELLS = {"fishy": "/usr/bin/fish", "tcshy": "/bin/tcsh"}
# Only the account "slow" finds a disk that never answers.
DF = '#!/bin/sh\n[ "$SUDO_USER" = slow ] && { sleep 297 & sleep 296; }; echo Filesystem\n'


@pytest.fixture(scope="module")
def sudo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A server with a sudoers of its own; what sudo mails goes to a file beside it."""
    if not Path("/usr/bin/sudo").exists():
        pytest.fail("sudo is missing: run `packaging/setup_machine.sh test`", pytrace=False)
    folder = tmp_path_factory.mktemp("sudo")
    mailer = folder / "mailer"
    mailer.write_text(f"#!/bin/sh\ncat >> {folder}/mail\n")
    sudoers = folder / "sudoers"
    sudoers.write_text(SUDOERS.format(mailer=mailer))
    sudoers.chmod(0o440)
    pam = folder / "pam"
    pam.write_text("auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n")
    users = [User(name, SHELLS.get(name, "/bin/sh"), password=PASSWORD) for name in NAMES]
    disk = folder / "df"
    disk.write_text(DF)
    for path in (mailer, disk):
        path.chmod(0o755)
    binds = {"/etc/sudoers": sudoers, "/etc/pam.d/sudo": pam, "/usr/bin/df": disk}
    with Sshd.started(users, binds=binds) as server:
        yield server


def uid_read(reading) -> str:
    return reading.lines("who")[0].split("(")[0]


@pytest.fixture
def door_as(sudo_server, open_door):
    def make(user: str, sudo: str, prompter=None, **more):
        config = sudo_server.client_config()
        return open_door(user, config, sudo_server.destination(user), sudo=sudo, prompter=prompter, **more)

    return make


@pytest.mark.parametrize("user", ["trusted", "fishy", "tcshy"])
async def test_without_a_password(door_as, user):
    reading = await door_as(user, "passwordless").reading()
    assert reading.complete
    assert uid_read(reading) == "uid=0"


async def test_with_the_persons_password(door_as, answers):
    person = answers(PASSWORD)
    reading = await door_as("asked", "password", person).reading()
    assert uid_read(reading) == "uid=0"
    assert [prompt.kind for prompt in person.asked] == ["sudo"]


async def test_a_password_that_nobody_wants_is_never_asked_for(door_as, answers):
    """Sent all the same, it would be run as a command."""
    person = answers(PASSWORD)
    reading = await door_as("trusted", "password", person).reading()
    assert uid_read(reading) == "uid=0"
    assert person.asked == []


async def test_unasked_sudo_is_never_tried(sudo_server, door_as):
    before = sudo_server.log.count("sudo")
    assert uid_read(await door_as("trusted", "no").reading()) == f"uid={FIRST_UID}"
    assert sudo_server.log.count("sudo") == before


async def test_a_wrong_password_is_one_attempt(door_as, answers, error_code):
    person = answers("wrong", "wrong again")
    assert await error_code(door_as("asked", "password", person)) == "ssh.sudo_wrong_password"
    assert len(person.asked) == 1


async def test_a_cancelled_password_is_none(door_as, answers, error_code):
    assert await error_code(door_as("asked", "password", answers(None))) == "ssh.cancelled"


@pytest.mark.parametrize(
    ("user", "sudo", "code"),
    [
        ("asked", "passwordless", "ssh.sudo_needs_password"),
        ("stranger", "passwordless", "ssh.sudo_needs_password"),
        ("stranger", "password", "ssh.sudo_not_allowed"),
        ("asked", "password", "ssh.sudo_needs_password"),
    ],
)
async def test_refusals(door_as, answers, error_code, user, sudo, code):
    person = answers(PASSWORD) if (user, sudo) == ("stranger", "password") else None
    assert await error_code(door_as(user, sudo, person)) == code


async def test_no_sudo_there(open_door, error_code, tmp_path):
    nothing = tmp_path / "sudo"
    nothing.write_text("")
    with Sshd.started([User("post")], binds={"/usr/bin/sudo": nothing}) as bare:
        door = open_door("post", bare.client_config(), bare.destination(), sudo="passwordless")
        assert await error_code(door) == "ssh.sudo_refused"


async def test_the_password_stands_nowhere(sudo_server, door_as):
    seen: list[str] = []

    async def watched(prompt):
        asyncio.get_running_loop().call_later(0.3, lambda: seen.extend(_arguments_and_environments()))
        return PASSWORD

    await door_as("asked", "password", watched).reading()
    await asyncio.sleep(0.3)
    assert seen
    assert not any(PASSWORD in text for text in seen)


def _arguments_and_environments() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        for name in ("cmdline", "environ"):
            try:
                found.append((path.parent / name).read_bytes().decode("utf-8", "replace"))
            except OSError:
                continue
    return found


async def test_nothing_runs_on_as_administrator_after_we_are_gone(door_as, until):
    def sleepers() -> list[str]:
        lines = [_cmdline(path) for path in Path("/proc").glob("[0-9]*/cmdline")]
        return [line.decode() for line in lines if re.fullmatch(rb"sleep\0(297|296)\0", line)]

    door = door_as("slow", "passwordless")
    reading = asyncio.ensure_future(door.reading())
    await until(lambda: len(sleepers()) == 2)
    await door.close()
    await asyncio.gather(reading, return_exceptions=True)
    await until(lambda: not sleepers())


def _cmdline(path: Path) -> bytes:
    """What a program was started with; nothing where it has ended meanwhile or is another's."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_the_remote_command_holds_no_word_of_the_person():
    for sudo in ("passwordless", "password"):
        command = SudoGate(sudo, "mail.test").remote_command
        assert re.fullmatch(
            r"exec sudo (-n|-k -S -p PW-[0-9a-f]{32}) sh -c 'echo UP-[0-9a-f]{32}; exec sh -s'", command
        )
    assert SudoGate("no", "mail.test").remote_command == "exec sh -s"


def test_words_in_another_language_are_a_refusal_all_the_same():
    assert sudo_state("sudo: パスワードが必要です\n", 1) == "sudo_refused"
    assert sudo_state("bash: sudo: command not found\n", 127) == "sudo_missing"
    assert sudo_state("", 127) == "sudo_missing"
