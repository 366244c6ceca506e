"""An SMTP server on loopback that misbehaves on request. What it does at each moment is data.

A script maps a moment ("connect", "EHLO", "MAIL", "RCPT TO:<x@y>" or its verb) to actions; without an entry the
server answers as an ordinary one. Several entries for a moment are used up in turn, the last one stays.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Send:
    """Send bytes, all at once or one by one with `every` seconds between."""

    data: bytes
    every: float = 0.0


@dataclass(frozen=True)
class Endless:
    """Send the same bytes until the other side has had enough (at most 16 MB)."""

    data: bytes


@dataclass(frozen=True)
class Silence:
    """Say nothing for so long; the connection stays open."""

    seconds: float = 30.0


@dataclass(frozen=True)
class Reset:
    """Break the connection with a TCP reset."""


@dataclass(frozen=True)
class Close:
    """Close the connection in the ordinary way."""


@dataclass(frozen=True)
class StartTls:
    """Begin the TLS handshake as the server."""


Action = Send | Endless | Silence | Reset | Close | StartTls
Script = Mapping[str, Sequence[Action]]

ORDINARY: dict[str, tuple[Action, ...]] = {
    "connect": (Send(b"220 mx.example.jp ESMTP Postfix\r\n"),),
    "EHLO": (Send(b"250-mx.example.jp\r\n250-PIPELINING\r\n250 8BITMIME\r\n"),),
    "HELO": (Send(b"250 mx.example.jp\r\n"),),
    "MAIL": (Send(b"250 2.1.0 Ok\r\n"),),
    "RCPT": (Send(b"454 4.7.1 <relaytest@example.net>: Relay access denied\r\n"),),
    "RSET": (Send(b"250 2.0.0 Ok\r\n"),),
    "STARTTLS": (Send(b"220 2.0.0 Ready\r\n"), StartTls()),
    "QUIT": (Send(b"221 2.0.0 Bye\r\n"), Close()),
}


@dataclass
class HostileServer:
    """A running server: where it listens and what it was told."""

    script: Script
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    port: int = 0
    received: list[str] = field(default_factory=list)
    connections: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, in a task of ours: asyncio 3.11 logs an error when it has to cancel its own."""
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._converse(reader, writer)
        finally:
            writer.transport.abort()

    async def stop(self) -> None:
        """End every connection."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._act("connect", writer):
            return
        for _ in range(200):
            line = (await reader.readline()).decode("utf-8", "replace").strip()
            if not line:
                return
            self.received.append(line)
            moment = line if line in self.script else line.split(" ")[0].split(":")[0].upper()
            if not await self._act(moment, writer):
                return

    async def _act(self, moment: str, writer: asyncio.StreamWriter) -> bool:
        actions = self.script.get(moment, ORDINARY.get(moment, (Send(b"502 5.5.2 unknown\r\n"),)))
        for action in actions:
            if not await self._one(action, writer):
                return False
        return True

    async def _one(self, action: Action, writer: asyncio.StreamWriter) -> bool:
        match action:
            case Send(data, every):
                await _send(writer, data, every)
            case Endless(data):
                for _ in range(16 * 1024 * 1024 // len(data)):
                    await _send(writer, data, 0)
            case Silence(seconds):
                await asyncio.sleep(seconds)
            case Reset():
                _linger_zero(writer)
                return False
            case Close():
                writer.close()
                return False
            case StartTls():
                assert self.tls is not None
                await writer.start_tls(self.tls)
        return True


async def _send(writer: asyncio.StreamWriter, data: bytes, every: float) -> None:
    for chunk in [data] if not every else [data[i : i + 1] for i in range(len(data))]:
        writer.write(chunk)
        await writer.drain()
        if every:
            await asyncio.sleep(every)


def _linger_zero(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@asynccontextmanager
async def hostile_server(
    script: Script | None = None, tls: ssl.SSLContext | None = None, implicit_tls: bool = False
) -> AsyncIterator[HostileServer]:
    """Run one on 127.0.0.1 until the block ends."""
    server = HostileServer(script or {}, tls, implicit_tls)
    listening = await asyncio.start_server(server.accept, "127.0.0.1", 0, ssl=tls if implicit_tls else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.stop()
        await listening.wait_closed()
