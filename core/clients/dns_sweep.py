"""Many A questions at once over a few UDP sockets (RFC 1035), for blacklists: the plain answers, and those only.

A plain answer is "no such name", "no such record" or a few A records at the very name asked, from a server that says
it is final. Whatever else comes, or nothing, gives None, and the caller asks again through `Resolver.query`, which
knows every other form, TCP and errors. So this can make a run faster, but never tell anything `query` would not.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import deque
from collections.abc import Sequence
from types import TracebackType

from core.clients.journal import let_sockets_close

Endpoint = tuple[str, int]
PATIENCE = 1.0  # seconds before a question is asked again with care
_SOCKETS = 4  # their ports, beside the number of the question, are what a forger would have to guess
# Questions under way; what comes on top waits for its turn. All lists about four addresses are 169 questions, and each
# further flight costs a round trip: so one flight holds them. BIND and Unbound take a thousand from one asker; dnsmasq,
# the server of small routers, passes on 150 and refuses the rest. Those are asked again with care, fewer at a time.
_MOST_WAITING = 192
MOST_CAREFUL = 48
_MOST_PACKETS = 2000  # on one socket: after a flood it is not listened to any more
_MOST_RECORDS = 20
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9_-]{1,63}")
_A_IN = b"\0\1\0\1"  # type A, class IN
_HERE = b"\xc0\x0c"  # a pointer to the name of the question

Plain = tuple[str, tuple[str, ...]]  # "NOERROR" or "NXDOMAIN", and the addresses


class Sweep:
    """Async context manager; `ask` as many as you like side by side. `endpoint` None: every answer is None."""

    def __init__(self, endpoint: Endpoint | None) -> None:
        self._endpoint = endpoint
        self._ports: list[_Port] = []
        self._room = asyncio.Semaphore(_MOST_WAITING)
        self.careful = asyncio.Semaphore(MOST_CAREFUL)  # for those who ask again

    async def __aenter__(self) -> Sweep:
        loop = asyncio.get_running_loop()
        try:
            for _ in range(_SOCKETS if self._endpoint else 0):
                _, port = await loop.create_datagram_endpoint(_Port, remote_addr=self._endpoint)
                self._ports.append(port)
        except OSError:
            self._close()  # no way to this server: `Resolver.query` says so
        except asyncio.CancelledError:
            self._close()  # `__aexit__` is not called for what was never entered
            await let_sockets_close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        await let_sockets_close()

    def _close(self) -> None:
        for port in self._ports:
            port.close()
        self._ports = []

    async def ask(self, name: str, patience: float = PATIENCE) -> Plain | None:
        """The plain answer, or None: then ask with care."""
        return (await self.ask_all((name,), patience))[0]

    async def ask_all(self, names: Sequence[str], patience: float = PATIENCE) -> list[Plain | None]:
        """All of them side by side, in their order. Without a task for each: that would cost more than the question."""
        under_way = [await self._sent(name, patience) for name in names]
        return [None if answer is None else await answer for answer in under_way]

    async def _sent(self, name: str, patience: float) -> asyncio.Future[Plain | None] | None:
        """The answer to come, once there is room for the question."""
        question = _question(name)
        if question is None or not self._ports:
            return None
        await self._room.acquire()
        drawn = secrets.token_bytes(3)  # which port, and the question's number
        answer = self._ports[drawn[0] % len(self._ports)].ask(question, drawn[1:], patience)
        answer.add_done_callback(lambda _: self._room.release())
        return answer


class _Port(asyncio.DatagramProtocol):
    """One connected socket: the kernel drops what others than the server send."""

    def __init__(self) -> None:
        self._asked: dict[bytes, tuple[bytes, asyncio.Future[Plain | None]]] = {}
        self._due: deque[tuple[float, asyncio.Future[Plain | None]]] = deque()  # in the order of asking
        self._timer: asyncio.TimerHandle | None = None
        self._packets = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.DatagramTransport = transport  # type: ignore[assignment]

    def close(self) -> None:
        self._transport.abort()
        if self._timer is not None:
            self._timer.cancel()
        self._give_up()

    def ask(self, question: bytes, number: bytes, patience: float) -> asyncio.Future[Plain | None]:
        """Send the question; its answer, or None when the patience ends."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Plain | None] = loop.create_future()
        if number in self._asked or self._transport.is_closing():
            answer.set_result(None)
            return answer
        self._asked[number] = question, answer
        self._end_in_time(answer, loop.time() + patience)
        # Recursion desired; one question.
        self._transport.sendto(number + b"\1\0\0\1\0\0\0\0\0\0" + question)
        return answer

    def _end_in_time(self, answer: asyncio.Future[Plain | None], end: float) -> None:
        """One timer for all questions of this socket: a timer for each would cost more than the question."""
        self._due.append((end, answer))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(end, self._look_at_clock)

    def _look_at_clock(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._due and (self._due[0][0] <= now or self._due[0][1].done()):
            _settle(self._due.popleft()[1], None)
        self._timer = None
        if self._due:
            self._timer = asyncio.get_running_loop().call_at(self._due[0][0], self._look_at_clock)

    def datagram_received(self, data: bytes, addr: tuple[str | bytes, int]) -> None:
        self._packets += 1
        if self._packets > _MOST_PACKETS:
            self.close()
            return
        question, answer = self._asked.get(data[:2], (b"", None))
        if answer is not None and data[12 : 12 + len(question)].lower() == question:
            del self._asked[data[:2]]
            _settle(answer, plain_answer(data, 12 + len(question)))

    def error_received(self, exc: Exception) -> None:
        self._give_up()

    def _give_up(self) -> None:
        for _, answer in self._asked.values():
            _settle(answer, None)


def _settle(answer: asyncio.Future[Plain | None], found: Plain | None) -> None:
    if not answer.done():
        answer.set_result(found)


def _question(name: str) -> bytes | None:
    """The question's wire form; None for names that are not plain letters, digits, "-" and "_"."""
    plain = name.lower().rstrip(".")
    if len(plain) > 253 or not _NAME.fullmatch(plain):
        return None
    return b"".join([bytes((len(label),)) + label for label in plain.encode("ascii").split(b".")]) + b"\0" + _A_IN


def plain_answer(data: bytes, start: int) -> Plain | None:
    """What a response says whose question ends at `start`; None when it is not one of the plain forms."""
    first, second = data[2], data[3]
    is_whole_response = first & 0xFA == 0x80  # QR, opcode 0, not truncated (AA and RD may be set)
    is_final = first & 0x04 or second & 0x80  # AA or RA
    if not is_whole_response or not is_final or data[4:6] != b"\0\1":
        return None
    rcode, count = second & 0x0F, int.from_bytes(data[6:8], "big")
    if rcode == 3:
        return ("NXDOMAIN", ()) if count == 0 else None
    if rcode != 0 or count > _MOST_RECORDS:
        return None
    return _records(data, start, count)


def _records(data: bytes, at: int, count: int) -> Plain | None:
    found: dict[str, None] = {}
    for _ in range(count):
        record = data[at : at + 16]
        if len(record) < 16 or record[:2] != _HERE or record[2:6] != _A_IN or record[10:12] != b"\0\4":
            return None
        found[".".join(map(str, record[12:16]))] = None
        at += 16
    return "NOERROR", tuple(found)
