"""A real sudo that refuses writes to root, and so would feed a sick queue: it is tried only when the person says so.

The sudoers file is Debian's own but for the mailer, which keeps what it is given in a folder beside it (Debian's sudo
starts it as the account, not as root: everybody may write there).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.sshd import Sshd, User

PASSWORD = "correct horse"
SUDOERS = """
Defaults env_reset, mail_badpass
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
Defaults mailerpath="{mailer}"
root ALL=(ALL:ALL) ALL
asked ALL=(ALL:ALL) ALL
"""
MESSAGE = (
    '{"queue_name": "deferred", "queue_id": "A1B2C3D4E5", "arrival_time": 1795311060, "message_size": 9, '
    '"sender": "a@example.jp", "recipients": [{"address": "b@far.example", "delay_reason": "Connection refused"}]}'
)
MAILER = '#!/bin/sh\ncat > "{folder}/coming.$$" && mv "{folder}/coming.$$" "{folder}/mail.$$"\n'


@pytest.fixture
def postbox() -> Iterator[Path]:
    """Where each mail to root becomes one file."""
    folder = Path(tempfile.mkdtemp(prefix="mfa-root-", dir="/tmp"))
    folder.chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def strict(postbox: Path) -> Iterator[Sshd]:
    """A server with the account "asked" (sudo with a password) and "stranger" (no sudo)."""
    if not Path("/usr/bin/sudo").exists():
        pytest.fail("sudo is missing: run `packaging/setup_machine.sh test`", pytrace=False)
    folder = postbox / "settings"
    folder.mkdir(0o755)
    files = {
        "mailer": (MAILER.format(folder=postbox), 0o755),
        "sudoers": (SUDOERS.format(mailer=folder / "mailer"), 0o440),
        "pam": ("auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n", 0o644),
    }
    for name, (text, mode) in files.items():
        (folder / name).write_text(text)
        (folder / name).chmod(mode)
    binds = {"/etc/sudoers": folder / "sudoers", "/etc/pam.d/sudo": folder / "pam"}
    users = [User("asked", password=PASSWORD), User("stranger", password=PASSWORD)]
    with Sshd.started(
        users, binds=binds, commands={"postqueue": f"echo '{MESSAGE}'", "postconf": "echo 3.7.11"}
    ) as server:
        yield server


def mails(postbox: Path) -> list[str]:
    return [path.read_text(errors="replace") for path in sorted(postbox.glob("mail.*"))]


@pytest.mark.parametrize(
    ("user", "sudo", "answer", "code"),
    [
        ("asked", "passwordless", None, "ssh.sudo_needs_password"),
        ("asked", "password", "wrong", "ssh.sudo_wrong_password"),
        ("stranger", "password", PASSWORD, "ssh.sudo_not_allowed"),
    ],
)
async def test_a_refused_sudo_mails_root_and_only_the_asked_for_one_is_tried(
    strict, postbox, open_door, answers, error_code, until, user, sudo, answer, code
):
    """First without sudo, then with: the one mail that comes is the second's, so that none can still be on its way."""
    config, to = strict.client_config(), strict.destination(user)
    reading = await open_door(user, config, to).reading()
    assert reading.complete and not reading.lines("who")[0].startswith("uid=0")
    person = answers(answer) if answer else None
    assert await error_code(open_door(user, config, to, sudo=sudo, prompter=person)) == code
    await until(lambda: mails(postbox))
    (mail,) = mails(postbox)
    assert "To: root" in mail and "UP-" in mail  # the words of our own command: this mail is about the second try
    assert PASSWORD not in mail and "wrong" not in mail


def checked(server: Sshd, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The whole command, as somebody types it; it asks no DNS server and keeps its notebook in `folder`."""
    homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    config = str(server.client_config())
    argv = [sys.executable, "-m", "core", "check", "--ssh", server.destination("asked"), "--ssh-config", config]
    argv += ["--only", "mail_queue", "--resolver", "127.0.0.1:9", "--lang", "en", *more]
    environment = {**os.environ, **homes}
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, env=environment, stdin=subprocess.DEVNULL)


WARNING = "it may tell its administrator by mail"


def test_the_whole_command_warns_before_it_asks_sudo_and_never_asks_unbidden(strict, postbox, tmp_path):
    plain = checked(strict, tmp_path)
    assert "1 message is waiting" in plain.stdout
    assert "commands run there that only read" in plain.stderr and WARNING not in plain.stderr
    asked = checked(strict, tmp_path, "--sudo", "passwordless")
    assert "wants a password before anyone becomes administrator" in asked.stdout + asked.stderr
    assert WARNING in asked.stderr.split("…")[0]  # before the first check's line
    assert len(mails(postbox)) == 1


def test_every_command_is_shown_before_any_login():
    argv = [sys.executable, "-m", "core", "check", "--show-commands", "--lang", "en"]
    shown = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "postqueue -j" in shown and "sudo" not in shown
