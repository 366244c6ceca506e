"""All DNS work for one domain over a line of 50 ms; and checkdmarc beside it.

    python tests/bench/domain_dns.py

The domain has two MX, SPF with an include, DMARC, an address with a reverse name, two name servers each asked itself,
MTA-STS absent. checkdmarc (PyPI) looks at the same domain through the same server, without its TLS tests. 1 when ours
took longer than a second, or more than a fifth of checkdmarc's time.
"""

from __future__ import annotations

import asyncio
import dataclasses
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from core.clients import Doors
from core.clients.reroute import Reroute
from core.model import Report, Target, Vantage
from core.run import Run, RunFinished
from tests.bench.result import told
from tests.servers.dns_server import DnsServer, Reply

LATENCY = 0.05  # seconds
LIMIT, TIMES_FASTER = 1.0, 5.0
RUNS = 5
CHECKS = frozenset({"dns_health", "sender_auth", "domain_life", "tls_health", "hosting"})
SERVERS = {"ns1.dns.example": "198.51.100.53", "ns2.dns.example": "198.51.100.54"}


class SlowServer(DnsServer):
    """Every answer waits; concurrent questions wait side by side, as on a real line."""

    def reply_to(self, name: str, rdtype: str) -> Reply:
        return dataclasses.replace(super().reply_to(name, rdtype), delay=LATENCY)


def add_domain(server: DnsServer, number: int) -> None:
    """One healthy company, with two addresses of its own."""
    domain, last = f"midori{number}.example", 10 + 2 * number
    server.add(domain, "MX", f"10 mail.{domain}.", f"20 backup.{domain}.")
    server.add(domain, "TXT", '"v=spf1 mx include:spf.sender.example -all"')
    server.add(domain, "NS", *(f"{name}." for name in SERVERS))
    server.add(domain, "SOA", f"ns1.dns.example. hostmaster.{domain}. 1 7200 900 1209600 300")
    server.add(domain, "A", "203.0.113.80")
    server.add(f"mail.{domain}", "A", f"203.0.113.{last}")
    server.add(f"backup.{domain}", "A", f"203.0.113.{last + 1}")
    server.add(f"{last}.113.0.203.in-addr.arpa", "PTR", f"mail.{domain}.")
    server.add(f"{last + 1}.113.0.203.in-addr.arpa", "PTR", f"backup.{domain}.")
    server.add(f"_dmarc.{domain}", "TXT", f'"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"')


async def serve() -> None:
    """Print the port, then answer until standard input closes."""
    async with SlowServer() as server:
        for number in range(RUNS * 2 + 1):
            add_domain(server, number)
        server.add("spf.sender.example", "TXT", '"v=spf1 ip4:192.0.2.0/24 -all"')
        server.add("example", "NS", "ns1.dns.example.")
        for name, address in SERVERS.items():
            server.add(name, "A", address)
        print(server.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)


@contextmanager
def slow_server() -> Iterator[int]:
    """The port of the server, in a process of its own so that it never waits for us."""
    argv = [sys.executable, __file__, "serve"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin and server.stdout
        yield int(server.stdout.readline())
        server.stdin.close()


async def ours(port: int, domain: str) -> tuple[float, Report]:
    """Seconds of a whole run of the checks that ask the DNS; every other connection is refused at once."""
    here = ("127.0.0.1", port)
    table = {here: here, **{(address, 53): here for address in SERVERS.values()}}
    doors = Doors(f"127.0.0.1:{port}", Reroute(table, closed=True), vantage=Vantage("outside"))
    started = time.perf_counter()
    async for event in Run(Target(domain=domain), only=CHECKS, doors=doors).events():
        if isinstance(event, RunFinished):
            return time.perf_counter() - started, event.report
    raise AssertionError("the run did not end")


def checkdmarc_seconds(port: int, domain: str) -> float:
    """Seconds of checkdmarc's own check of the domain."""
    import checkdmarc
    from dns.nameserver import Do53Nameserver

    started = time.perf_counter()
    result = checkdmarc.check_domains([domain], nameservers=[Do53Nameserver("127.0.0.1", port)])
    seconds = time.perf_counter() - started
    assert not isinstance(result, list) and result["spf"]["valid"], result
    return seconds


def main() -> int:
    """Run all in turn, so that a busy moment meets both; 0 when ours keeps what it promises."""
    mine, theirs = [], []
    with slow_server() as port:
        asyncio.run(ours(port, "midori0.example"))  # loads what is loaded once a process
        for number in range(RUNS):
            seconds, report = asyncio.run(ours(port, f"midori{number + 1}.example"))
            codes = [finding.code for result in report.results for finding in result.findings]
            assert "dns_health.resolver_differs" not in codes and "sender_auth.spf_pass" in codes, codes
            mine.append(seconds)
            theirs.append(checkdmarc_seconds(port, f"midori{number + 1 + RUNS}.example"))
    ours_taken, theirs_taken = statistics.median(mine), statistics.median(theirs)
    times = theirs_taken / ours_taken
    goal, kept = f"{TIMES_FASTER:g} times, < {LIMIT:g} s", ours_taken <= LIMIT and times >= TIMES_FASTER
    beside = f"checkdmarc {theirs_taken:.2f} s"
    return int(not told("DNS of one domain, 50 ms away", f"{ours_taken:.2f} s", beside, times, goal, kept))


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        sys.exit(main())
