"""Asks a DNS resolver (RFC 1034, 1035), bounded in time and size.

"No such name" and "no such record" are answers; only a server that fails, breaks the protocol or stays silent is an
error. So a broken server can never be mistaken for a missing record.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.reversename
import dns.rrset

from core.clients.dns_answer import Answer as Answer
from core.clients.dns_answer import Direct as Direct
from core.clients.dns_message import absolute_name, answer_in, checked, referred_to
from core.clients.dns_servers import parse_server, shown, system_servers
from core.clients.dns_sweep import Sweep
from core.clients.dns_wire import BrokenAnswerError, Endpoint, ask_tcp, ask_udp
from core.clients.journal import Journal
from core.clients.line import ASKED, carries, missing_family, prefix_in
from core.clients.reroute import Reroute
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError, UsageError

MOST_IN_FLIGHT = 100  # home routers forward at most 150 at a time and refuse the rest
MOST_KEPT = 1_000  # answers remembered
_LINE_LIMIT = 2.0  # seconds for the question about the line itself
_Ask = Callable[[dns.message.Message, Endpoint], Awaitable[dns.message.Message]]


@dataclass(frozen=True)
class _Question:
    """`asked`: the name as the caller wrote it, for errors. `recursive`: the server may ask others for the answer."""

    name: dns.name.Name
    asked: str
    rdtype: str
    recursive: bool = True


class Resolver:
    """One run's way to the DNS. `server` is "IP", "IP:PORT" or "[IPv6]:PORT"; None means the system's servers.

    `lifetime`: seconds for one question with all its repetitions. `remember`: for so many seconds an answer stands for
    the same question, so that checks do not wait for what another has just learned.
    """

    def __init__(
        self, server: str | None, reroute: Reroute, journal: Journal, lifetime: float = 5.0, remember: float = 0.0
    ) -> None:
        self._servers = (parse_server(server),) if server else system_servers()
        self._reroute = reroute
        self._journal = journal
        self._lifetime = lifetime
        self._in_flight = asyncio.Semaphore(MOST_IN_FLIGHT)
        self._learning, self._line_asked = asyncio.Lock(), False
        self._remember = remember
        self._kept: dict[tuple[str, str], tuple[float, Answer]] = {}
        self._asking: dict[tuple[str, str], asyncio.Future[Answer | CheckError | None]] = {}

    @property
    def address(self) -> str:
        """The server asked first, "IP:port"; empty when this computer has none."""
        return shown(self._servers[0]) if self._servers else ""

    async def query(
        self, name: str, rdtype: str, *, lifetime: float | None = None, server: Endpoint | None = None
    ) -> Answer:
        """The records of `rdtype` at `name` (always absolute: no search suffix is added; CNAMEs are followed).

        Raises UsageError "dns.bad_name"; CheckTimeoutError "dns.timed_out"; CheckError "dns.server_failed",
        "dns.broken_answer", "dns.no_resolver"; CheckConnectionError "dns.unreachable". With a lifetime or server of its
        own a question is always asked anew; failures are never remembered.
        """
        if lifetime is not None or server is not None or not self._remember:
            return await self._queried(name, rdtype, lifetime, server)
        loop, key = asyncio.get_running_loop(), (name, rdtype)
        told, kept = self._kept.get(key, (0.0, None))
        while kept is None or loop.time() - told > self._remember:
            if key not in self._asking:
                return await self._first_to_ask(key)
            found = await asyncio.shield(self._asking[key])
            if isinstance(found, CheckError):
                raise found
            told, kept = loop.time(), found  # None: who asked was cancelled
        return kept

    async def _first_to_ask(self, key: tuple[str, str]) -> Answer:
        """Ask, and let those know who wait for the same."""
        loop = asyncio.get_running_loop()
        told: Answer | CheckError | None = None
        self._asking[key] = waiting = loop.create_future()
        try:
            told = answer = await self._queried(*key, None, None)
            if len(self._kept) < MOST_KEPT:
                self._kept[key] = (loop.time(), answer)
            return answer
        except CheckError as error:
            told = error
            raise
        finally:
            del self._asking[key]
            waiting.set_result(told)

    async def _queried(self, name: str, rdtype: str, lifetime: float | None, server: Endpoint | None) -> Answer:
        question = _Question(absolute_name(name), name, rdtype)
        servers = (server,) if server else self._servers
        if not servers:
            raise CheckError("dns.no_resolver", name=name)
        async with self._in_flight:
            response = await self._ask(question, servers, lifetime or self._lifetime)
        answer = answer_in(name, rdtype, response)
        if rdtype == "AAAA" and name != ASKED:
            return replace(answer, records=self._reroute.line.own_records(answer.records))
        return answer

    async def learn_line(self) -> None:
        """On a line without IPv4: ask once how IPv4 servers are reached through a translator (RFC 7050).

        A line that does not tell has none that we could use; what needs IPv4 then says so itself."""
        if self._reroute.closed or carries("IPv4") or not carries("IPv6"):
            return
        async with self._learning:  # the survey and the login begin together
            if self._line_asked:
                return
            with contextlib.suppress(CheckError):
                answer = await self.query(ASKED, "AAAA", lifetime=_LINE_LIMIT)
                self._reroute.line.prefix = prefix_in(answer.records)
            self._line_asked = True

    async def way_to(self, address: str) -> str:
        """Under which address to connect to a server: the translator's, where this line has no IPv4 of its own."""
        await self.learn_line()
        return self._reroute.line.way_to(address)

    async def addresses(self, name: str) -> tuple[str, ...]:
        """Where to connect for `name`, at most three: IPv4, and IPv6 where there is none or this line has no IPv4.
        Raises as `query`."""
        found = (await self.query(name, "A")).records[:3]
        line = self._reroute.line
        if not found or (line.prefix is None and missing_family(found[0])):
            found = (*(await self.query(name, "AAAA")).records[:3], *found)
        return found

    async def ask_directly(self, name: str, rdtype: str, server: Endpoint, *, lifetime: float | None = None) -> Direct:
        """Ask one name server for what it holds itself (no recursion); a referral is an answer here. Raises as
        `query`, and CheckConnectionError "dns.no_family" where this line has no IPv4 (or no IPv6) for it."""
        async with self._in_flight:
            try:
                question = _Question(absolute_name(name), name, rdtype, recursive=False)
                response = await self._ask(question, (server,), lifetime or self._lifetime)
            except CheckConnectionError as error:
                if missing_family(server[0]):
                    raise CheckConnectionError("dns.no_family", name=name, server=shown(server)) from error
                raise
        flags = response.flags
        found = answer_in(name, rdtype, response)
        return Direct(found, bool(flags & dns.flags.AA), bool(flags & dns.flags.RA), referred_to(response))

    def sweep(self) -> Sweep:
        """A faster way to ask this run's first server for the A records of many names; see `dns_sweep`."""
        if not self._servers:
            return Sweep(None)
        self._journal.note_contact(*self._servers[0], "DNS")
        return Sweep(self._reroute.endpoint(*self._servers[0]))

    async def reverse(self, address: str) -> Answer:
        """The names (PTR) of an IP address. Raises as `query`; UsageError when it is no address."""
        try:
            name = dns.reversename.from_address(address)
        except (dns.exception.DNSException, ValueError) as error:
            raise UsageError("dns.bad_name", name=address) from error
        return await self.query(name.to_text(), "PTR")

    async def _ask(self, question: _Question, servers: tuple[Endpoint, ...], lifetime: float) -> dns.message.Message:
        """Every server over UDP, then the first again over TCP; the first proper answer counts."""
        tries: list[tuple[_Ask, Endpoint]] = [(ask_udp, server) for server in servers]
        tries.append((ask_tcp, servers[0]))
        failure: CheckError | None = None
        ends = asyncio.get_running_loop().time() + lifetime
        for number, (ask, server) in enumerate(tries):
            left = ends - asyncio.get_running_loop().time()
            limit = left / (len(tries) - number)
            try:
                return await self._one_try(question, ask, server, limit, left)
            except CheckError as error:
                # A server that spoke tells more than one that did not.
                if failure is None or isinstance(failure, CheckTimeoutError | CheckConnectionError):
                    failure = error
        assert failure is not None
        raise failure

    async def _one_try(
        self, question: _Question, ask: _Ask, server: Endpoint, limit: float, left: float
    ) -> dns.message.Message:
        """`limit`: seconds for this try; `left`: for all that may still follow, where its answer is cut."""
        name = question.asked
        endpoint = self._reroute.endpoint(*server)
        if endpoint is None:
            raise CheckConnectionError("dns.unreachable", name=name, server=shown(server))
        self._journal.note_contact(*server, "DNS")
        # TCP needs no EDNS, and a server too old for EDNS gets its chance there.
        edns = 0 if ask is ask_udp else -1
        flags = dns.flags.Flag(dns.flags.RD if question.recursive else 0)
        query = dns.message.make_query(question.name, question.rdtype, use_edns=edns, payload=1232, flags=flags)
        try:
            async with asyncio.timeout(limit):
                response = await ask(query, endpoint)
            if response.flags & dns.flags.TC:
                async with asyncio.timeout(max(0.0, left - limit) or limit):
                    response = await ask_tcp(query, endpoint)
        except TimeoutError as error:
            raise CheckTimeoutError("dns.timed_out", name=name, server=shown(server)) from error
        except BrokenAnswerError as error:
            raise CheckError("dns.broken_answer", name=name, server=shown(server)) from error
        except OSError as error:
            raise CheckConnectionError("dns.unreachable", name=name, server=shown(server)) from error
        return checked(response, name, server, question.recursive)
