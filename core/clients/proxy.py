"""The office's go-between for the web (HTTP proxy): which one is set, and a way through it (CONNECT, RFC 9110 9.3.6).

It carries https only. Mail on port 25, DNS, whois and ssh cannot go through it: where those are silent in such an
office, the office's own firewall may be the reason. Where the settings come from: `proxy_settings`. A SOCKS proxy could
carry more, but is not spoken here: who set it may not want a connection beside it, so none is tried.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from core.clients.proxy_settings import goes_directly, is_socks, proxy_settings
from core.clients.smtp_wire import SocketWire
from core.errors import CheckConnectionError, CheckError

_MOST_BYTES = 16 * 1024  # of the proxy's answer
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r)")
_USUAL_PORT = 8080


@dataclass(frozen=True)
class Proxy:
    """`login` goes to the proxy and nowhere else."""

    host: str
    port: int
    login: str = field(default="", repr=False)  # user:password

    @property
    def name(self) -> str:
        """For people: without the login."""
        return f"{self.host}:{self.port}"


def proxy_for(host: str) -> Proxy | None:
    """The proxy that leads to `https://host`; None when none is set, or not for this host.

    Raises CheckError "http.proxy_socks", or "http.proxy_unusable" for one of another kind or that cannot be read.
    """
    found = proxy_settings()
    text = found.get("https") or found.get("all") or ""
    if not (text or found.get("socks")) or goes_directly(host, found):
        return None
    if not text or is_socks(text):
        raise CheckError("http.proxy_socks", host=host)
    return _parsed(text, host)


def _parsed(text: str, host: str) -> Proxy:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        name, port = parts.hostname or "", parts.port or _USUAL_PORT
    except ValueError as error:
        raise CheckError("http.proxy_unusable", host=host) from error
    if parts.scheme != "http" or not name:
        raise CheckError("http.proxy_unusable", host=host)
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    return Proxy(name, port, login)


async def connect_through(proxy: Proxy, host: str, port: int) -> SocketWire:
    """A connection to `host`:`port` through the proxy. Raises the `http.proxy_*` errors; the caller limits the time."""
    try:
        wire = await SocketWire.connect(proxy.host, proxy.port)
    except (OSError, UnicodeError) as error:  # the second: a name that cannot be one
        raise CheckConnectionError("http.proxy_silent", host=host, proxy=proxy.name) from error
    try:
        await wire.write(_request(proxy, host, port))
        status = await _status(wire)
    except OSError as error:
        wire.close()
        raise CheckConnectionError("http.proxy_silent", host=host, proxy=proxy.name) from error
    except BaseException:
        wire.close()
        raise
    if 200 <= status < 300:
        return wire
    wire.close()
    code = "http.proxy_wants_login" if status == 407 else "http.proxy_refused"
    raise CheckError(code, host=host, proxy=proxy.name)


def _request(proxy: Proxy, host: str, port: int) -> bytes:
    lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
    if proxy.login:
        token = base64.b64encode(proxy.login.encode("utf-8")).decode("ascii")
        lines.append(f"Proxy-Authorization: Basic {token}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


async def _status(wire: SocketWire) -> int:
    """The status of the proxy's answer; 0 for something else. The tunnel begins right behind the answer's head."""
    head = bytearray()
    while b"\r\n\r\n" not in head and len(head) < _MOST_BYTES and (data := await wire.read()):
        head += data
    found = _STATUS.match(head)
    # A server under TLS never speaks first: whatever stands behind the head is not from it.
    return int(found[1]) if found and head.endswith(b"\r\n\r\n") else 0
