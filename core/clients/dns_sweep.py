"""Many A questions at once over a few UDP sockets (RFC 1035), for blacklists: the plain answers, and those only.

A plain answer is "no such name", "no such record" or a few A records at the very name asked, from a server that says
it is final. Whatever else comes, or nothing, gives None, and the caller asks again through `Resolver.query`, which
knows every other form, TCP and errors. So this can make a run faster, but never tell anything `query` would not.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from types import TracebackType

from core.clients.journal import let_sockets_close

Endpoint = tuple[str, int]
PATIENCE = 1.0  # seconds before a question is asked again with care
_SOCKETS = 8  # their ports, beside the number of the question, are what a forger would have to guess
_MOST_WAITING = 240  # questions under way; what comes on top goes the careful way at once
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
        self._waiting = 0

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
        question = _question(name)
        if question is None or not self._ports or self._waiting >= _MOST_WAITING:
            return None
        self._waiting += 1
        try:
            drawn = secrets.token_bytes(3)  # which port, and the question's number
            return await self._ports[drawn[0] % len(self._ports)].ask(question, drawn[1:], patience)
        finally:
            self._waiting -= 1


class _Port(asyncio.DatagramProtocol):
    """One connected socket: the kernel drops what others than the server send."""

    def __init__(self) -> None:
        self._asked: dict[bytes, tuple[bytes, asyncio.Future[Plain | None]]] = {}
        self._packets = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.DatagramTransport = transport  # type: ignore[assignment]

    def close(self) -> None:
        self._transport.abort()
        self._give_up()

    async def ask(self, question: bytes, number: bytes, patience: float) -> Plain | None:
        if number in self._asked or self._transport.is_closing():
            return None
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Plain | None] = loop.create_future()
        self._asked[number] = question, answer
        timer = loop.call_later(patience, _settle, answer, None)
        try:
            # Recursion desired; one question.
            self._transport.sendto(number + b"\1\0\0\1\0\0\0\0\0\0" + question)
            return await answer
        finally:
            timer.cancel()
            del self._asked[number]

    def datagram_received(self, data: bytes, addr: tuple[str | bytes, int]) -> None:
        self._packets += 1
        if self._packets > _MOST_PACKETS:
            self.close()
            return
        question, answer = self._asked.get(data[:2], (b"", None))
        if answer is not None and data[12 : 12 + len(question)].lower() == question:
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
