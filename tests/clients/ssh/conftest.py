"""One real sshd with many kinds of accounts for all tests of the door."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.clients.journal import Journal
from core.clients.ssh import Prompt, SshDoor
from core.errors import CheckError
from tests.servers.sshd import Sshd, User

_MARK = "read a b n; printf '@@%s START 1\\n@@%s S who\\n' $n $n; "
FORCED = {
    "date": "/bin/date",
    "sleeps": "sleep 100",
    "stalls": f"{_MARK} echo '|x'; sleep 100",
    "floods": f"{_MARK} exec yes '|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
    "oneline": f"{_MARK} tr '\\0' x </dev/zero | head -c 300000000",
    "stderr": "head -c 50000000 /dev/zero >&2; exec sh -s",
}
NOISE = "echo 'Welcome!'; printf '@@0123456789abcdef0123456789abcdef START 1\\n@@x END\\n'; alias ls='rm -i'"


def _users() -> list[User]:
    forced = [User(name, key_options=f'command="{command}"') for name, command in FORCED.items()]
    return [
        User("post", password="correct horse"),
        User("dash", "/bin/dash"),
        User("bash", "/bin/bash", start_files={".bashrc": NOISE}),
        User("tcsh", "/bin/tcsh", start_files={".cshrc": "echo noise"}),
        User("fish", "/usr/bin/fish", start_files={".config/fish/config.fish": "echo noise"}),
        User("nologin", "/usr/sbin/nologin"),
        User("false", "/bin/false"),
        User("slow"),
        *forced,
    ]


COMMANDS = {
    "postconf": 'case "$*" in "-h mail_version") echo 3.7.11;; -n) echo "smtp_sasl_password_maps = static:u:geheim";; '
    '*) echo "mail_version = 3.7.11";; esac',
    # The account "slow" has a queue command that never ends and starts a child of its own.
    "postqueue": '[ $(id -un) = slow ] && { sleep 299 & sleep 298; }; echo \'{"queue_id": "A1"}\'',
}


@pytest.fixture(scope="session")
def server() -> Iterator[Sshd]:
    """Key logins, and a password for the account "post"."""
    with Sshd.started(_users(), commands=COMMANDS) as running:
        yield running


@pytest.fixture
async def open_door(server: Sshd) -> AsyncIterator[Callable[..., SshDoor]]:
    """Makes doors to accounts of the server; closed after the test."""
    doors: list[SshDoor] = []

    def make(user: str = "post", config: Path | None = None, to: str | None = None, **more: Any) -> SshDoor:
        journal = more.pop("journal", None) or Journal()
        settings = str(config or server.client_config())
        doors.append(SshDoor(to or server.destination(user), settings, journal, **more))
        return doors[-1]

    yield make
    for door in doors:
        await door.close()


class Answers:
    """A person with prepared answers; remembers what was asked."""

    def __init__(self, *answers: str | None) -> None:
        self.left, self.asked = list(answers), list[Prompt]()

    async def __call__(self, prompt: Prompt) -> str | None:
        self.asked.append(prompt)
        return self.left.pop(0)


@pytest.fixture
def answers() -> type[Answers]:
    return Answers


@pytest.fixture
def error_code() -> Callable[[SshDoor], Any]:
    """Read through a door that must fail; returns the error's code."""

    async def read(door: SshDoor) -> str:
        with pytest.raises(CheckError) as caught:
            await door.reading()
        return caught.value.code

    return read


def processes_of(uid: int) -> dict[int, str]:
    """Process id -> command line of every process of an account."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.stat().st_uid == uid:
                found[int(path.name)] = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.fixture
def processes() -> Callable[[int], dict[int, str]]:
    return processes_of


@pytest.fixture
def until() -> Callable[..., Any]:
    """Wait until something holds, at most `seconds`."""

    async def wait(holds: Callable[[], Any], seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it never came true"
            await asyncio.sleep(0.05)

    return wait


@pytest.fixture(autouse=True)
def no_folder_left(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every test leaves no run folder behind."""
    tmp_path_factory.getbasetemp()  # pytest's own folder is made first, elsewhere
    folder = tempfile.mkdtemp(prefix="mfa-t-", dir="/tmp")  # short: a Unix socket's path has 108 bytes
    monkeypatch.setattr(tempfile, "tempdir", folder)
    yield
    Path(folder).rmdir()  # fails when anything is left in it
