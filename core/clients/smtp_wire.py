"""A TCP connection as a `Wire`: what arrives waits in a buffer of ours, at most a few chunks of it."""

from __future__ import annotations

import asyncio
import ipaddress

_BUFFER_LIMIT = 128 * 1024  # bytes waiting unread before the socket is paused


class SocketWire(asyncio.Protocol):
    """One TCP connection. A broken one raises its `OSError` on `read` and `write`."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._transport: asyncio.Transport | None = None
        self._ended = False
        self._error: Exception | None = None

    @classmethod
    async def connect(cls, address: str, port: int) -> SocketWire:
        """Open a connection; raises `OSError`. The caller limits the time."""
        _, wire = await asyncio.get_running_loop().create_connection(cls, address, port)
        return wire

    @property
    def local_address(self) -> str:
        """Our end of the connection."""
        return self._name("sockname")

    @property
    def on_loopback(self) -> bool:
        """Whether the socket really leads to this machine."""
        peer = self._name("peername").split("%")[0]
        return bool(peer) and ipaddress.ip_address(peer).is_loopback

    def _name(self, which: str) -> str:
        found = self._transport.get_extra_info(which) if self._transport else None
        return str(found[0]) if found else ""

    async def read(self) -> bytes:
        """Some bytes, or b"" when the other side has closed."""
        while not self._buffer and not self._ended:
            self._arrived.clear()
            await self._arrived.wait()
        if not self._buffer and self._error is not None:
            raise self._error
        return self.pending()

    def pending(self) -> bytes:
        """Take what has arrived already."""
        data = bytes(self._buffer)
        self._buffer.clear()
        if self._transport is not None and not self._ended:
            self._transport.resume_reading()
        return data

    async def write(self, data: bytes) -> None:
        """Send; waits while the other side takes nothing."""
        if self._transport is None or self._ended:
            raise self._error or ConnectionResetError("connection closed")
        self._transport.write(data)
        await self._writable.wait()

    def close(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: the connection stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes came."""
        self._buffer += data
        self._arrived.set()
        if len(self._buffer) > _BUFFER_LIMIT and self._transport is not None:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """asyncio: the other side will send no more."""
        self._ended = True
        self._arrived.set()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: the connection is gone."""
        self._ended, self._error = True, exc
        self._arrived.set()
        self._writable.set()

    def pause_writing(self) -> None:
        """asyncio: the other side is slow to take."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """asyncio: it goes on."""
        self._writable.set()
