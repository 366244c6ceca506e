"""Looks at the encryption of one port: what is offered, in which version, with which certificate, trusted or not.

Two connections: one that takes whatever comes (so that an expired or self-made certificate can be read at all), one
that verifies as mail programs do. STARTTLS (RFC 3207) on 25 and 587, TLS from the first byte (RFC 8314) elsewhere.
Nothing secret is ever sent. A port that is closed, silent or without TLS is an answer, never an error.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import Literal

from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.session_names import greeting_name
from core.clients.smtp import SmtpClient
from core.clients.smtp_wire import SocketWire
from core.clients.tls import PlainTextInsteadOfTlsError, TlsFacts, TlsWire, looking_context, verifying_context
from core.errors import CheckError
from core.model import Evidence

TlsState = Literal[
    "encrypted", "refused", "timed_out", "unreachable", "not_offered", "not_tls", "failed", "not_smtp", "silent"
]
_STATES: dict[str, TlsState] = {
    "smtp.connection_refused": "refused",
    "smtp.connect_timed_out": "timed_out",
    "smtp.unreachable": "unreachable",
    "smtp.no_family": "unreachable",
    "smtp.reply_timed_out": "silent",
    "smtp.connection_lost": "silent",
    "smtp.not_smtp": "not_smtp",
}
TRUSTED = 0  # X509_V_OK


@dataclass(frozen=True)
class TlsLook:
    """What one port showed. `verify_code` is OpenSSL's (0: trusted; None: not found out)."""

    state: TlsState
    facts: TlsFacts | None = None
    verify_code: int | None = None
    verify_message: str = ""
    evidence: tuple[Evidence, ...] = ()


class TlsDoor:
    """Looks at ports; `limit` is seconds for each of the two connections."""

    def __init__(self, reroute: Reroute, journal: Journal, limit: float = 20.0) -> None:
        self._reroute = reroute
        self._journal = journal
        self._smtp = SmtpClient(reroute, journal, connect_limit=min(10.0, limit), reply_limit=limit)
        self._limit = limit

    async def look(self, address: str, port: int, server_name: str, *, starttls: bool) -> TlsLook:
        """`server_name` is sent in the handshake ("" for an address, RFC 6066)."""
        shake = self._shake_starttls if starttls else self._shake
        seen = await shake(address, port, server_name, looking_context())
        if seen.facts is None:
            return seen
        verified = await shake(address, port, server_name, verifying_context(old_protocols=True))
        code, message = (TRUSTED, "") if verified.facts else (verified.verify_code, verified.verify_message)
        return TlsLook("encrypted", seen.facts, code, message, seen.evidence)

    async def _shake_starttls(self, address: str, port: int, name: str, context: ssl.SSLContext) -> TlsLook:
        opened = False
        try:
            session = await self._smtp.open(address, port, server_name=name, deadline=self._limit, context=context)
            opened = True
            async with session:
                hello = await session.ehlo(greeting_name(session.local_address))
                if not session.greeting.positive or not hello.reply.positive:
                    return TlsLook("silent", evidence=session.transcript)
                if not hello.offers("STARTTLS"):
                    return TlsLook("not_offered", evidence=session.transcript)
                facts = await session.starttls()
                return TlsLook("encrypted", facts, evidence=session.transcript)
        except CheckError as error:
            cause = error.__cause__
            code, message = _verdict(cause) if isinstance(cause, ssl.SSLError) else (None, "")
            state = _STATES.get(error.code, "failed" if opened else "not_smtp")
            return TlsLook(state, None, code, message, error.transcript)

    async def _shake(self, address: str, port: int, name: str, context: ssl.SSLContext) -> TlsLook:
        endpoint = self._reroute.endpoint(address, port)
        if endpoint is None:
            return TlsLook("refused")
        self._journal.note_contact(address, port, "TLS")
        wire: SocketWire | None = None
        try:
            async with asyncio.timeout(self._limit / 2):
                wire = await SocketWire.connect(*endpoint)
                return _shown(await TlsWire(wire, name, context).handshake())
        except TimeoutError:
            return TlsLook("silent" if wire else "timed_out")
        except ConnectionRefusedError:
            return TlsLook("refused")
        except PlainTextInsteadOfTlsError as error:
            said = error.said.decode("utf-8", errors="backslashreplace")
            return TlsLook("not_tls", evidence=(Evidence("(TLS handshake)", said),))
        except ssl.SSLError as error:
            code, message = _verdict(error)
            return TlsLook("failed", None, code, message, (Evidence("(TLS handshake)", str(error)),))
        except OSError:
            return TlsLook("failed" if wire else "unreachable")
        finally:
            if wire:
                wire.close()


def _shown(facts: TlsFacts) -> TlsLook:
    return TlsLook(
        "encrypted", facts, evidence=(Evidence("(TLS handshake)", f"{facts.version} {facts.cipher}".strip()),)
    )


def _verdict(error: ssl.SSLError) -> tuple[int | None, str]:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_code, error.verify_message
    return None, str(error)
