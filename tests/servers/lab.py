"""Real mail servers on this machine, each with its own file system, processes and network address.

    with Lab() as lab:
        server = lab.server("pf-closed")
        server.fill_queue(20)
        lab.outside.run(["mail-first-aid", "check", "--mail-host", server.address, ...])

The network (nothing of it is connected to the machine's own):

    198.51.100.0/24   outside   .7 `lab.outside`    .53 the lab's DNS server    .25 refuses port 25
    203.0.113.0/24    servers   .10 and up          .2 `lab.neighbour`, a machine in the servers' own network
    198.51.100.26     a well-known mail server of the world: takes connections on port 25 and says nothing
    192.0.2.66        everything sent there vanishes         192.0.2.67   is answered "unreachable"

Nothing stays behind, however a run ends (see `lab_machine`), but for an empty folder; the next start removes those
whose lock is free. Needs root.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Self

from tests.servers.lab_kinds import KINDS
from tests.servers.lab_layers import cache_folder, lower_directories
from tests.servers.lab_machine import OWN_NETWORK, LabError, Machine
from tests.servers.lab_server import Server
from tests.servers.nsd import Nsd

REFUSES = "198.51.100.25"
LANDMARK = "198.51.100.26"
OUTSIDE, NEIGHBOUR, DNS = "198.51.100.7", "203.0.113.2", "198.51.100.53"
SILENT, UNREACHABLE = "192.0.2.66", "192.0.2.67"
# What the lab's own DNS server knows. Mail for far.example and other.example finds a machine without a mail server.
ZONES = {
    "example.jp": "@ MX 10 mail\nmail A 203.0.113.10\n",
    "far.example": f"@ MX 10 mx\nmx A {REFUSES}\nclient A {OUTSIDE}\n",
    "other.example": f"@ MX 10 mx\nmx A {REFUSES}\n",
    # Sender and recipient of the relay test must exist; backup.test is another company's mail some servers pass on.
    "example.org": f"@ MX 10 mx\nmx A {REFUSES}\n",
    "example.net": f"@ MX 10 mx\nmx A {REFUSES}\nexample.jp MX 10 mx\n",
    "xexample.jp": f"@ MX 10 mx\nmx A {REFUSES}\n",
    "backup.test": f"@ MX 10 mx\nmx A {REFUSES}\n",
    # What every resolver of the world finds.
    "l.google.com": f"gmail-smtp-in A {LANDMARK}\n",
    "google.com": f"www A {LANDMARK}\n",
    "apple.com": f"www A {LANDMARK}\n",
    "yahoo.co.jp": f"www A {LANDMARK}\n",
    "113.0.203.in-addr.arpa": "".join(f"{n} PTR mail.example.jp.\n" for n in range(10, 60)),
    "100.51.198.in-addr.arpa": "7 PTR client.far.example.\n",
}
_MOST_SERVERS = 245  # 203.0.113.10 to .254
_LISTENS = f"""
import socket
door = socket.create_server(("{LANDMARK}", 25))
print("ready", flush=True)
while True:
    door.accept()[0].close()
"""
TOOLS = ("debootstrap", "ip", "mount", "nsenter", "setpriv", "ssh-keygen", "unshare")

# A machine that shows the host's files, but asks the lab's DNS server. $1 is its resolv.conf.
_CLIENT = r"""
set -e
mount --make-rprivate / 2>/dev/null || true
mount --bind "$1" "$(readlink -f /etc/resolv.conf)"
ip link set lo up
echo ready
exec sleep infinity
"""
_ROUTER_LINKS = f"""
link add servers type bridge
link add outside type bridge
address add 203.0.113.1/24 dev servers
address add 198.51.100.1/24 dev outside
address add {DNS}/24 dev outside
address add {REFUSES}/24 dev outside
address add {LANDMARK}/24 dev outside
link set servers up
link set outside up
route add blackhole {SILENT}
route add unreachable {UNREACHABLE}
"""


def obstacles() -> str | None:
    """Why the lab cannot run here, in one line; None if it can."""
    if sys.platform != "linux" or os.geteuid():
        return "the lab's mail servers need Linux and root: run `sudo make test`, or leave them out with -m 'not lab'"
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        return f"the lab needs {', '.join(missing)}: run `packaging/setup_machine.sh test`"
    return None


class Lab:
    """The network and its machines. Servers are made on demand and end with the lab, or by `stop()`."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache or cache_folder()
        self._stack = ExitStack()
        self._made = 0
        self._resolvers: dict[int, Nsd] = {}

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
            landmark = self.router.start([sys.executable, "-c", _LISTENS], stdout=subprocess.PIPE)
            undo.callback(_end, landmark)
            assert landmark.stdout
            landmark.stdout.readline()
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
        if self._made > _MOST_SERVERS:
            raise LabError(f"{_MOST_SERVERS} servers are all there is room for in one run: start the rest in another")
        address = f"203.0.113.{9 + self._made}"
        server = Server(kind, address, self._folder / f"server-{self._made}", lowers, self._resolv_conf)
        self._stack.callback(server.stop)
        self._connect(server)
        server.start_mail()
        return server

    def dns(self, zones: Mapping[str, str | None]) -> Nsd:
        """A DNS server of a test's own: `with lab.dns({...}) as dns: ... --resolver dns.server`. A zone that is None
        does not exist."""
        number = next(each for each in range(101, 255) if each not in self._resolvers or self._resolvers[each].ended)
        address = f"198.51.100.{number}"
        if number not in self._resolvers:
            self.router.run(["ip", "address", "add", f"{address}/24", "dev", "outside"])
        there = {name: text for name, text in {**ZONES, **zones}.items() if text is not None}
        self._resolvers[number] = Nsd(there, address, inside=self.router.inside)
        return self._resolvers[number]

    def _client(self, undo: ExitStack, name: str, address: str) -> Machine:
        machine = Machine(name, address, [*OWN_NETWORK, "sh", "-c", _CLIENT, "sh", str(self._resolv_conf)])
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


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


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
