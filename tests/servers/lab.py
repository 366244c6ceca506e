"""Real mail servers on this machine, each with its own file system, processes and network address.

    with Lab() as lab:
        server = lab.server("pf-closed")
        server.fill_queue(20)
        lab.outside.run(["mail-first-aid", "check", "--mail-host", server.address, ...])

The network (nothing of it is connected to the machine's own):

    198.51.100.0/24   outside   .7 `lab.outside`    .53 the address for a DNS server in `lab.router`
    203.0.113.0/24    servers   .10 and up          .2 `lab.neighbour`, a machine in the servers' own network
    192.0.2.66        everything sent there vanishes         192.0.2.67   is answered "unreachable"

A namespace lives as long as a process of ours in it, and that process dies with us, however we end: so mounts,
networks and servers never stay behind. Only empty folders can; the next start removes those whose lock is free.
Needs root. Start machines from the main thread: the kernel's parent-death signal is tied to the starting thread.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from tests.servers.lab_kinds import KINDS, Kind
from tests.servers.lab_layers import cache_folder, lower_directories
from tests.servers.nsd import Nsd

REFUSES = "198.51.100.25"
OUTSIDE, NEIGHBOUR, DNS = "198.51.100.7", "203.0.113.2", "198.51.100.53"
SILENT, UNREACHABLE = "192.0.2.66", "192.0.2.67"
# What the lab's own DNS server knows. Mail for far.example and other.example finds a machine without a mail server.
ZONES = {
    "example.jp": "@ MX 10 mail\nmail A 203.0.113.10\n",
    "far.example": f"@ MX 10 mx\nmx A {REFUSES}\nclient A {OUTSIDE}\n",
    "other.example": f"@ MX 10 mx\nmx A {REFUSES}\n",
    "113.0.203.in-addr.arpa": "".join(f"{n} PTR mail.example.jp.\n" for n in range(10, 60)),
    "100.51.198.in-addr.arpa": "7 PTR client.far.example.\n",
}
ADMIN = "admin"
TOOLS = ("debootstrap", "ip", "mount", "nsenter", "setpriv", "ssh-keygen", "unshare")

_DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL"]
_OWN_NETWORK = [*_DIES_WITH_US, "unshare", "--mount", "--propagation", "unchanged", "--net", "--uts"]
_OWN_EVERYTHING = [*_OWN_NETWORK, "--ipc", "--pid", "--fork", "--kill-child=KILL"]

# A machine that shows the host's files, but asks the lab's DNS server. $1 is its resolv.conf.
_CLIENT = r"""
set -e
mount --make-rprivate / 2>/dev/null || true
mount --bind "$1" "$(readlink -f /etc/resolv.conf)"
ip link set lo up
echo ready
exec sleep infinity
"""
# A machine with its own files: the layers below, and memory on top. $1 a folder, $2 the layers, $3 resolv.conf.
_SERVER = r"""
set -e
mount --make-rprivate / 2>/dev/null || true
mount -t tmpfs -o mode=755 lab "$1"
cd "$1"
mkdir upper work root
mount -t overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" lab root
cd root
mount -t proc proc proc
mount -t tmpfs -o mode=755 lab dev
mkdir dev/pts dev/shm
for device in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0' 'ptmx 5 2'; do
    set -- "$1" "$2" "$3" $device
    mknod -m 666 "dev/$4" c "$5" "$6"
done
mount -t devpts -o mode=620 lab dev/pts
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=755 lab run
cp "$3" etc/resolv.conf
hostname mail.example.jp
ip link set lo up
echo ready
exec chroot . /bin/sh -c 'while :; do sleep 3600 & wait $!; done'
"""
# Hands many messages to the server on this machine's loopback in a few sessions: $1 count, $2 sender, $3... recipients.
_SUBMIT = """
import smtplib, sys
count, sender, recipients = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
for first in range(0, count, 50):
    with smtplib.SMTP("127.0.0.1", 25, "mail.example.jp", timeout=60) as smtp:
        for number in range(first, min(first + 50, count)):
            recipient = recipients[number % len(recipients)].format(n=number)
            smtp.sendmail(sender, [recipient], f"From: <{sender}>\\nTo: <{recipient}>\\nSubject: {number}\\n\\nText.\\n")
"""


class LabError(RuntimeError):
    """The lab could not do what a test asked; the text says what and ends with the tools' own words."""


def obstacles() -> str | None:
    """Why the lab cannot run here, in one line; None if it can."""
    if sys.platform != "linux" or os.geteuid():
        return "the lab's mail servers need Linux and root: run `sudo make test`, or leave them out with -m 'not lab'"
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        return f"the lab needs {', '.join(missing)}: run `packaging/setup_machine.sh test`"
    return None


