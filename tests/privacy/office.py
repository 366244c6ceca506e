"""One run in a network of its own, with every packet that leaves written down. Started by `unshare --net`, as root.

python -m tests.privacy.office SCENE       prints one JSON object: packets, contacted, asked, codes

Servers stand on documentation addresses of the loopback; every other address lies behind an interface that swallows
all it is given, so that what is sent there is seen and never answered.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from core.checks import ALL
from core.model import Report, Target
from core.run import Run, RunFinished
from tests.servers.dns_server import DnsServer
from tests.servers.hostile_smtp import HostileServer
from tests.servers.sshd import Sshd, User
from tests.servers.tls_server import self_signed, server_context

DNS, MAIL, WEB, WHOIS = "198.51.100.53", "203.0.113.25", "203.0.113.80", "198.51.100.43"
GONE, LANDMARK = "203.0.113.99", "192.0.2.25"  # our server that does not answer, and the well-known one asked then
DOMAIN = "midori.jp"
NAMES = {f"mail.{DOMAIN}": MAIL, f"mta-sts.{DOMAIN}": WEB, "whois.jprs.jp": WHOIS, f"ns.{DOMAIN}": DNS}
Packet = tuple[str, str, int]  # ("tcp" or "udp", to, port)
_ALL_PACKETS = 3  # ETH_P_ALL


def lay_network() -> None:
    """Loopback with the documentation addresses; towards everywhere else a cable at whose other end nobody listens."""
    commands = ["link set lo up", "link add out type veth peer name hole", "addr add 198.51.100.7/32 dev out"]
    commands += ["link set hole up", "link set out arp off", "link set out up"]
    commands += ["route add default dev out"]
    commands += [f"addr add {address}/32 dev lo" for address in (DNS, MAIL, WEB, WHOIS)]
    for command in commands:
        subprocess.run(["ip", *command.split()], check=True)


class Capture(threading.Thread):
    """First packets of connections (SYN) and UDP questions, wherever they are sent. A context manager."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.packets: set[Packet] = set()
        self.other: set[str] = set()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PACKETS))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 20)
        self._socket.settimeout(0.2)
        self._stopped = threading.Event()

    def run(self) -> None:
        while True:
            try:
                data, (_, kind, *_rest) = self._socket.recvfrom(65_536)
            except TimeoutError:
                if self._stopped.is_set():  # and nothing is left that was sent before
                    break
                continue
            self._take(kind, data)
        self._socket.close()

    def __enter__(self) -> Capture:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self.join()

    def _take(self, kind: int, data: bytes) -> None:
        if kind == 0x86DD:
            to = socket.inet_ntop(socket.AF_INET6, data[24:40])
            if not to.startswith("ff02::"):  # the interface itself introduces itself to its neighbours
                self.other.add(f"ipv6 {data[6]} to {to}")
            return
        if kind != 0x0800:
            return
        head, protocol, to = (data[0] & 15) * 4, data[9], socket.inet_ntoa(data[16:20])
        if protocol == 6:
            port, flags = struct.unpack("!H", data[head + 2 : head + 4])[0], data[head + 13]
            if flags & 0x12 == 0x02:
                self.packets.add(("tcp", to, port))
        elif protocol == 17:
            came_from, port = struct.unpack("!HH", data[head : head + 4])
            if came_from != 53:
                self.packets.add(("udp", to, port))
        elif protocol != 1:
            self.other.add(f"protocol {protocol} to {to}")


async def serve(stack: AsyncExitStack) -> DnsServer:
    """The company's servers."""
    dns = await stack.enter_async_context(DnsServer(DNS, 53))
    dns.add(DOMAIN, "MX", f"10 mail.{DOMAIN}.")
    dns.add(DOMAIN, "NS", f"ns.{DOMAIN}.")
    dns.add(DOMAIN, "TXT", '"v=spf1 ip4:203.0.113.25 -all"')
    dns.add(DOMAIN, "SOA", f"ns.{DOMAIN}. admin.{DOMAIN}. 1 3600 600 86400 60")
    dns.add(f"_mta-sts.{DOMAIN}", "TXT", '"v=STSv1; id=1"')
    dns.add("25.113.0.203.in-addr.arpa", "PTR", f"mail.{DOMAIN}.")
    dns.add("gmail.com", "MX", "5 mx.gmail.com.")
    dns.add("mx.gmail.com", "A", LANDMARK)
    dns.add(f"gone.{DOMAIN}", "A", GONE)
    for name, address in NAMES.items():
        dns.add(name, "A", address)
    smtp = HostileServer({})
    mail = await asyncio.start_server(smtp.accept, MAIL, 25)
    stack.callback(mail.close)
    stack.push_async_callback(smtp.stop)
    web = await asyncio.start_server(_drop, WEB, 443, ssl=server_context(self_signed(f"mta-sts.{DOMAIN}")))
    registry = await asyncio.start_server(_answer_whois, WHOIS, 43)
    stack.callback(web.close)
    stack.callback(registry.close)
    return dns


async def _drop(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _answer_whois(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(f"[Domain Name] {DOMAIN}\r\n[Status] Active\r\n".encode())
    writer.close()


async def finished(target: Target, only: frozenset[str]) -> Report:
    """The report of one run."""
    async for event in Run(target, only=only).events():
        if isinstance(event, RunFinished):
            return event.report
    raise AssertionError("no report")


async def play(scene: str) -> Mapping[str, object]:
    """The run, and what left meanwhile."""
    async with AsyncExitStack() as stack:
        dns = await serve(stack)
        own_name_files(stack.enter_context(TemporaryDirectory(dir="/tmp")))
        server = stack.enter_context(Sshd.started([User("post")], address=MAIL, port=22))
        target, only = Target(domain=DOMAIN, resolver=DNS), frozenset(check.id for check in ALL)
        if scene == "whole":
            config = str(server.client_config())
            target = Target(
                domain=DOMAIN, resolver=DNS, own_server=True, ssh=f"post@mail.{DOMAIN}", ssh_config=config,
                symptom="not_delivered", direction="sending",
            )  # fmt: skip
            server.known_hosts.write_text(server.known_hosts.read_text().replace(f"[{MAIL}]:22", f"mail.{DOMAIN}"))
        elif scene == "silent":
            target, only = Target(domain=DOMAIN, mail_host=f"gone.{DOMAIN}", resolver=DNS), frozenset({"smtp_banner"})
        with Capture() as capture:
            report = await finished(target, only)
    return {
        "packets": sorted(capture.packets),
        "other": sorted(capture.other),
        "contacted": list(report.contacted),
        "asked": sorted({name for name, _, _ in dns.asked}),
        "codes": [finding.code for result in report.results for finding in result.findings],
        "problems": [result.problem.code for result in report.results if result.problem],
    }


def own_name_files(folder: str) -> None:
    """ssh and the server look names up by themselves: our mount namespace has its own files for that."""
    files = {"hosts": f"127.0.0.1 localhost\n{MAIL} mail.{DOMAIN}\n", "resolv.conf": f"nameserver {DNS}\n"}
    # A copy of the whole folder: a bare Debian has no /etc/hosts that another could be laid over.
    own = Path(folder) / "etc"
    subprocess.run(["cp", "--archive", "/etc", str(own)], check=True)
    for name, text in files.items():
        (own / name).unlink(missing_ok=True)
        (own / name).write_text(text, encoding="utf-8")
    subprocess.run(["mount", "--bind", str(own), "/etc"], check=True)


if __name__ == "__main__":
    lay_network()
    print(json.dumps(asyncio.run(play(sys.argv[1]))))
