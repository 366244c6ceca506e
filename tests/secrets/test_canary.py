"""A canary password takes every path a secret can take; then everything a stranger could read is searched for it.

Searched: the arguments and the environment of every process while the run goes on; afterwards the home, the data
folders and the scratch folder (settings, notebook, log, report as text, JSON and PDF in both languages).
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from pypdf import PdfReader

from tests.servers.sshd import Sshd, User

ROOT = Path(__file__).resolve().parents[2]
PASSWORD, WRONG, SETTING, KEY = (
    "Canary+pw/7431x",
    "Canary+wrong/7431x",
    "Canary+set/7431x",
    "canarykey7431xabcdefghijklm",
)
PASTED = "Canary+pasted/7431x"
SECRETS = (PASSWORD, WRONG, SETTING, KEY)
SETTINGS = "\n".join(
    (
        "relayhost = [smtp.provider.example]:587",
        f"smtp_sasl_password_maps = static:office:{SETTING}",
        f"smtp_tls_policy_maps = mysql://mail:{SETTING}@127.0.0.1/x",
        f"smtp_sasl_password_maps = inline:{{ [smtp.provider.example]=office:{SETTING} }}",
        f"virtual_bind_pw = {SETTING}",
    )
)
POSTCONF = """case "$*" in
"-h mail_version") echo 3.7.11;;
-n) cat <<'EOF'
{settings}
EOF
;;
*) echo 'mail_version = 3.7.11';;
esac"""
COMMANDS = {
    "postconf": POSTCONF.format(settings=SETTINGS),
    "postqueue": 'echo \'{"queue_name": "deferred", "queue_id": "4F00000001", "recipients": []}\'; sleep 1',
}
SUDOERS = 'Defaults !lecture\nDefaults secure_path="{bin}:/usr/sbin:/usr/bin:/sbin:/bin"\nasked ALL=(ALL) ALL\n'
PAM = "auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n"
BOUNCE = f"""From: MAILER-DAEMON@mx.example
To: staff@example.jp
Subject: Undelivered Mail Returned to Sender

<taro@example.net>: host mx.example.net[192.0.2.9] said: 550 5.1.1 User unknown (in reply to RCPT TO command)

> Your new password is {PASTED}, log in at https://staff:{PASTED}@intra.example.jp/
"""
LOG = f"""Nov 22 01:28:43 mail postfix/smtpd[227]: connect from unknown[198.51.100.7]
Nov 22 01:28:44 mail myscript[99]: curl https://staff:{PASTED}@intra.example.jp/ failed
Nov 22 01:28:45 mail postfix/smtpd[227]: NOQUEUE: reject: RCPT from unknown[198.51.100.7]: 554 5.7.1 <a@example.net>: Relay access denied; from=<b@example.org> to=<a@example.net> proto=ESMTP helo=<x>
Nov 22 01:28:46 mail postfix/qmgr[2]: 4ABC12345: from=<staff@example.jp>, size=1200, nrcpt=1 (queue active)
Nov 22 01:28:47 mail postfix/smtp[3]: 4ABC12345: to=<a@example.net>, relay=mx.example.net[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)
"""  # noqa: E501


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """Password logins by sshd itself and by PAM's conversation, and a sudo that asks."""
    folder = tmp_path_factory.mktemp("pam")
    (folder / "pam").write_text(PAM)
    (folder / "sudoers").write_text(SUDOERS.format(bin="/nowhere"))
    (folder / "sudoers").chmod(0o440)
    binds = {"/etc/pam.d/sudo": folder / "pam", "/etc/pam.d/sshd": folder / "pam", "/etc/sudoers": folder / "sudoers"}
    with Sshd.started(
        [User("asked", password=PASSWORD), User("clerk", password=PASSWORD)],
        commands=COMMANDS, binds=binds, options=("UsePAM yes", "KbdInteractiveAuthentication yes"),
    ) as running:  # fmt: skip
        yield running


def spellings(secret: str) -> set[bytes]:
    """The secret as it is, and as programs rewrite it."""
    raw = secret.encode()
    encoded = {base64.b64encode(raw), base64.b64encode(b"\0staff\0" + raw), raw.hex().encode(), raw[::-1]}
    return encoded | {
        raw,
        quote(secret, safe="").encode(),
        json.dumps(secret)[1:-1].encode(),
        secret.encode("utf-16-le"),
    }


