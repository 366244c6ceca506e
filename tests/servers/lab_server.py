"""One mail server of the lab, with its own files, processes and address; how it is started, filled and logged in to."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.lab_kinds import KINDS, Kind
from tests.servers.lab_machine import OWN_NETWORK, LabError, Machine

ADMIN = "admin"

_OWN_EVERYTHING = (*OWN_NETWORK, "--ipc", "--pid", "--fork", "--kill-child=KILL")
# A machine with its own files: the layers below, and memory on top. $1 a folder, $2 the layers, $3 resolv.conf.
_SERVER = r"""
set -e
mount --make-rprivate / 2>/dev/null || true
mount -t tmpfs -o mode=755 lab "$1"
cd "$1"
mkdir upper work root
mount -t overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" lab root
echo '0.10 0.10 0.10 1/80 900' > calm
cd root
mount -t proc proc proc
mount --bind ../calm proc/loadavg  # whatever else keeps this computer busy is no matter of the server's
mount -t tmpfs -o mode=755 lab dev
mkdir dev/pts dev/shm
for device in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0' 'ptmx 5 2'; do
    set -- "$1" "$2" "$3" $device
    mknod -m 666 "dev/$4" c "$5" "$6"
done
mount -t devpts -o mode=620 lab dev/pts
ln -s /proc/self/fd dev/fd
for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "dev/${number#*:}"; done
mount -t tmpfs -o mode=755 lab run
cp "$3" etc/resolv.conf
hostname mail.example.jp
ip link set lo up
# Only who stands behind the chroot is ready: entered before it, "/etc" would be the host's own.
exec chroot . /bin/sh -c 'echo ready; while :; do sleep 3600 & wait $!; done'
"""
# Reads the greeting and leaves politely, with what a small Debian has.
_GREETS = """timeout 10 bash -c 'exec 3<>/dev/tcp/127.0.0.1/25; read -r line <&3; echo "$line"; echo QUIT >&3'"""
# Hands many messages to the server on this machine's loopback in a few sessions: $1 count, $2 sender, $3... recipients.
_SUBMIT = """
import smtplib, sys
count, sender, recipients = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
for first in range(0, count, 50):
    with smtplib.SMTP("127.0.0.1", 25, "mail.example.jp", timeout=60) as smtp:
        for number in range(first, min(first + 50, count)):
            recipient = recipients[number % len(recipients)].format(n=number)
            head = f"From: <{sender or 'MAILER-DAEMON@mail.example.jp'}>\\nTo: <{recipient}>\\nSubject: {number}\\n"
            smtp.sendmail(sender, [recipient], head + "\\nText.\\n")
"""


@dataclass(frozen=True)
class SshAccess:
    """How to log in to a server of the lab: `destination` for --ssh, `config` for --ssh-config."""

    destination: str
    config: Path


class Server(Machine):
    """A mail server of one of `KINDS`."""

    def __init__(self, kind: str, address: str, folder: Path, lowers: Sequence[Path], resolv_conf: Path) -> None:
        self.kind: Kind = KINDS[kind]
        self._keys = folder.parent
        folder.mkdir()
        layers = ":".join(map(str, lowers))
        argv = [*_OWN_EVERYTHING, "sh", "-c", _SERVER, "sh", str(folder), layers, str(resolv_conf)]
        super().__init__(kind, address, argv)
        if Path(f"/proc/{self.pid}/root/etc").samefile("/etc"):
            self.stop()
            raise LabError(f"{kind} shares our own files: nothing may be written there")

    @property
    def pid(self) -> int:
        """The server's first process: unshare's only child, number 1 in its own count."""
        parent = self._holder.pid
        return int(Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii"))

    def inside(self, argv: Sequence[str]) -> list[str]:
        """The command that runs `argv` as root on this server."""
        spaces = ["--net", "--uts", "--ipc", "--pid", "--mount", "--root", "--wd"]
        return ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                "nsenter", "--target", str(self.pid), *spaces, "--", *argv]  # fmt: skip

    def start_mail(self) -> None:
        """Configure the mail server as its kind says and start it; returns when port 25 greets."""
        self.shell(f"printf '127.0.0.1 localhost\n{self.address} mail.example.jp mail\n' > /etc/hosts")
        for script in (self.kind.product.configure, self.kind.special, self.kind.product.start):
            self.shell(script)
        self.wait_for(_GREETS, lambda text: "220" in text, 30)

    def wait_for(self, script: str, good: Callable[[str], bool], seconds: float) -> str:
        """Run a script again and again until `good` likes what it prints. Raises `LabError` when time is up."""
        end = time.monotonic() + seconds
        while True:
            said = self.run(["sh", "-c", script], check=False).stdout
            if good(said):
                return said
            if time.monotonic() > end:
                raise LabError(f"{self.name}: {script!r} still printed {said!r} after {seconds} s")
            time.sleep(0.1)

    def queue_count(self) -> int:
        """How many messages wait, counted by the server's own tool."""
        return int(self.shell(self.kind.product.count).strip() or 0)

    def version(self) -> str:
        """The version that the program itself tells root."""
        return self.shell(self.kind.product.version).strip()

    def fill_queue(
        self, count: int, sender: str = "sales@example.jp", recipients: Sequence[str] = ("user{n}@far.example",)
    ) -> None:
        """Hand in messages the server cannot deliver ("" sends bounces); returns when each was tried and has to wait.

        `{n}` in a recipient is the message's number. The domain must be one nobody answers for, or whose server
        refuses (see `Nsd`); a message that can be delivered never waits, and this raises after a minute.
        """
        before = self.queue_count()
        network = ["nsenter", "--target", str(self.pid), "--net", "--"]
        program = [sys.executable, "-c", _SUBMIT, str(count), sender, *recipients]
        subprocess.run([*network, *program], check=True, timeout=60 + count / 5, stdin=subprocess.DEVNULL)
        self.wait_for(self.kind.product.count, lambda text: int(text or 0) >= before + count, 60)
        self.wait_for(self.kind.product.deferred, lambda text: int(text or 0) >= before + count, 60)

    def start_sshd(self) -> SshAccess:
        """Start the server's own sshd; the account `admin`, and root, may log in with a key made for this run."""
        key = _key(self._keys / "id_ed25519")
        public = key.with_suffix(".pub").read_text(encoding="ascii")
        for account, home in ((ADMIN, f"/home/{ADMIN}"), ("root", "/root")):
            self.run(["install", "-d", "-m", "700", "-o", account, f"{home}/.ssh"])
            self.run(
                ["install", "-m", "600", "-o", account, "/dev/stdin", f"{home}/.ssh/authorized_keys"], input=public
            )
        self.shell("mkdir -p /run/sshd && /usr/sbin/sshd -o UsePAM=no -o UseDNS=no")
        host_key = self.shell("cat /etc/ssh/ssh_host_ed25519_key.pub").split()
        known = self._keys / f"known_hosts-{self.address}"
        known.write_text(f"{self.address} {' '.join(host_key[:2])}\n", encoding="ascii")
        config = self._keys / f"ssh_config-{self.address}"
        config.write_text(
            f"Host {self.address}\n  IdentityFile {key}\n  IdentitiesOnly yes\n  UserKnownHostsFile {known}\n",
            encoding="ascii",
        )
        config.chmod(0o600)
        return SshAccess(f"{ADMIN}@{self.address}", config)


def _key(path: Path) -> Path:
    if not path.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path
