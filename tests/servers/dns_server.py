"""A scriptable DNS server on loopback, UDP and TCP on one port: it misbehaves exactly as told.

async with DnsServer() as server:
    server.add("example.jp", "MX", "10 mx.example.jp.")
    server.script("zen.spamhaus.org", refused)
    Resolver(server.address, Reroute(), Journal())
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset

from core.clients.journal import let_sockets_close

TTL = 60
_TRIES = 20


@dataclass(frozen=True)
class Reply:
    """What the server does with one question. `records`: (rdtype, text) at the name asked."""

    records: tuple[tuple[str, str], ...] = ()
    rcode: str = "NOERROR"
    silent: bool = False
    delay: float = 0.0  # seconds
    truncated: bool = False  # over UDP: an empty answer marked as cut
    raw: bytes | None = None  # sent instead of a message
    wrong_id: bool = False
    empty_tcp: bool = False  # over TCP: the connection is closed without an answer
    only_udp: bool = False  # over TCP: refused
    referral: bool = False  # not an answer: "ask somebody else"
    rrsets: tuple[dns.rrset.RRset, ...] = ()  # put into the answer as they are


# (name below the zone without its final dot, "" for the zone itself; rdtype) -> what to do
Script = Callable[[str, str], Reply]
NXDOMAIN = Reply(rcode="NXDOMAIN")


def answers(*addresses: str) -> Reply:
    """A records."""
    return Reply(tuple(("A", address) for address in addresses))


def always(reply: Reply) -> Script:
    """The same for every question."""
    return lambda name, rdtype: reply


def table(entries: Mapping[str, Reply], otherwise: Reply = NXDOMAIN) -> Script:
    """By name below the zone."""
    lowered = {name.lower(): reply for name, reply in entries.items()}
    return lambda name, rdtype: lowered.get(name.lower(), otherwise)


class Rounds:
    """Holds every answer back until nobody asks any more, then lets all go together: how often that was is how many
    questions had to wait for another's answer. No clock is involved, as asker and server share one loop."""

    _QUIET = 50  # turns of the loop; a question on loopback arrives in the next one

    def __init__(self) -> None:
        self.count = 0
        self._held: list[asyncio.Future[None]] = []
        self._releasing: asyncio.Task[None] | None = None

    async def turn(self) -> None:
        """Wait for the end of this round."""
        gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held.append(gate)
        if self._releasing is None or self._releasing.done():
            self._releasing = asyncio.create_task(self._release())
        await gate

    async def _release(self) -> None:
        seen, quiet = 0, 0
        while quiet < self._QUIET:
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._held) == seen else 0
            seen = len(self._held)
        self.count += 1
        held, self._held = self._held, []
        for gate in held:
            if not gate.done():  # who asked has given up
                gate.set_result(None)


