"""Many A questions at once over a few UDP sockets (RFC 1035), for blacklists: the plain answers, and those only.

A plain answer is "no such name", "no such record" or a few A records at the very name asked, from a server that says
it is final. Whatever else comes, or nothing, gives None, and the caller asks again through `Resolver.query`, which
knows every other form, TCP and errors. So this can make a run faster, but never tell anything `query` would not.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
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
_MOST_BYTES = 4096  # of one answer; without EDNS 512 are allowed, and what is cut is no plain answer
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9_-]{1,63}")
_LENGTHS = [bytes((length,)) for length in range(64)]
_A_IN = b"\0\1\0\1"  # type A, class IN
_HERE = b"\xc0\x0c"  # a pointer to the name of the question

Plain = tuple[str, tuple[str, ...]]  # "NOERROR" or "NXDOMAIN", and the addresses


class Sweep:
    """Async context manager; `ask_all` as often as you like side by side. `endpoint` None: every answer is None."""

    def __init__(self, endpoint: Endpoint | None) -> None:
        self._endpoint = endpoint
        self._ports: list[_Port] = []
        self._room = asyncio.Semaphore(_MOST_WAITING)
        self.careful = asyncio.Semaphore(MOST_CAREFUL)  # for those who ask again

    async def __aenter__(self) -> Sweep:
        try:
            for _ in range(_SOCKETS if self._endpoint else 0):
                self._ports.append(await self._opened())
        except OSError:
            self._close()  # no way to this server: `Resolver.query` says so
        except asyncio.CancelledError:
            self._close()  # `__aexit__` is not called for what was never entered
            await let_sockets_close()
            raise
        return self

    async def _opened(self) -> _Port:
        """A port of our own making: what more has come while an answer was read is then read without waiting."""
        assert self._endpoint is not None
        family = socket.AF_INET6 if ":" in self._endpoint[0] else socket.AF_INET
        door = socket.socket(family, socket.SOCK_DGRAM)
        try:
            door.setblocking(False)
            door.connect(self._endpoint)
            port = _Port(door, self._room)
            await asyncio.get_running_loop().create_datagram_endpoint(lambda: port, sock=door)
        except BaseException:
            door.close()
            raise
        return port

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
        """The plain answer within `patience` seconds, or None: then ask with care. Raises nothing."""
        return (await self.ask_all((name,), patience))[0]

    async def ask_all(self, names: Sequence[str], patience: float = PATIENCE) -> list[Plain | None]:
        """All of them side by side, in their order; None where none came within `patience` seconds.

        Without a task or future for each: these cost more than asking.
        """
        batch = _Batch(len(names))
        drawn = secrets.token_bytes(3 * len(names))  # which port, and the question's number
        for place, name in enumerate(names):
            question = _question(name)
            if question is None:
                batch.settle(place, None)
                continue
            await self._room.acquire()
            draw = drawn[3 * place : 3 * place + 3]
            if not self._ports:  # none from the start, or closed while we waited for room
                self._room.release()
                batch.settle(place, None)
                continue
            self._ports[draw[0] % len(self._ports)].ask(question, draw[1:], patience, batch, place)
        return await batch.answers()


class _Batch:
    """Questions asked together: their answers in order, once the last is there."""

    def __init__(self, count: int) -> None:
        self._found: list[Plain | None] = [None] * count
        self._missing = count
        self._all_there = asyncio.get_running_loop().create_future()

    def settle(self, place: int, found: Plain | None) -> None:
        """The one answer to the question at this place."""
        self._found[place] = found
        self._missing -= 1
        if not self._missing and not self._all_there.done():
            self._all_there.set_result(None)

    async def answers(self) -> list[Plain | None]:
        """All of them, once they are there."""
        if self._missing:
            await self._all_there
        return self._found


_Waiting = tuple[bytes, _Batch, int]  # the question in wire form, and where its answer belongs


class _Port(asyncio.DatagramProtocol):
    """One connected socket: the kernel drops what others than the server send."""

    def __init__(self, door: socket.socket, room: asyncio.Semaphore) -> None:
        self._door = door
        self._room = room
        self._asked: dict[bytes, _Waiting] = {}
        self._due: deque[tuple[float, bytes, _Waiting]] = deque()  # in the order of asking
        self._timer: asyncio.TimerHandle | None = None
        self._packets = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.DatagramTransport = transport  # type: ignore[assignment]

    def close(self) -> None:
        self._transport.abort()
        if self._timer is not None:
            self._timer.cancel()
        self._give_up()

    def ask(self, question: bytes, number: bytes, patience: float, batch: _Batch, place: int) -> None:
        """Send the question; its answer, or None when the patience ends, is settled in its batch."""
        waiting = question, batch, place
        if number in self._asked or self._transport.is_closing():
            self._settle(waiting, None)
            return
        self._asked[number] = waiting
        self._end_in_time(number, waiting, asyncio.get_running_loop().time() + patience)
        try:
            # Recursion desired; one question.
            self._door.send(number + b"\1\0\0\1\0\0\0\0\0\0" + question)
        except BlockingIOError:  # the system has no room for it
            self._end(number, waiting)
        except OSError:  # a refusal of an earlier question came back: it will not be told again
            self._give_up()

    def _end_in_time(self, number: bytes, waiting: _Waiting, end: float) -> None:
        """One timer for all questions of this socket: a timer for each would cost more than the question."""
        self._due.append((end, number, waiting))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(end, self._look_at_clock)

    def _look_at_clock(self) -> None:
        now = asyncio.get_running_loop().time()
        while self._due and (self._due[0][0] <= now or self._asked.get(self._due[0][1]) is not self._due[0][2]):
            self._end(*self._due.popleft()[1:])
        self._timer = None
        if self._due:
            self._timer = asyncio.get_running_loop().call_at(self._due[0][0], self._look_at_clock)

    def datagram_received(self, data: bytes, addr: tuple[str | bytes, int]) -> None:
        """What came, and all that came meanwhile: a round of the event loop for each would cost more than reading."""
        self._take(data)
        try:
            while not self._transport.is_closing():
                self._take(self._door.recv(_MOST_BYTES))
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._give_up()

    def _take(self, data: bytes) -> None:
        self._packets += 1
        if self._packets > _MOST_PACKETS:
            self.close()
            return
        number = data[:2]
        waiting = self._asked.get(number)
        if waiting is not None and data[12 : 12 + len(waiting[0])].lower() == waiting[0]:
            del self._asked[number]
            self._settle(waiting, plain_answer(data, 12 + len(waiting[0])))

    def error_received(self, exc: Exception) -> None:
        self._give_up()

    def _give_up(self) -> None:
        for number, waiting in list(self._asked.items()):
            self._end(number, waiting)

    def _end(self, number: bytes, waiting: _Waiting) -> None:
        """No plain answer to this question, unless it is settled already (its number may be another's by now)."""
        if self._asked.get(number) is waiting:
            del self._asked[number]
            self._settle(waiting, None)

    def _settle(self, waiting: _Waiting, found: Plain | None) -> None:
        _, batch, place = waiting
        self._room.release()
        batch.settle(place, found)


def _question(name: str) -> bytes | None:
    """The question's wire form; None for names that are not plain letters, digits, "-" and "_"."""
    plain = name.lower().rstrip(".")
    if len(plain) > 253 or not _NAME.fullmatch(plain):
        return None
    return b"".join([_LENGTHS[len(label)] + label for label in plain.encode("ascii").split(b".")]) + b"\0" + _A_IN


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
