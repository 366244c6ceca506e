"""One DNS question over one socket: UDP (RFC 1035 section 4.2.1) or TCP (section 4.2.2, RFC 7766).

The UDP socket is connected, so that the kernel drops strangers' packets and reports a closed port at once. Garbage
and answers to other questions are ignored until the caller's time is up. Every socket is closed on the way out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import dns.exception
import dns.flags
import dns.message

Endpoint = tuple[str, int]
MOST_PACKETS = 64  # a flood of wrong packets ends the attempt instead of keeping the processor busy


class BrokenAnswerError(Exception):
    """Something came back that is no answer to the question."""


async def ask_udp(query: dns.message.Message, endpoint: Endpoint) -> dns.message.Message:
    """Send `query`; the first matching response, perhaps truncated. Raises OSError; waits as long as it may."""
    loop = asyncio.get_running_loop()
    transport, packets = await loop.create_datagram_endpoint(_Packets, remote_addr=endpoint)
    try:
        transport.sendto(query.to_wire())
        for _ in range(MOST_PACKETS):
            response = _response(await packets.next(), query)
            if response is not None:
                return response
        raise BrokenAnswerError("flooded")
    finally:
        transport.close()


async def ask_tcp(query: dns.message.Message, endpoint: Endpoint) -> dns.message.Message:
    """Send `query` over a connection of its own. Raises OSError, or BrokenAnswerError when it closes early."""
    reader, writer = await asyncio.open_connection(*endpoint, limit=1 << 17)
    try:
        wire = query.to_wire()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        length = int.from_bytes(await reader.readexactly(2), "big")
        response = _response(await reader.readexactly(length), query)
    except asyncio.IncompleteReadError as error:
        raise BrokenAnswerError("connection closed early") from error
    finally:
        # Abort, not close: nothing of ours is left to send, and a peer that never reads must not hold us.
        writer.transport.abort()
    if response is None or response.flags & dns.flags.TC:
        raise BrokenAnswerError("no answer to the question")
    return response


def _response(packet: bytes, query: dns.message.Message) -> dns.message.Message | None:
    """The packet as a message if it answers `query`. A cut message is parsed as far as it goes."""
    with _ignoring_garbage():
        message = dns.message.from_wire(packet, ignore_trailing=True)
        if query.is_response(message):
            return message
    return None


@contextlib.contextmanager
def _ignoring_garbage() -> Iterator[None]:
    # dnspython meets hostile bytes with its own errors and, in odd corners of rdata, with these.
    with contextlib.suppress(dns.exception.DNSException, ValueError, IndexError, KeyError, NotImplementedError):
        yield


class _Packets(asyncio.DatagramProtocol):
    """What arrived on the socket, in order; an error of the socket is raised to who waits."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes | OSError] = asyncio.Queue(MOST_PACKETS)

    def datagram_received(self, data: bytes, addr: tuple[str | bytes, int]) -> None:
        self._put(data)

    def error_received(self, exc: Exception) -> None:
        self._put(exc if isinstance(exc, OSError) else OSError(str(exc)))

    def _put(self, item: bytes | OSError) -> None:
        with contextlib.suppress(asyncio.QueueFull):  # a flood: what does not fit is lost, as UDP may
            self._queue.put_nowait(item)

    async def next(self) -> bytes:
        """The next packet."""
        item = await self._queue.get()
        if isinstance(item, OSError):
            raise item
        return item