@dataclass
class DnsServer:
    """Async context manager. Unscripted names that nothing was added for do not exist."""

    host: str = "127.0.0.1"
    port: int = 0
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # (name, rdtype, "udp" or "tcp")
    rounds: Rounds | None = None  # several servers may share one
    _scripts: dict[str, Script] = field(default_factory=dict)
    _records: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def address(self) -> str:
        """IP:PORT."""
        return f"{self.host}:{self.port}"

    def add(self, name: str, rdtype: str, *texts: str) -> None:
        """Records in presentation form."""
        self._records.setdefault(name.rstrip(".").lower(), []).extend((rdtype, text) for text in texts)

    def script(self, zone: str, script: Script) -> None:
        """Everything at and below `zone` is answered by `script`; "" is every name."""
        self._scripts[zone.rstrip(".").lower()] = script

    async def __aenter__(self) -> DnsServer:
        for left in reversed(range(_TRIES)):
            try:
                await self._open(self.port)
                break
            except OSError:  # another program's UDP socket has the port that TCP had free
                if not left:
                    raise
        self.port = self._tcp.sockets[0].getsockname()[1]
        return self

    async def _open(self, port: int) -> None:
        """The same port for both. Raises OSError, and then holds none."""
        self._tcp = await asyncio.start_server(self._accept, self.host, port)
        both = self.host, self._tcp.sockets[0].getsockname()[1]
        try:
            self._udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Udp(self), both)
        except OSError:
            self._tcp.close()
            raise

    async def __aexit__(self, *exc: object) -> None:
        self._udp.close()
        self._tcp.close()
        await let_sockets_close()  # a connection that was just being accepted reaches us first
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await let_sockets_close()

    def begin(self, work: asyncio.Task[None]) -> None:
        """Keep a running answer until it is done."""
        self._tasks.add(work)
        work.add_done_callback(self._tasks.discard)

    def reply_to(self, name: str, rdtype: str) -> Reply:
        """The scripted reply of the longest matching zone, else the added records."""
        zones = [zone for zone in self._scripts if not zone or name == zone or name.endswith(f".{zone}")]
        if zones:
            zone = max(zones, key=len)
            below = name[: -len(zone)].rstrip(".") if zone else name
            return self._scripts[zone](below, rdtype)
        found = self._records.get(name)
        if found is None:
            exists = any(known.endswith(f".{name}") for known in self._records)
            return Reply() if exists else NXDOMAIN
        return Reply(tuple(record for record in found if record[0] in (rdtype, "CNAME")))

    async def response(self, wire: bytes, over: str) -> bytes | None:
        """The bytes to send back, after the reply's delay; None is silence."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        rdtype = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, rdtype, over))
        reply = self.reply_to(name, rdtype)
        await (self.rounds.turn() if self.rounds else asyncio.sleep(reply.delay))
        if reply.silent or (over == "tcp" and reply.empty_tcp):
            return None
        return reply.raw if reply.raw is not None else _wire(query, reply, over)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio's own one logs when it is cancelled at the end.
        self.begin(asyncio.ensure_future(self._serve_tcp(reader, writer)))

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            length = int.from_bytes(await reader.readexactly(2), "big")
            wire = await self.response(await reader.readexactly(length), "tcp")
            if wire is not None:
                writer.write(len(wire).to_bytes(2, "big") + wire)
                await writer.drain()
            elif self.reply_to(*self.asked[-1][:2]).silent:
                await reader.read()  # until the other side gives up
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the asking side gave up: its test says whether that was right
        finally:
            writer.close()


def _wire(query: dns.message.Message, reply: Reply, over: str) -> bytes:
    response = dns.message.make_response(query)
    response.flags |= dns.flags.AA | dns.flags.RA
    response.set_rcode(dns.rcode.from_text("REFUSED" if over == "tcp" and reply.only_udp else reply.rcode))
    name = query.question[0].name
    if reply.referral:
        response.flags &= ~(dns.flags.AA | dns.flags.RA)
        response.authority.append(dns.rrset.from_text(name, TTL, "IN", "NS", "elsewhere.example."))
    if over == "udp" and reply.truncated:
        response.flags |= dns.flags.TC
        return response.to_wire()
    for rdtype in dict.fromkeys(rdtype for rdtype, _ in reply.records):
        texts = [text for kind, text in reply.records if kind == rdtype]
        response.answer.append(dns.rrset.from_text(name, TTL, "IN", rdtype, *texts))
    response.answer.extend(reply.rrsets)
    if reply.wrong_id:
        response.id ^= 0xFFFF
    try:
        return response.to_wire(max_size=1232 if over == "udp" else 65535)
    except dns.exception.TooBig:
        return _wire(query, Reply(truncated=True), over)


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # by class only since Python 3.12

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._server.begin(asyncio.ensure_future(self._answer(data, addr)))

    async def _answer(self, data: bytes, addr: tuple[str, int]) -> None:
        wire = await self._server.response(data, "udp")
        if wire is not None and not self._transport.is_closing():
            self._transport.sendto(wire, addr)
