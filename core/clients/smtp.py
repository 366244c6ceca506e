"""The SMTP door (RFC 5321): connects to a server, directly or through another machine, and hears its greeting.

The dialogue itself, with all its limits, is in `smtp_session`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import time

from core.clients.journal import Journal
from core.clients.line import missing_family
from core.clients.reroute import Reroute
from core.clients.server_clock import time_in_text
from core.clients.smtp_session import TRICKLE_LIMIT, SmtpSession
from core.clients.smtp_wire import SocketWire
from core.clients.ssh_tunnel import PipeWire, SshTunnel
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError, UsageError


class SmtpClient:
    """Opens sessions. `connect_limit` and `reply_limit` are seconds for one connection and one reply, `trickle_limit`
    for a reply from its first byte to its last. `way` leads through another machine."""

    def __init__(
        self,
        reroute: Reroute,
        journal: Journal,
        connect_limit: float = 10.0,
        reply_limit: float = 30.0,
        way: SshTunnel | None = None,
        trickle_limit: float = TRICKLE_LIMIT,
    ) -> None:
        self._way = way
        self._trickle_limit = trickle_limit
        # The machine outside has a line of its own: our translator is none of it.
        self._reroute = reroute if way is None else reroute.for_one_run()
        self._journal = journal
        self._connect_limit = connect_limit
        self._reply_limit = reply_limit

    async def close(self) -> None:
        """End what the way through another machine left running."""
        if self._way is not None:
            await self._way.close()

    async def open(
        self,
        address: str,
        port: int,
        *,
        tls: bool = False,
        server_name: str = "",
        deadline: float,
        context: ssl.SSLContext | None = None,
    ) -> SmtpSession:
        """Connect to an IP address and read the greeting, whatever it says.

        `tls`: encrypted from the first byte (port 465). `server_name`: sent in the TLS handshake.
        `deadline`: seconds for the whole session. `context`: of the encryption, else one that accepts any certificate.
        Raises the `smtp.*` errors.
        """
        where = _checked_endpoint(address, port)
        until = time.monotonic() + deadline
        wire = await self._connect(address, port, min(self._connect_limit, deadline))
        session = SmtpSession(wire, address, port, until, self._reply_limit, server_name, context)
        session.trickle_limit = self._trickle_limit
        session.rerouted = where != self._reroute.endpoint(address, port)
        try:
            await session.start(tls)
        except BaseException:
            session.close()
            raise
        self._journal.note_clock(address, time_in_text(session.greeting.text))
        return session

    async def _connect(self, address: str, port: int, limit: float) -> SocketWire | PipeWire:
        self._journal.note_contact(address, port, "SMTP")
        endpoint = self._reroute.endpoint(address, port)
        if endpoint is None:
            raise CheckConnectionError("smtp.connection_refused", address=address, port=port)
        try:
            async with asyncio.timeout(limit):
                if self._way is not None:
                    return await self._way.connect(*endpoint)
                return await SocketWire.connect(*endpoint)
        except CheckError:
            raise
        except TimeoutError as error:
            raise CheckTimeoutError("smtp.connect_timed_out", address=address, port=port) from error
        except ConnectionRefusedError as error:
            raise CheckConnectionError("smtp.connection_refused", address=address, port=port) from error
        except OSError as error:
            if self._way is None and endpoint == (address, port) and (family := missing_family(address)):
                raise CheckConnectionError("smtp.no_family", address=address, port=port, family=family) from error
            raise CheckConnectionError("smtp.unreachable", address=address, port=port) from error


def _checked_endpoint(address: str, port: int) -> tuple[str, int]:
    try:
        ipaddress.ip_address(address)
    except ValueError as error:
        raise UsageError("smtp.bad_address", address=address[:80]) from error
    if not 0 < port < 65536:
        raise UsageError("smtp.bad_address", address=f"{address}:{port}"[:80])
    return address, port
