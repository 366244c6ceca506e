"""Asks a WHOIS server (RFC 3912, port 43): one line out, text back, bounded in time and bytes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.smtp_wire import SocketWire
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError, UsageError

if TYPE_CHECKING:
    from core.clients.resolver import Resolver

MOST_BYTES = 64 * 1024
_PORT = 43


class WhoisClient:
    """`limit`: seconds for one whole exchange."""

    def __init__(self, resolver: Resolver | None, reroute: Reroute, journal: Journal, limit: float = 10.0) -> None:
        self._resolver = resolver
        self._reroute = reroute
        self._journal = journal
        self._limit = limit

    async def ask(self, server: str, question: str) -> str:
        """What `server` says to `question`. Raises the `whois.*` errors, or the resolver's for the server's name."""
        if not question.isascii() or not question.isprintable() or len(question) > 300:
            raise UsageError("dns.bad_name", name=question[:80])
        wire: SocketWire | None = None
        try:
            async with asyncio.timeout(self._limit):
                wire = await self._connect(server)
                await wire.write(question.encode("ascii") + b"\r\n")
                raw = await _until_closed(wire)
        except CheckError:
            raise
        except TimeoutError as error:
            raise CheckTimeoutError("whois.timed_out", server=server) from error
        except OSError as error:
            raise CheckConnectionError("whois.unreachable", server=server) from error
        finally:
            if wire:
                wire.close()
        return decoded(raw)

    async def _connect(self, server: str) -> SocketWire:
        failure: OSError = ConnectionRefusedError("no address")
        for address in await self._resolver.addresses(server) if self._resolver else ():
            endpoint = self._reroute.endpoint(address, _PORT)
            if endpoint is None:
                continue
            self._journal.note_contact(server, _PORT, "WHOIS")
            try:
                return await SocketWire.connect(*endpoint)
            except OSError as error:
                failure = error
        raise failure


async def _until_closed(wire: SocketWire) -> bytes:
    """Everything until the server closes; what is over the limit is left unread."""
    raw = bytearray()
    while len(raw) < MOST_BYTES and (data := await wire.read()):
        raw += data
    return bytes(raw[:MOST_BYTES])


def decoded(raw: bytes) -> str:
    """UTF-8, or ISO-2022-JP where its escapes stand (as JPRS writes); bytes that are neither stay visible."""
    coding = "iso2022_jp" if b"\x1b$" in raw else "utf-8"
    return raw.decode(coding, errors="backslashreplace").replace("\r\n", "\n")
