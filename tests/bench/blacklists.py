"""All lists times four addresses and four domains over a line of 50 ms, self-tests included; and pydnsbl beside it.

    python tests/bench/blacklists.py      (part of `make bench`)

pydnsbl (PyPI) asks the same zones about the same four addresses; it knows no self-test. So it is timed twice: as it
is, and with the three questions more that a self-test needs: 168 questions, as many as ours. 1 when ours took more
than four round trips, or longer than pydnsbl, with tests or without (3 % are this measurement's own noise).
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from core.checks.dnsbl import CHECK
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.knowledge.dnsbl import load_lists
from core.model import Context, SendingAddress, Target
from tests.bench.result import told
from tests.bench.slow_dns import LATENCY

ADDRESSES = tuple(f"203.0.113.{number}" for number in (25, 26, 27, 28))
DOMAINS = tuple(f"{name}.example" for name in ("midori-shoji", "aoba", "kaede", "sakura"))
SILENT = ("psbl.surriel.com", "bl.mailspike.net")
# Those that cover IPv4 or domains: the one for IPv6 alone is not asked about these addresses.
LISTS = [one for one in load_lists() if one.families != (6,)]
SELF_TEST = ("127.0.0.2", "127.0.0.1", "192.0.2.254")
RUNS = 15
NOISE = 1.03
ROUND_TRIPS = 4


@contextmanager
def slow_dns(*silent: str) -> Iterator[int]:
    """The port of a server that is the only thing running beside us."""
    script = str(Path(__file__).with_name("slow_dns.py"))
    with subprocess.Popen([sys.executable, script, *silent], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin and server.stdout
        yield int(server.stdout.readline())
        server.stdin.close()


async def ours(port: int, expected: str) -> float:
    """Seconds of the whole check, from nothing to findings."""
    started = time.perf_counter()
    clients = Clients(Resolver(f"127.0.0.1:{port}", Reroute(), Journal()), None)  # type: ignore[arg-type]
    target = Target(domain=DOMAINS[0], also_domain=DOMAINS[1:], thorough=True)
    context = Context(target, addresses=tuple(SendingAddress(address, "given") for address in ADDRESSES))
    found = CHECK.judge(await CHECK.measure(context, clients))
    seconds = time.perf_counter() - started
    assert [one.code for one in found] == [expected], found
    return seconds


async def pydnsbl_seconds(port: int, addresses: tuple[str, ...]) -> float:
    """Seconds of pydnsbl's own check of all addresses at once, from nothing to results."""
    import aiodns
    from pydnsbl import DNSBLIpChecker
    from pydnsbl.providers import Provider

    started = time.perf_counter()
    loop = asyncio.get_running_loop()
    checker = DNSBLIpChecker([Provider(one.zone) for one in LISTS], loop=loop)
    # It has no option for the server, so its resolver is replaced by the same one with another address.
    checker._resolver = aiodns.DNSResolver(["127.0.0.1"], udp_port=port, timeout=5, tries=2, loop=loop)
    results = await asyncio.gather(*(checker.check_async(address) for address in addresses))
    seconds = time.perf_counter() - started
    assert not any(result.failed_providers for result in results), results
    return seconds


def main() -> int:
    """Run all; 0 when ours kept what it promises."""
    mine, theirs, tested = [], [], []
    with slow_dns() as port:
        for _ in range(RUNS):  # in turn, so that a busy moment meets all
            mine.append(asyncio.run(ours(port, "dnsbl.clean")))
            theirs.append(asyncio.run(pydnsbl_seconds(port, ADDRESSES)))
            tested.append(asyncio.run(pydnsbl_seconds(port, ADDRESSES + SELF_TEST)))
    own, untested, with_tests = statistics.median(mine), statistics.median(theirs), statistics.median(tested)
    trips, faster = own / LATENCY, with_tests / own
    title, seconds = f"{len(LISTS)} blacklists x 4, self-tested", f"{own:.2f} s"
    few = told(
        title, seconds, f"round trip {LATENCY:g} s", trips, f"<= {ROUND_TRIPS} round trips", trips <= ROUND_TRIPS
    )
    quick = told("the same", seconds, f"pydnsbl, tested {with_tests:.2f} s", faster, "1 time", faster * NOISE >= 1)
    less = untested / own
    even = told("the same", seconds, f"pydnsbl, untested {untested:.2f} s", less, "1 time", less * NOISE >= 1)
    with slow_dns(*SILENT) as port:
        silent = statistics.median([asyncio.run(ours(port, "dnsbl.clean_major")) for _ in range(3)])
    told("the same, two lists dead silent", f"{silent:.2f} s")
    return int(not (few and quick and even))


if __name__ == "__main__":
    sys.exit(main())
