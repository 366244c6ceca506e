"""A real DNS server (NSD) with zones written by the test.

    with Nsd({"example.jp": "@ MX 10 mail\nmail A 203.0.113.10\n"}, "127.0.0.1", free_port()) as dns: ...

Names are relative to their zone; a zone that brings a SOA of its own brings its NS too. Beside the given zones it
serves the root, so that every other name does not exist (NXDOMAIN), as in the real tree, and nothing is ever asked
outside.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from dns import exception, message, query, rdatatype

_HEAD = "$ORIGIN {origin}\n$TTL 60\n@ SOA ns.invalid. admin.invalid. 1 3600 600 86400 60\n@ NS ns.invalid.\n"
_BARE_HEAD = "$ORIGIN {origin}\n$TTL 60\n"
_CONF = """
server:
    ip-address: {address}@{port}
    server-count: 1
    do-ip6: no
    username: ""
    chroot: ""
    database: ""
    zonesdir: "{folder}"
    zonelistfile: "{folder}/zone.list"
    xfrdfile: "{folder}/xfrd.state"
    xfrdir: "{folder}"
    pidfile: ""
    rrl-ratelimit: 0
remote-control:
    control-enable: no
"""


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """A port of the loopback that nobody uses just now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def reverse_name(address: str) -> str:
    """The DNS name of an IPv4 address with its labels turned round, as PTR and blacklist queries have it (RFC 5782)."""
    return ".".join(reversed(address.split(".")))


class Nsd:
    """NSD in the foreground, started on entering and ended on leaving.

    `inside` wraps the command to run it elsewhere (`lab.router.inside`).
    """

    def __init__(
        self, zones: Mapping[str, str], address: str = "127.0.0.1", port: int = 53,
        inside: Callable[[Sequence[str]], list[str]] = list,
    ) -> None:  # fmt: skip
        self.zones, self.address, self.port = dict(zones), address, port
        self._inside = inside

    @property
    def server(self) -> str:
        """IP:PORT, as --resolver takes it."""
        return f"{self.address}:{self.port}"

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="nsd-")
        folder = Path(self._folder.name)
        conf = _CONF.format(address=self.address, port=self.port, folder=folder)
        for number, (origin, records) in enumerate({".": "", **self.zones}.items()):
            name = origin if origin.endswith(".") else origin + "."
            head = _HEAD if " SOA " not in records else _BARE_HEAD
            (folder / f"{number}.zone").write_text(head.format(origin=name) + records + "\n", encoding="ascii")
            conf += f'zone:\n    name: "{name}"\n    zonefile: "{number}.zone"\n'
        (folder / "nsd.conf").write_text(conf, encoding="ascii")
        self._log = (folder / "nsd.log").open("w+")
        # If we are killed it ends too.
        argv = ["setpriv", "--pdeathsig", "TERM", *self._inside(["nsd", "-d", "-c", str(folder / "nsd.conf")])]
        self._process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._log.close()
        self._folder.cleanup()

    def _wait(self) -> None:
        """Until it says that it has started, and, where this process can reach it, answers."""
        end = time.monotonic() + 10
        while "nsd started" not in (said := Path(self._log.name).read_text(encoding="utf-8", errors="replace")):
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError(f"nsd did not start:\n{said}")
            time.sleep(0.05)
        if self._inside is list and not self._answers():
            raise RuntimeError(f"nsd does not answer on {self.server}")

    def _answers(self) -> bool:
        try:
            query.udp(message.make_query(".", rdatatype.SOA), self.address, port=self.port, timeout=5)
        except exception.Timeout:
            return False
        return True
