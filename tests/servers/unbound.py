"""A real recursive DNS server (Unbound) on loopback that takes all its answers from one authoritative server.

It forwards, so that the name servers named in the zones are never asked by it: nothing leaves the loopback.

with Nsd(zones, port=...) as nsd, Unbound(nsd.port) as dns: ...  dns.server is IP:PORT

`more`: further lines of its `server:` part (`local-data`: answers of its own, as from a network that rewrites them).
"""

from __future__ import annotations

from pathlib import Path

from tests.servers.dns_program import DnsProgram
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


class Unbound(DnsProgram):
    """On a port of the loopback."""

    def __init__(self, authority: int, port: int = 0, more: str = "") -> None:
        self.authority, self.more = authority, more
        self.port = port or free_port()

    def command(self, folder: Path) -> list[str]:
        """With its settings written."""
        text = _CONF.format(port=self.port, folder=folder, authority=self.authority, more=self.more)
        (folder / "unbound.conf").write_text(text, encoding="ascii")
        return ["unbound", "-d", "-c", str(folder / "unbound.conf")]

    def ready(self, said: str) -> bool:
        """It answers; what it logs is told where it does not."""
        return self.answers(0.5)
