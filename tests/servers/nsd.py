"""A real DNS server (NSD) with zones written by the test.

    with Nsd({"example.jp": "@ MX 10 mail\nmail A 203.0.113.10\n"}, "127.0.0.1", free_port()) as dns: ...

Names are relative to their zone; a zone that brings a SOA of its own brings its NS too. Beside the given zones it
serves the root, so that every other name does not exist (NXDOMAIN), as in the real tree, and nothing is ever asked
outside.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.servers.dns_program import DnsProgram

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


def free_port() -> int:
    """A port of the loopback that nobody uses just now, neither for UDP nor for TCP."""
    for left in reversed(range(20)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                if not left:
                    raise
            else:
                return port
    raise AssertionError("not reached")


class Nsd(DnsProgram):
    """`inside` wraps the command to run it elsewhere (`lab.router.inside`)."""

    def __init__(
        self, zones: Mapping[str, str], address: str = "127.0.0.1", port: int = 53,
        inside: Callable[[Sequence[str]], list[str]] = list,
    ) -> None:  # fmt: skip
        self.zones, self.address, self.port = dict(zones), address, port
        self._inside = inside

    def command(self, folder: Path) -> list[str]:
        """With the zones written."""
        conf = _CONF.format(address=self.address, port=self.port, folder=folder)
        for number, (origin, records) in enumerate({".": "", **self.zones}.items()):
            name = origin if origin.endswith(".") else origin + "."
            head = _HEAD if " SOA " not in records else _BARE_HEAD
            (folder / f"{number}.zone").write_text(head.format(origin=name) + records + "\n", encoding="ascii")
            conf += f'zone:\n    name: "{name}"\n    zonefile: "{number}.zone"\n'
        (folder / "nsd.conf").write_text(conf, encoding="ascii")
        return self._inside(["nsd", "-d", "-c", str(folder / "nsd.conf")])

    def ready(self, said: str) -> bool:
        """It says that it has started, and, where this process can reach it, answers."""
        return "nsd started" in said and (self._inside is not list or self.answers(5))