class Machine:
    """A set of namespaces, kept alive by one process of ours that sleeps in them."""

    def __init__(self, name: str, address: str, argv: list[str]) -> None:
        self.name, self.address = name, address
        self._holder = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self._holder.stdout and self._holder.stderr
        if self._holder.stdout.readline() != b"ready\n":
            said = self._holder.stderr.read().decode(errors="replace")
            self.stop()
            raise LabError(f"{name} did not start: {said}")

    @property
    def pid(self) -> int:
        """The process, as the host numbers it, whose namespaces these are."""
        return self._holder.pid

    def inside(self, argv: Sequence[str]) -> list[str]:
        """The command that runs `argv` on this machine."""
        return ["nsenter", "--target", str(self.pid), "--net", "--uts", "--mount", "--", *argv]

    def run(self, argv: Sequence[str], *, check: bool = True, timeout: float = 120.0, **more: Any) -> Done:
        """Run a command on this machine to its end; with `check`, another status than 0 raises `LabError`."""
        streams: dict[str, Any] = {"capture_output": True, "text": True, "errors": "replace", **more}
        if "input" not in streams:
            streams["stdin"] = subprocess.DEVNULL
        done = subprocess.run(self.inside(argv), timeout=timeout, check=False, **streams)
        if check and done.returncode:
            raise LabError(f"{self.name}: {argv} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def shell(self, script: str, *, timeout: float = 120.0) -> str:
        """What a shell script prints on this machine. Raises `LabError` when it fails."""
        return self.run(["sh", "-ec", script], timeout=timeout).stdout

    def start(self, argv: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
        """Start a program on this machine; it dies with us, but ending it in time is the caller's."""
        return subprocess.Popen([*_DIES_WITH_US, *self.inside(argv)], **more)

    def stop(self) -> None:
        """End the machine and wait until it is gone."""
        self._holder.kill()
        self._holder.wait(10)
        for stream in (self._holder.stdout, self._holder.stderr):
            if stream:
                stream.close()


Done = subprocess.CompletedProcess[str]


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

    def wait_for(self, script: str, good: Any, seconds: float) -> str:
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
        """Hand in messages the server cannot deliver; returns when every one was tried and has to wait.

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
            self.run(["install", "-m", "600", "-o", account, "/dev/stdin", f"{home}/.ssh/authorized_keys"], input=public)
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


# Reads the greeting and leaves politely, with what a small Debian has.
_GREETS = """timeout 10 bash -c 'exec 3<>/dev/tcp/127.0.0.1/25; read -r line <&3; echo "$line"; echo QUIT >&3'"""


def _key(path: Path) -> Path:
    if not path.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


class Lab:
    """The network and its machines. Servers are made on demand and end with the lab, or by `stop()`."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache or cache_folder()
        self._stack = ExitStack()
        self._made = 0

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            self._folder = undo.enter_context(_RunFolder(self._cache / "runs"))
            self._resolv_conf = self._folder / "resolv.conf"
            self._resolv_conf.write_text(f"nameserver {DNS}\noptions timeout:2 attempts:1\n", encoding="ascii")
            self._resolv_conf.chmod(0o644)
            self.router = self._client(undo, "router", "203.0.113.1")
            self.router.run(["ip", "-batch", "-"], input=_ROUTER_LINKS)
            self.router.shell("sysctl -qw net.ipv4.ip_forward=1")
            self.outside = self._client(undo, "outside", OUTSIDE)
            self.neighbour = self._client(undo, "neighbour", NEIGHBOUR)
            undo.enter_context(Nsd(ZONES, DNS, inside=self.router.inside))
            self._connect(self.outside)
            self._connect(self.neighbour)
            self._stack = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def server(self, kind: str) -> Server:
        """A new server of this kind, greeting on port 25. The first one of a product takes its installation's time."""
        lowers = lower_directories(self._cache, KINDS[kind].product.layer)
        self._made += 1
        address = f"203.0.113.{9 + self._made}"
        server = Server(kind, address, self._folder / f"server-{self._made}", lowers, self._resolv_conf)
        self._stack.callback(server.stop)
        self._connect(server)
        server.start_mail()
        return server

    def _client(self, undo: ExitStack, name: str, address: str) -> Machine:
        machine = Machine(name, address, [*_OWN_NETWORK, "sh", "-c", _CLIENT, "sh", str(self._resolv_conf)])
        undo.callback(machine.stop)
        return machine

    def _connect(self, machine: Machine) -> None:
        """Lay a cable from the machine to the bridge of its network."""
        network, number = machine.address.rsplit(".", 1)
        bridge, port = ("outside", f"o{number}") if network == "198.51.100" else ("servers", f"s{number}")
        subprocess.run(
            ["nsenter", "--target", str(self.router.pid), "--net", "ip", "-batch", "-"], check=True, text=True,
            input=f"link add {port} type veth peer name eth0 netns {machine.pid}\n"
                  f"link set {port} master {bridge} up\n",
        )  # fmt: skip
        subprocess.run(
            ["nsenter", "--target", str(machine.pid), "--net", "ip", "-batch", "-"], check=True, text=True,
            input=f"address add {machine.address}/24 dev eth0\nlink set eth0 up\nroute add default via {network}.1\n",
        )  # fmt: skip


_ROUTER_LINKS = f"""
link add servers type bridge
link add outside type bridge
address add 203.0.113.1/24 dev servers
address add 198.51.100.1/24 dev outside
address add {DNS}/24 dev outside
address add {REFUSES}/24 dev outside
link set servers up
link set outside up
route add blackhole {SILENT}
route add unreachable {UNREACHABLE}
"""


class _RunFolder:
    """A folder of this run, locked while it lives; those of killed runs, whose lock is free, are removed first."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._lock: IO[str] | None = None

    def __enter__(self) -> Path:
        self._runs.mkdir(parents=True, exist_ok=True)
        with (self._runs / ".lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            for folder in self._runs.glob("run-*"):
                self._remove_if_left(folder)
            self._folder = Path(tempfile.mkdtemp(prefix="run-", dir=self._runs))
            self._lock = (self._folder / "lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        return self._folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder)
        assert self._lock
        self._lock.close()

    def _remove_if_left(self, folder: Path) -> None:
        with (folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        shutil.rmtree(folder)
