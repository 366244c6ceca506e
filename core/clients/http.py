"""One HTTPS GET (RFC 9110), for RDAP (RFC 9083) and MTA-STS policies (RFC 8461): bounded in time and bytes.

Names are looked up through the run's own resolver and connections go through its reroute, so that a practice run
never leaves the laptop. The certificate is verified with its name. No redirect is followed: it is an answer.
"""

from __future__ import annotations

import asyncio
import http.client
import io
import json
import ssl
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from core import __version__
from core.clients.journal import Journal
from core.clients.proxy import connect_through, proxy_for
from core.clients.proxy_settings import ProxyKind, proxy_kind
from core.clients.reroute import Reroute
from core.clients.server_clock import time_in_text
from core.clients.smtp_wire import SocketWire
from core.clients.tls import PlainTextInsteadOfTlsError, TlsWire, verifying_context
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError

if TYPE_CHECKING:
    from core.clients.resolver import Resolver

MOST_BYTES = 256 * 1024
_PORT = 443


@dataclass(frozen=True)
class HttpAnswer:
    """Status, media type, body and date of one answer."""

    status: int
    content_type: str
    body: bytes
    date: str = ""

    def json(self) -> Any:
        """The body as JSON. Raises ValueError; hostile depth counts as that too."""
        try:
            return json.loads(self.body.decode("utf-8"))
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


class HttpClient:
    """`limit`: seconds for one whole exchange."""

    def __init__(self, resolver: Resolver | None, reroute: Reroute, journal: Journal, limit: float = 10.0) -> None:
        self._resolver = resolver
        self._reroute = reroute
        self._journal = journal
        self._limit = limit

    async def get(self, url: str, accept: str) -> HttpAnswer:
        """Fetch an https URL. Raises the `http.*` errors, or the resolver's when the name could not be asked."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" or parts.port not in (None, _PORT) or not host:
            raise ValueError(f"only https: {url[:200]}")
        wire: SocketWire | None = None
        try:
            async with asyncio.timeout(self._limit):
                wire = await self._connect(host)
                raw = await _exchange(wire, host, _request(parts.path, host, accept))
        except CheckError:
            raise
        except TimeoutError as error:
            raise self._by_script(host) or CheckTimeoutError("http.timed_out", host=host) from error
        except ssl.SSLCertVerificationError as error:
            raise CheckError("http.not_trusted", host=host) from error
        except PlainTextInsteadOfTlsError as error:
            raise CheckError("http.broken_answer", host=host) from error
        except OSError as error:
            raise self._by_script(host) or CheckConnectionError("http.unreachable", host=host) from error
        finally:
            if wire:
                wire.close()
        answer = _parsed(raw, host)
        self._journal.note_clock(host, time_in_text(answer.date))
        return answer

    @cached_property
    def proxy_kind(self) -> ProxyKind | None:
        """By what kind of go-between this office reaches the web. What leads elsewhere (practice, tests) has none."""
        return None if self._reroute.closed or self._reroute.table else proxy_kind()

    @property
    def behind_proxy(self) -> bool:
        """Whether this office reaches the web through a go-between."""
        return self.proxy_kind is not None

    def _by_script(self, host: str) -> CheckError | None:
        """A script that nobody here runs may have known a way: then nothing is said about `host`."""
        return CheckConnectionError("http.proxy_script", host=host) if self.proxy_kind == "script" else None

    async def _connect(self, host: str) -> SocketWire:
        """Through the office's proxy, else to the first address that takes the connection."""
        if self.behind_proxy and (proxy := proxy_for(host)):
            self._journal.note_contact(proxy.host, proxy.port, "HTTP proxy")
            self._journal.note_contact(host, _PORT, "HTTPS")
            return await connect_through(proxy, host, _PORT)
        failure: OSError = ConnectionRefusedError("no address")
        for address in await self._addresses(host):
            endpoint = self._reroute.endpoint(address, _PORT)
            if endpoint is None:
                continue
            self._journal.note_contact(host, _PORT, "HTTPS")
            try:
                return await SocketWire.connect(*endpoint)
            except OSError as error:
                failure = error
        raise failure

    async def _addresses(self, host: str) -> tuple[str, ...]:
        return await self._resolver.addresses(host) if self._resolver else ()


def _request(path: str, host: str, accept: str) -> bytes:
    lines = (
        f"GET {path or '/'} HTTP/1.1",
        f"Host: {host}",
        f"Accept: {accept}",
        f"User-Agent: mail-first-aid/{__version__}",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


async def _exchange(wire: SocketWire, host: str, request: bytes) -> bytes:
    context = verifying_context()
    context.check_hostname = True
    tls = TlsWire(wire, host, context)
    await tls.handshake()
    await tls.write(request)
    raw = bytearray()
    while len(raw) <= MOST_BYTES and (data := await tls.read()):
        raw += data
        if _is_whole(raw):
            break
    return bytes(raw)


def _is_whole(raw: bytearray) -> bool:
    """Whether a body of announced length is there: some servers keep the connection open in spite of our wish."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    if not gap:
        return False
    lines = [line.lower() for line in bytes(head).split(b"\r\n")]
    lengths = [line.partition(b":")[2].strip() for line in lines if line.startswith(b"content-length:")]
    if lengths:
        return lengths[0].isdigit() and len(body) >= int(lengths[0])
    return b"transfer-encoding: chunked" in lines and body.endswith(b"0\r\n\r\n")


class _Recorded:
    """What `http.client` reads from instead of a socket."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._raw)


def _parsed(raw: bytes, host: str) -> HttpAnswer:
    if len(raw) > MOST_BYTES:
        raise CheckError("http.too_much", host=host)
    response = http.client.HTTPResponse(_Recorded(raw))  # type: ignore[arg-type]
    try:
        response.begin()
        body = response.read()
    except (http.client.HTTPException, OSError, ValueError, OverflowError) as error:  # the last: a chunk of 2^64 bytes
        raise CheckError("http.broken_answer", host=host) from error
    kind, date = (response.getheader(name) or "" for name in ("Content-Type", "Date"))
    return HttpAnswer(response.status, kind.lower(), body, date)
