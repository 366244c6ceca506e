"""A real recursive DNS server (Unbound) on loopback that takes all its answers from one authoritative server.

It forwards, so that the name servers named in the zones are never asked by it: nothing leaves the loopback.

with Nsd(zones, port=...) as nsd, Unbound(nsd.port) as dns: ...  dns.server is IP:PORT

`more`: further lines of its `server:` part (`local-data`: answers of its own, as from a network that rewrites them).
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from dns import exception, message, query, rdatatype

from tests.servers.nsd import free_port

_CONF = """
server:
    interface: 127.0.0.1@{port}
    access-control: 127.0.0.0/8 allow
    do-ip6: no
    do-daemonize: no
    do-not-query-localhost: no
    username: ""
    chroot: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    module-config: "iterator"
    local-zone: "invalid." nodefault
    local-zone: "test." nodefault
    local-zone: "113.0.203.in-addr.arpa." nodefault
    local-zone: "100.51.198.in-addr.arpa." nodefault
    local-zone: "2.0.192.in-addr.arpa." nodefault
    local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." nodefault
{more}
remote-control:
    control-enable: no
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@{authority}
"""


class Unbound:
    """Unbound in the foreground, started on entering and ended on leaving."""

    def __init__(self, authority: int, port: int = 0, more: str = "") -> None:
        self.authority, self.more = authority, more
        self.port = port or free_port()

    @property
    def server(self) -> str:
        """IP:PORT, as --resolver takes it."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="unbound-")
        folder = Path(self._folder.name)
        conf = folder / "unbound.conf"
        text = _CONF.format(port=self.port, folder=folder, authority=self.authority, more=self.more)
        conf.write_text(text, encoding="ascii")
        self._log = (folder / "log").open("w+")
        argv = ["setpriv", "--pdeathsig", "TERM", "unbound", "-d", "-c", str(conf)]
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
        end = time.monotonic() + 10
        while time.monotonic() < end and self._process.poll() is None:
            try:
                query.udp(message.make_query(".", rdatatype.SOA), "127.0.0.1", port=self.port, timeout=0.5)
            except (exception.Timeout, OSError):
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"unbound did not start:\n{Path(self._log.name).read_text(encoding='utf-8')}")
