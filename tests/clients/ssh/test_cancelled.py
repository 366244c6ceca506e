"""Every question of the door, cancelled by the person and cut off by a closed window: no login, no trace. Case H03."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.clients.ssh import Prompt
from core.errors import CheckError
from tests.servers.sshd import Sshd, User

SUDOERS = "Defaults !lecture\nasked ALL=(ALL) ALL\n"
PAM = "auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n"
KEYBOARD = ("UsePAM yes", "KbdInteractiveAuthentication yes", "PasswordAuthentication no")
TRIED = ("Failed password", "Failed keyboard-interactive", "Starting session")


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Sshd]]:
    """One server that takes keys and passwords and has a sudo, one that asks questions of its own."""
    folder = tmp_path_factory.mktemp("cancelled")
    (folder / "sudoers").write_text(SUDOERS)
    (folder / "sudoers").chmod(0o440)
    (folder / "pam").write_text(PAM)
    binds = {"/etc/sudoers": folder / "sudoers", "/etc/pam.d/sudo": folder / "pam"}
    users = [User("asked", password="correct horse")]
    with Sshd.started(users, binds=binds) as plain, Sshd.started(users, options=KEYBOARD) as asking:
        yield {"plain": plain, "asking": asking}


# kind of the question: the server, the settings, the rights asked for
QUESTIONS: dict[str, tuple[str, Callable[[Sshd], Path], str]] = {
    "host_key": ("plain", lambda server: server.client_config(known=False), "no"),
    "password": ("plain", lambda server: server.client_config(key=server.folder / "none"), "no"),
    "passphrase": ("plain", lambda server: server.client_config(key=server.encrypted_key), "no"),
    "other": ("asking", lambda server: server.client_config(key=server.folder / "none"), "no"),
    "sudo": ("plain", lambda server: server.client_config(), "password"),
}


@pytest.mark.parametrize("how", ["cancel", "close"])
@pytest.mark.parametrize("kind", QUESTIONS)
async def test_h03_cancelled_at_every_question(
    doors: dict[str, Sshd], open_door: Callable[..., Any], until: Callable[..., Any], kind: str, how: str
) -> None:
    name, settings, sudo = QUESTIONS[kind]
    server = doors[name]
    server.known_hosts.unlink(missing_ok=True)
    config = settings(server)
    before = {word: server.log.count(word) for word in TRIED}
    asked: list[Prompt] = []

    async def person(prompt: Prompt) -> str | None:
        asked.append(prompt)
        if how == "close":
            await asyncio.sleep(60)
        return None

    door = open_door(config=config, to=server.destination("asked"), prompter=person, sudo=sudo)
    reading = asyncio.ensure_future(door.reading())
    await until(lambda: asked)
    if how == "close":
        await door.close()
    with pytest.raises(CheckError) as caught:
        await reading
    assert caught.value.code == ("ssh.cancelled" if how == "cancel" else "ssh.closed")
    assert [prompt.kind for prompt in asked] == [kind]
    await until(lambda: not server.sessions())  # the server, too, is done with us: what it logged is final
    tries = {word: server.log.count(word) - before[word] for word in TRIED}
    # Before sudo the login itself had worked; everywhere else nothing was tried at all.
    assert [tries[word] for word in TRIED[:2]] == [0, 0]
    assert tries["Starting session"] == int(kind == "sudo")
    if kind == "host_key":
        assert not server.known_hosts.exists()
