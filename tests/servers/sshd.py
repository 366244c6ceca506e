"""A real OpenSSH server on loopback, with accounts of its own that exist nowhere else.

Accounts, their shells and passwords stand in copies of /etc/passwd, /etc/shadow and /etc/group that only this sshd
sees (a mount namespace of its own), so nothing on the machine is changed. Needs root and `unshare`.

    with Sshd.started([User("post", shell="/bin/dash")], commands={"postqueue": "echo {}"}) as server:
        SshDoor(server.destination("post"), str(server.client_config()), Journal())

`commands` are shell scripts put on the accounts' PATH (behind the system's folders, as the remote script has it).
`binds` puts a file over another one for this sshd only: {"/usr/bin/df": path}. `prefix` starts it inside something
else: ("ip", "netns", "exec", "office"); give the `address` it shall listen on there.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

FIRST_UID = 61_000
_START_SECONDS = 10.0


@dataclass(frozen=True)
class User:
    """An account. `start_files`: name below the home folder -> content (".bashrc", ".hushlogin")."""

    name: str
    shell: str = "/bin/sh"
    password: str | None = None
    start_files: Mapping[str, str] = field(default_factory=dict)
    key_options: str = ""  # before the key in authorized_keys: 'command="/bin/date"'
    groups: tuple[str, ...] = ()


class Sshd:
    """Use `started`. `key` is a private key every account accepts; `log` is the server's own log."""

    def __init__(self, folder: Path, users: Sequence[User], address: str, port: int) -> None:
        self.folder, self.users, self.address, self.port = folder, users, address, port
        self.key = folder / "client_key"
        self.encrypted_key = folder / "encrypted_key"  # passphrase "open sesame"; accepted too
        self.host_key = folder / "host_key"
        self.known_hosts = folder / "known_hosts"
        self.log_file = folder / "sshd.log"
        self.process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def started(
        cls,
        users: Sequence[User] = (User("post"),),
        *,
        commands: Mapping[str, str] | None = None,
        binds: Mapping[str, Path] | None = None,
        options: Sequence[str] = (),
        prefix: Sequence[str] = (),
        address: str = "127.0.0.1",
        port: int | None = None,
    ) -> Iterator[Sshd]:
        """A running server; stopped, with all its sessions, and its folder removed at the end."""
        if shutil.which("sshd", path="/usr/sbin:/usr/local/sbin") is None:
            raise RuntimeError("sshd is missing: install openssh-server to run these tests")
        folder = Path(tempfile.mkdtemp(prefix="mfa-sshd-", dir="/tmp"))
        folder.chmod(0o755)  # sshd reads authorized_keys as the account
        server = cls(folder, users, address, port or free_port())
        try:
            server._prepare(commands or {}, options)
            server._start(binds or {}, prefix)
            yield server
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    @property
    def fingerprint(self) -> str:
        """SHA256:... of the host key."""
        listed = subprocess.run(["ssh-keygen", "-lf", self.host_key], capture_output=True, text=True, check=True)
        return listed.stdout.split()[1]

    def destination(self, user: str = "post") -> str:
        """[USER@]HOST:PORT as the door takes it."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{user}@{host}:{self.port}"

    def client_config(self, *, key: Path | None = None, known: bool = True, extra: Sequence[str] = ()) -> Path:
        """A settings file for ssh: our key (or `key`; a path that is not there: none) and our known hosts."""
        if known:
            self.trust()
        lines = ["Host *", f"  UserKnownHostsFile {self.known_hosts}", "  GlobalKnownHostsFile /dev/null"]
        lines += ["  IdentitiesOnly yes", f"  IdentityFile {key or self.key}", *("  " + line for line in extra)]
        number = len(list(self.folder.glob("client_config_*")))
        path = self.folder / f"client_config_{number}"
        path.write_text("\n".join(lines) + "\n")
        return path

    def trust(self, key: Path | None = None) -> None:
        """Write our host key (or another one in its place) into the known hosts."""
        kind, words = (key or self.host_key).with_suffix(".pub").read_text().split()[:2]
        self.known_hosts.write_text(f"[{self.address}]:{self.port} {kind} {words}\n")

    def sessions(self) -> list[int]:
        """Process ids of everything the server started (its own children's children too), itself left out."""
        return _descendants(self.process.pid) if self.process else []

    def stop(self) -> None:
        """End the server and everything that runs below it."""
        process, self.process = self.process, None
        if process is None:
            return
        for pid in [*_descendants(process.pid), process.pid]:
            _kill(pid)
        process.wait(10)

    def _prepare(self, commands: Mapping[str, str], options: Sequence[str]) -> None:
        for path, phrase in ((self.key, ""), (self.host_key, ""), (self.encrypted_key, "open sesame")):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f", path], check=True)
        folder = self.folder / "bin"
        folder.mkdir()
        for name, text in commands.items():
            (folder / name).write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        self._write_accounts()
        self._write_config(options)

    def _write_accounts(self) -> None:
        passwd, shadow, group = (Path("/etc", name).read_text() for name in ("passwd", "shadow", "group"))
        for number, user in enumerate(self.users):
            uid, home = FIRST_UID + number, self.folder / "home" / user.name
            self._write_home(user, home, uid)
            passwd += f"{user.name}:x:{uid}:{uid}::{home}:{user.shell}\n"
            shadow += f"{user.name}:{_hashed(user.password)}:20000:0:99999:7:::\n"
            group += f"{user.name}:x:{uid}:\n"
            for name in user.groups:
                group = "\n".join(_with_member(line, name, user.name) for line in group.split("\n"))
        for name, text in (("passwd", passwd), ("shadow", shadow), ("group", group)):
            (self.folder / name).write_text(text)
        (self.folder / "shadow").chmod(0o600)

    def _write_home(self, user: User, home: Path, uid: int) -> None:
        (home / ".ssh").mkdir(parents=True)
        for name, text in user.start_files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        keys = [path.with_suffix(".pub").read_text() for path in (self.key, self.encrypted_key)]
        options = user.key_options + " " if user.key_options else ""
        (home / ".ssh" / "authorized_keys").write_text("".join(options + key for key in keys))
        for path in (home, *home.rglob("*")):
            os.chown(path, uid, uid)

    def _write_config(self, options: Sequence[str]) -> None:
        path = f"/usr/local/bin:/usr/bin:/bin:{self.folder}/bin"
        given = {option.split()[0] for option in options}
        usual = {
            "Port": str(self.port),
            "ListenAddress": self.address,
            "HostKey": str(self.host_key),
            "PidFile": "none",
            "UsePAM": "no",
            "StrictModes": "no",
            "PasswordAuthentication": "yes",
            "KbdInteractiveAuthentication": "no",
            "LogLevel": "VERBOSE",
            "SetEnv": f"PATH={path}",
            "MaxStartups": "100",
        }
        lines = [f"{name} {value}" for name, value in usual.items() if name not in given]
        (self.folder / "sshd_config").write_text("\n".join([*options, *lines]) + "\n")

    def _start(self, binds: Mapping[str, Path], prefix: Sequence[str]) -> None:
        over = {f"/etc/{name}": self.folder / name for name in ("passwd", "shadow", "group")} | dict(binds)
        mounts = [f"mount --bind {shlex.quote(str(new))} {shlex.quote(old)}" for old, new in over.items()]
        (self.folder / "run").mkdir(mode=0o755)
        run = shlex.quote(str(self.folder / "run"))
        ready = ["mkdir -p /run/sshd", f"mount --bind {run} /run/sshd"]
        sshd = f"exec /usr/sbin/sshd -D -e -f {shlex.quote(str(self.folder / 'sshd_config'))}"
        shell = " && ".join([*mounts, *ready, sshd])
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [*prefix, "unshare", "-m", "--propagation", "private", "sh", "-c", shell],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_ready()

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            if "Server listening on" in self.log:
                return
            time.sleep(0.02)
        raise RuntimeError(f"sshd did not start:\n{self.log}")


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _hashed(password: str | None) -> str:
    if password is None:
        return "*"
    made = subprocess.run(["openssl", "passwd", "-6", password], capture_output=True, text=True, check=True)
    return made.stdout.strip()


def _with_member(line: str, group: str, member: str) -> str:
    if not line.startswith(f"{group}:"):
        return line
    return line + ("" if line.endswith(":") else ",") + member


def _descendants(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(words[1]), []).append(int(path.parent.name))
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