class Watcher(threading.Thread):
    """Looks at the arguments and the environment of all processes, again and again, until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopped, self.looks, self.processes = threading.Event(), 0, set[str]()
        self.found: set[str] = set()

    def run(self) -> None:
        while not self.stopped.is_set():
            self.looks += 1
            for path in Path("/proc").glob("[0-9]*"):
                self._look(path)
            time.sleep(0.02)

    def _look(self, path: Path) -> None:
        for part in ("cmdline", "environ"):
            try:
                data = (path / part).read_bytes()
            except OSError:
                continue
            self.processes.add(path.name)
            if any(secret.encode() in data for secret in (*SECRETS, PASTED)):
                self.found.add(f"{part}: {data[:200]!r}")


def run_once(server: Sshd, home: Path, user: str, answers: list[str], extra: list[str], **target: str) -> Watcher:
    """The program with a home of its own; everything it could leave lies below `home`."""
    (home / "tmp").mkdir(parents=True)
    config = server.client_config(key=Path("/nowhere/key"), extra=extra)
    told = {
        "target": {"domain": "example.jp", "address": ["203.0.113.25"], "ssh": server.destination(user),
                   "ssh_config": str(config), "mail_host": "127.0.0.1:9", **target},
        "answers": answers, "key": KEY, "resolver": "127.0.0.1:9",
        "pasted": {"bounce": BOUNCE, "log": LOG},
    }  # fmt: skip
    surroundings = {
        "HOME": str(home), "TMPDIR": str(home / "tmp"), "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(home),
    }  # fmt: skip
    watcher = Watcher()
    watcher.start()
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "tests.secrets.canary_run"], cwd=ROOT, env=surroundings, timeout=150,
            input=json.dumps(told), capture_output=True, text=True,
        )  # fmt: skip
    finally:
        watcher.stopped.set()
        watcher.join()
    (home / "stdout").write_text(ended.stdout)
    (home / "stderr").write_text(ended.stderr)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return watcher


def left_in(home: Path, secrets: tuple[str, ...]) -> list[str]:
    """Files that hold a secret in any spelling; a PDF by its text too."""
    wanted = {spelling for secret in secrets for spelling in spellings(secret)}
    found = []
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".pdf":
            words = "".join(page.extract_text() for page in PdfReader(path).pages)
            data += words.encode() + "".join(words.split()).encode()
        found += [f"{path.relative_to(home)}: {spelling!r}" for spelling in wanted if spelling in data]
    return found


WAYS = {
    "password": ("clerk", [PASSWORD], ["  PreferredAuthentications password"], {}),
    "conversation": ("clerk", [PASSWORD], ["  PreferredAuthentications keyboard-interactive"], {}),
    "wrong password": ("clerk", [WRONG], ["  PreferredAuthentications password"], {}),
    "sudo": ("asked", [PASSWORD, PASSWORD], ["  PreferredAuthentications password"], {"sudo": "password"}),
    "wrong for sudo": ("asked", [PASSWORD, WRONG], ["  PreferredAuthentications password"], {"sudo": "password"}),
}


@pytest.mark.hostile
@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=() if way == "conversation" else pytest.mark.slow) for way in WAYS]
)
def test_a_secret_is_nowhere_to_be_read(server: Sshd, tmp_path: Path, way: str) -> None:
    user, answers, extra, target = WAYS[way]
    watcher = run_once(server, tmp_path / "home", user, list(answers), list(extra), **target)
    assert watcher.looks > 10 and len(watcher.processes) > 3
    assert watcher.found == set()
    told = (tmp_path / "home" / "events.txt").read_text()
    logged_in = "ssh.wrong_password" not in told and "ssh.permission_denied" not in told
    assert logged_in == (way != "wrong password"), "the way was not gone to its end"
    if way in ("password", "conversation"):
        assert "static:office:***" in told or "***" in told, "the settings with secrets were not read"
    assert left_in(tmp_path / "home", SECRETS) == []
    # What the person pasted is theirs; but of a log or a bounce only the lines that matter may be kept.
    assert left_in(tmp_path / "home", (PASTED,)) == []


def test_the_search_finds_what_it_should(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" + base64.b64encode(PASSWORD.encode()))
    assert left_in(tmp_path, SECRETS)
