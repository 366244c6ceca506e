"""One bounded SMTP dialogue (RFC 5321, 3207), read line by line, and a mail only for the proof by arrival.

Of our own because the server may be hostile: Python's `smtplib` counts its time limit for each read and has no
limit of bytes, and asyncio's `start_tls` takes injected plaintext for encrypted text. Limits: one deadline for the
session, one for each reply, one for a reply that has begun, and those of `smtp_reply`. Every command waits for its
whole reply; a reply nobody asked for ends the session. After a time-out, an error or a cancellation the connection is
dropped and never used again.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import NoReturn

from core.clients.smtp_reply import LINE_LIMIT, SESSION_LIMIT, Reply, ReplyError, ReplyReader
from core.clients.smtp_wire import SocketWire
from core.clients.ssh_tunnel import PipeWire
from core.clients.tls import PlainTextInsteadOfTlsError, TlsFacts, TlsWire, Wire
from core.errors import CheckConnectionError, CheckError, CheckTimeoutError, UsageError
from core.model import Evidence

COMMAND_LIMIT = 510  # RFC 5321 4.5.3.1.4: 512 octets with CR LF
# Seconds from a reply's first byte to its last: a greylisting spamd stutters for 10, postscreen's teaser takes 6.
TRICKLE_LIMIT = 15.0
_FAREWELL_LIMIT = 3.0  # seconds to wait for the answer to QUIT
_NOT_UNDERSTOOD = frozenset({500, 501, 502, 503, 504, 550, 554})


@dataclass(frozen=True)
class Hello:
    """The answer to EHLO, or to HELO where the server did not know EHLO."""

    reply: Reply
    extended: bool
    capabilities: tuple[str, ...]  # as offered, one a line: "SIZE 10240000"

    def offers(self, keyword: str) -> bool:
        """Whether an extension was offered."""
        return any(line.split(" ", 1)[0].upper() == keyword.upper() for line in self.capabilities if line)


class SmtpSession:
    """One dialogue; an async context manager that says QUIT on the way out."""

    trickle_limit: float = TRICKLE_LIMIT
    rerouted: bool = False  # the socket leads elsewhere (practice, tests): its local address tells nothing

    def __init__(
        self,
        wire: Wire,
        address: str,
        port: int,
        until: float,
        reply_limit: float,
        server_name: str = "",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._wire = wire
        self._context = context
        self._until = until
        self._reply_limit = reply_limit
        self._server_name = server_name
        self._buffer = bytearray()
        self._said_bytes = 0
        self._state = "greeting"
        self._transcript: list[Evidence] = []
        self._broken = False
        self._closed = False
        self.peer_address = address
        self.port = port
        self.local_address = wire.local_address if isinstance(wire, SocketWire | PipeWire) else ""
        self.on_loopback = isinstance(wire, SocketWire) and wire.on_loopback
        self.greeting = Reply(0, None, ())
        self.tls: TlsFacts | None = None
        self.bare_lf = False

    @property
    def transcript(self) -> tuple[Evidence, ...]:
        """Everything asked and answered so far, raw."""
        return tuple(self._transcript)

    @property
    def usable(self) -> bool:
        """Whether another command may be sent."""
        return not (self._broken or self._closed)

    async def start(self, tls: bool) -> None:
        """Encrypt if asked, then read the greeting. Called once by `SmtpClient.open`."""
        if tls:
            await self._encrypt()
        self.greeting = await self._reply(f"(connect {self.peer_address}:{self.port})")

    async def __aenter__(self) -> SmtpSession:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None or issubclass(kind, CheckError):
                await self.quit()
        finally:
            self.close()

    async def quit(self) -> None:
        """Take leave. What goes wrong here changes nothing we learned, so it is not raised."""
        if not self.usable:
            return
        self._until = min(self._until, time.monotonic() + _FAREWELL_LIMIT)
        with contextlib.suppress(CheckError):
            await self.command("QUIT")

    def close(self) -> None:
        """Drop the connection at once."""
        self._closed = True
        self._wire.close()

    async def ehlo(self, name: str) -> Hello:
        """Greet as `name`; with HELO when the server does not know EHLO."""
        reply = await self.command(f"EHLO {name}")
        if reply.positive:
            return Hello(reply, True, reply.lines[1:])
        if reply.code in _NOT_UNDERSTOOD and self.usable:
            reply = await self.command(f"HELO {name}")
        return Hello(reply, False, ())

    async def command(self, line: str) -> Reply:
        """Send one command and wait for its whole reply, which may be a refusal."""
        _refuse_unsafe(line)
        self._state = line.split(" ", 1)[0].upper()
        async with self._limited():
            await asyncio.sleep(0)  # let what has arrived out of turn reach the buffer
            self._buffer += self._wire.pending()
            if self._buffer:
                return await self._spoken_out_of_turn(line)
            await self._wire.write(line.encode("ascii") + b"\r\n")
        return await self._reply(line)

    async def message(self, text: bytes) -> Reply:
        """DATA and the message (lines end in CR LF), after RCPT was accepted; the server's last word, or its refusal of
        DATA. Only the proof by arrival sends a message, with the person's consent for this one.

        Raises UsageError "smtp.bad_command" for lines over 998 octets or a bare LF (RFC 5322 2.1.1), else as `command`.
        """
        if any(len(line) > 998 for line in text.split(b"\r\n")) or b"\n" in text.replace(b"\r\n", b""):
            raise UsageError("smtp.bad_command", command="DATA")
        reply = await self.command("DATA")
        if reply.code != 354:
            return reply
        stuffed = text.replace(b"\r\n.", b"\r\n..")  # RFC 5321 4.5.2
        stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
        async with self._limited():
            await self._wire.write(stuffed.removesuffix(b"\r\n") + b"\r\n.\r\n")
        return await self._reply("(message)")

    async def starttls(self) -> TlsFacts:
        """Encrypt the session (RFC 3207); greet again afterwards. Raises `smtp.starttls_refused`,
        `smtp.injected`, `smtp.tls_failed`."""
        reply = await self.command("STARTTLS")
        if reply.code != 220:
            self._fail_with(CheckError("smtp.starttls_refused", **self._place(), said=reply.raw[:500]))
        await asyncio.sleep(0)
        self._buffer += self._wire.pending()
        if self._buffer:
            self._injected(bytes(self._buffer))
        self._state = "STARTTLS"
        return await self._encrypt(after_starttls=True)

    async def _encrypt(self, after_starttls: bool = False) -> TlsFacts:
        name = self._server_name
        async with self._limited():
            try:
                layer = TlsWire(self._wire, name, self._context)
                self.tls = await layer.handshake()
            except PlainTextInsteadOfTlsError as error:
                if after_starttls:
                    self._injected(error.said)
                said = error.said.decode("utf-8", errors="backslashreplace")
                self._note("(TLS handshake)", said)
                self._fail_with(CheckError("smtp.plain_on_tls_port", **self._place(), said=said), error)
            except ssl.SSLError as error:
                self._note("(TLS handshake)", str(error))
                self._fail_with(CheckError("smtp.tls_failed", **self._place(), reason=str(error)), error)
        self._note("(TLS handshake)", f"{self.tls.version} {self.tls.cipher}")
        self._wire = layer
        return self.tls

    async def _reply(self, asked: str) -> Reply:
        reader = ReplyReader()
        async with self._limited(asked, reader) as clock:
            while True:
                line = await self._line(asked, reader, clock)
                try:
                    reply = reader.feed(line)
                except ReplyError as error:
                    self._unreadable(asked, reader, error)
                if reply is not None:
                    break
        self.bare_lf = self.bare_lf or reader.bare_lf
        self._note(asked, reply.raw)
        if reply.code == 421:
            self._broken = True  # RFC 5321 3.8: the server is closing the connection
        return reply

    async def _line(self, asked: str, reader: ReplyReader, clock: asyncio.Timeout) -> bytes:
        """The next line with its line end, within the limits."""
        while (end := self._buffer.find(b"\n", 0, LINE_LIMIT)) < 0:
            if len(self._buffer) >= LINE_LIMIT:
                said = bytes(self._buffer[:200]).decode("utf-8", errors="backslashreplace")
                self._unreadable(asked, reader, ReplyError("endless", said))
            data = await self._wire.read()
            if not data:
                rest = bytes(self._buffer).decode("utf-8", errors="backslashreplace")
                self._note(asked, f"{reader.raw}\n{rest}\n(connection closed)".strip())
                self._fail_with(CheckConnectionError("smtp.connection_lost", **self._place()))
            if not reader.raw and not self._buffer:
                self._now_it_speaks(clock)
            self._said_bytes += len(data)
            self._buffer += data
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        if self._said_bytes - len(self._buffer) > SESSION_LIMIT:
            self._unreadable(asked, reader, ReplyError("endless", line.decode("utf-8", errors="backslashreplace")))
        return line

    def _now_it_speaks(self, clock: asyncio.Timeout) -> None:
        """A reply has begun: one that comes byte by byte may not use up the whole time of a reply."""
        end = asyncio.get_running_loop().time() + self.trickle_limit
        clock.reschedule(min(end, clock.when() or end))

    @contextlib.asynccontextmanager
    async def _limited(self, asked: str = "", reader: ReplyReader | None = None) -> AsyncIterator[asyncio.Timeout]:
        """The shorter of the session's and the reply's time limit; nobody reuses a session that broke inside."""
        left = min(self._until - time.monotonic(), self._reply_limit)
        try:
            async with asyncio.timeout(max(0.0, left)) as clock:
                yield clock
        except (CheckError, ReplyError):
            raise
        except TimeoutError as error:
            rest = bytes(self._buffer[:200]).decode("utf-8", errors="backslashreplace")
            self._note(asked or self._state, f"{reader.raw if reader else ''}\n{rest}\n(no answer in time)".strip())
            self._fail_with(CheckTimeoutError("smtp.reply_timed_out", **self._place()), error)
        except (OSError, ssl.SSLError) as error:
            self._note(asked or self._state, f"({type(error).__name__})")
            self._fail_with(CheckConnectionError("smtp.connection_lost", **self._place()), error)
        except asyncio.CancelledError:
            self._broken = True
            self.close()
            raise

    async def _spoken_out_of_turn(self, line: str) -> Reply:
        """421 may come at any time (RFC 5321 3.8) and is the answer to what we meant to ask; all else is an error."""
        said = bytes(self._buffer[:200]).decode("utf-8", errors="backslashreplace")
        if not said.startswith("421"):
            self._note("", said)
            self._fail_with(CheckError("smtp.out_of_turn", **self._place(), said=said))
        return await self._reply(line)

    def _injected(self, said: bytes) -> NoReturn:
        text = said[:200].decode("utf-8", errors="backslashreplace")
        self._note("(TLS handshake)", text)
        self._fail_with(CheckError("smtp.injected", **self._place(), said=text))

    def _unreadable(self, asked: str, reader: ReplyReader, error: ReplyError) -> NoReturn:
        self._note(asked, f"{reader.raw}\n{error.said}".strip()[:4000])
        code = "smtp.broken_reply" if self._state != "greeting" or reader.raw else "smtp.not_smtp"
        code = "smtp.too_much" if error.reason == "endless" else code
        self._fail_with(CheckError(code, **self._place(), said=error.said[:200]), error)

    def _fail_with(self, error: CheckError, cause: BaseException | None = None) -> NoReturn:
        self._broken = True
        self.close()
        error.transcript = self.transcript
        raise error from cause

    def _place(self) -> dict[str, str | int]:
        return {"address": self.peer_address, "port": self.port, "state": self._state}

    def _note(self, asked: str, answered: str) -> None:
        self._transcript.append(Evidence(asked, answered, datetime.now(UTC)))


def _refuse_unsafe(line: str) -> None:
    """Our own command must be one line of printable ASCII: addresses typed by a person end up in it."""
    if len(line) > COMMAND_LIMIT or not line.isascii() or not line.isprintable():
        raise UsageError("smtp.bad_command", command=line[:80])
