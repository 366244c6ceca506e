"""One run on a line of another kind. Started by `unshare --net` (as root, or as root of a user namespace of its own).

python -m tests.run.other_lines SCENE       prints one JSON object

Everything stands in this namespace: IPv4 has its loopback only, IPv6 a way out that leads nowhere. The company's IPv4
server is at 203.0.113.25 for the world; here it can be met only as the translator (NAT64) shows it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack

from core.checks import ALL
from core.clients import Doors
from core.clients.http import HttpClient
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.errors import CheckError
from core.model import Report, Target
from core.run import Run
from core.run_events import CheckStarted, RunFinished
from tests.servers.dns_server import DnsServer
from tests.servers.hostile_smtp import HostileServer
from tests.servers.sshd import Sshd

DOMAIN, MAIL, MAIL6 = "midori.jp", "203.0.113.25", "2001:db8:7::25"
DNS6 = "2001:db8:7::53"
# A cable at whose other end nobody listens.
_HOLE = ("link add hole type veth peer name end", "link set end up", "link set hole arp off", "link set hole up")
PREFIXES = {"nat64": "64:ff9b::", "own_prefix": "2001:db8:64:0:"}


def ip(*commands: str) -> None:
    for command in commands:
        subprocess.run(["ip", *command.split()], check=True)


def lay_ipv6_only(*at_hand: str) -> None:
    """`at_hand`: addresses of servers on this machine; all else of IPv6 goes into a hole."""
    ip("link set lo up", *_HOLE)
    ip("-6 addr add 2001:db8:1::2/64 dev hole nodad", "-6 route add default dev hole")
    ip(*(f"-6 addr add {address}/128 dev lo nodad" for address in at_hand))


def lay_ipv4_only() -> None:
    ip("link set lo up", *_HOLE, "addr add 198.51.100.7/24 dev hole")
    ip("route add default dev hole", f"addr add {MAIL}/32 dev lo", "addr add 198.51.100.53/32 dev lo")
    subprocess.run(["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"], check=True)


async def company(stack: AsyncExitStack, dns_at: str, *, ipv4: bool = True, ipv6: bool = False) -> DnsServer:
    dns = await stack.enter_async_context(DnsServer(dns_at, 53))
    dns.add(DOMAIN, "MX", f"10 mail.{DOMAIN}.")
    dns.add(DOMAIN, "NS", f"ns.{DOMAIN}.")
    dns.add(DOMAIN, "SOA", f"ns.{DOMAIN}. admin.{DOMAIN}. 1 3600 600 86400 60")
    dns.add(f"ns.{DOMAIN}", "A", "203.0.113.53")
    if ipv4:
        dns.add(f"mail.{DOMAIN}", "A", MAIL)
    if ipv6:
        dns.add(f"mail.{DOMAIN}", "AAAA", MAIL6)
    return dns


async def serve_mail(stack: AsyncExitStack, *addresses: str) -> None:
    server = HostileServer({})
    for address in addresses:
        listening = await asyncio.start_server(server.accept, address, 25)
        stack.callback(listening.close)
    stack.push_async_callback(server.stop)


async def finished(run: Run, on_start: Callable[[str], None] = lambda _: None) -> Report:
    async for event in run.events():
        if isinstance(event, CheckStarted):
            on_start(event.check_id)
        if isinstance(event, RunFinished):
            return event.report
    raise AssertionError("no report")


def told(report: Report, **more: object) -> dict[str, object]:
    return {
        "codes": [finding.code for result in report.results for finding in result.findings],
        "problems": [result.problem.code for result in report.results if result.problem],
        "severities": {result.check_id: result.severity.value for result in report.results if result.applies},
        "causes": [cause.code for cause in report.causes],
        "addresses": [address.address for address in report.addresses],
        **more,
    }


def checks(*names: str) -> frozenset[str]:
    assert set(names) <= {check.id for check in ALL}
    return frozenset(names)


async def ipv6_only(translator: str) -> dict[str, object]:
    """An IPv4 server, with a translator ("nat64", "own_prefix") or without ("none")."""
    prefix = PREFIXES.get(translator)
    shown = {
        "nat64": ["64:ff9b::cb00:7119", "64:ff9b::cb00:7135"],
        "own_prefix": ["2001:db8:64:0:cb:71:1900:0", "2001:db8:64:0:cb:71:3500:0"],
    }.get(translator, [])
    lay_ipv6_only(DNS6, *shown)
    async with AsyncExitStack() as stack:
        dns = await company(stack, DNS6)
        if prefix:
            well = ["64:ff9b::c000:aa", "64:ff9b::c000:ab"]
            own = ["2001:db8:64:0:c0:0:aa00:0"]
            dns.add("ipv4only.arpa", "AAAA", *(well if translator == "nat64" else own))
            dns.add(f"mail.{DOMAIN}", "AAAA", shown[0])  # as a DNS64 makes it up
            await serve_mail(stack, shown[0])
            held = DnsServer(shown[1], 53)  # the domain's own name server, an IPv4 one
            held.script("", dns.reply_to)
            await stack.enter_async_context(held)
        target = Target(domain=DOMAIN, resolver=DNS6, own_server=True)
        report = await finished(Run(target, only=checks("smtp_banner", "dns_health", "open_relay", "tls_health")))
        return told(report, asked=sorted({name for name, _, _ in dns.asked}), contacted=list(report.contacted))


async def login(known_as: str) -> dict[str, object]:
    """IPv6-only line with a translator; the server is entered as an IPv4 address, and known under `known_as`."""
    shown = "64:ff9b::cb00:7119"
    lay_ipv6_only(DNS6, shown)
    queue = {"postconf": "echo 3.7.11", "postqueue": "echo 'Mail queue is empty'"}
    async with AsyncExitStack() as stack:
        dns = await company(stack, DNS6)
        dns.add("ipv4only.arpa", "AAAA", "64:ff9b::c000:aa")
        server = stack.enter_context(Sshd.started(commands=queue, address=shown))
        settings = server.client_config()
        key = server.known_hosts.read_text().split(" ", 1)[1]
        server.known_hosts.write_text(f"{known_as.format(port=server.port)} {key}")
        with settings.open("a") as stream:
            stream.write(f"Host by-alias\n  HostName {MAIL}\n")
        found = {}
        for host in (MAIL, "by-alias"):
            target = Target(ssh=f"post@{host}:{server.port}", ssh_config=str(settings), resolver=DNS6)
            found[host] = told(await finished(Run(target, only=checks("mail_queue"))))["problems"]
        return {**found, "asked": [name for name, _, _ in dns.asked]}


async def no_way_to_log_in() -> dict[str, object]:
    """IPv6-only line without a translator; the server is entered as an IPv4 address."""
    lay_ipv6_only(DNS6)
    async with AsyncExitStack() as stack:
        await company(stack, DNS6)
        return told(await finished(Run(Target(ssh=f"post@{MAIL}", resolver=DNS6), only=checks("mail_queue"))))


async def both_families_named() -> dict[str, object]:
    """IPv6-only line; the server has both kinds of address but answers on IPv4 alone, as many do."""
    lay_ipv6_only(DNS6, MAIL6)
    async with AsyncExitStack() as stack:
        await company(stack, DNS6, ipv6=True)
        return told(await finished(Run(Target(domain=DOMAIN, resolver=DNS6), only=checks("smtp_banner"))))


async def ipv4_only() -> dict[str, object]:
    """The usual office; the mail server has an IPv6 address alone."""
    lay_ipv4_only()
    async with AsyncExitStack() as stack:
        await company(stack, "198.51.100.53", ipv4=False, ipv6=True)
        target = Target(domain=DOMAIN, resolver="198.51.100.53")
        return told(await finished(Run(target, only=checks("smtp_banner"))))


def lay_office() -> None:
    """IPv4 with a way out that leads nowhere; the DNS is at hand."""
    ip("link set lo up", *_HOLE, "addr add 198.51.100.7/24 dev hole", "route add default dev hole")
    ip("addr add 198.51.100.53/32 dev lo")


async def line_lost() -> dict[str, object]:
    """The cable is pulled while the server is knocked at."""
    lay_office()
    async with AsyncExitStack() as stack:
        await company(stack, "198.51.100.53")
        run = Run(Target(domain=DOMAIN, resolver="198.51.100.53"), only=checks("smtp_banner"))
        later = asyncio.get_running_loop().call_later
        return told(await finished(run, lambda _: later(0.5, ip, "link set hole down") and None))


async def stopped(seconds: float) -> dict[str, object]:
    """The whole program stands still midway (a closed lid); meanwhile time limits run out."""
    lay_office()
    async with AsyncExitStack() as stack:
        await company(stack, "198.51.100.53")
        run = Run(Target(domain=DOMAIN, resolver="198.51.100.53"), only=checks("smtp_banner"))

        def sleep(_: str) -> None:
            subprocess.Popen(["sh", "-c", f"sleep {seconds}; kill -CONT {os.getpid()}"])
            asyncio.get_running_loop().call_later(0.5, os.kill, os.getpid(), signal.SIGSTOP)

        return told(await finished(run, sleep))


async def through_proxy(kind: str) -> dict[str, object]:
    """An office where the web is reached through a go-between alone."""
    ip("link set lo up", "addr add 198.51.100.53/32 dev lo", "addr add 203.0.113.8/32 dev lo")
    os.environ["https_proxy"] = "http://203.0.113.8:3128"
    async with AsyncExitStack() as stack:
        await company(stack, "198.51.100.53")
        asked: list[str] = []

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            await writer.drain()
            writer.close()

        listening = await asyncio.start_server(proxy, "203.0.113.8", 3128)
        stack.callback(listening.close)
        if kind == "web":
            resolver = Resolver("198.51.100.53", Reroute(), Journal())
            try:
                await HttpClient(resolver, Reroute(), Journal()).get("https://rdap.example/x", "*/*")
            except CheckError as error:
                return {"code": error.code, "asked": asked}
            raise AssertionError("answered")
        target = Target(domain=DOMAIN, resolver="198.51.100.53")
        return told(await finished(Run(target, only=checks("smtp_banner"), doors=Doors())), asked=asked)


SCENES = {
    "nat64": lambda: ipv6_only("nat64"),
    "own_prefix": lambda: ipv6_only("own_prefix"),
    "login": lambda: login("[203.0.113.25]:{port}"),
    "login_unknown": lambda: login("[64:ff9b::cb00:7119]:{port}"),
    "no_login": no_way_to_log_in,
    "no_translator": lambda: ipv6_only("none"),
    "both_named": both_families_named,
    "ipv4_only": ipv4_only,
    "line_lost": line_lost,
    "stopped": lambda: stopped(11),
    "proxy_web": lambda: through_proxy("web"),
    "proxy_mail": lambda: through_proxy("mail"),
}

if __name__ == "__main__":
    print(json.dumps(asyncio.run(SCENES[sys.argv[1]]())))
