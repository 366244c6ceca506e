"""TLS over anything that carries bytes, by `ssl.MemoryBIO`: the same over a socket and over `ssh -W` pipes.

Not asyncio's `start_tls`: that hands plaintext which arrived before the handshake to the reader as if it had been
encrypted. Here the buffers are ours. The certificate is not verified for the dialogue (a diagnosis must go on with
a broken one, and nothing secret is ever sent); what was seen is kept in `TlsFacts` for a check to judge.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any, Protocol

import certifi

HANDSHAKE_LIMIT = 256 * 1024  # bytes; a sane certificate chain is under 10 KB
_DER = 2  # _ssl.ENCODING_DER
_RECORD_TYPES = range(0x14, 0x18)  # RFC 8446 5.1: change_cipher_spec, alert, handshake, application_data


class Wire(Protocol):
    """A connection that carries bytes."""

    async def read(self) -> bytes:
        """Some bytes, or b"" when the other side has closed."""
        ...

    def pending(self) -> bytes:
        """Take what has arrived already, without waiting."""
        ...

    async def write(self, data: bytes) -> None:
        """All of `data`, waiting where the other side reads slowly."""
        ...

    def close(self) -> None:
        """At once, dropping what is unsent; never waits."""
        ...


class PlainTextInsteadOfTlsError(Exception):
    """The other side answered the TLS greeting in plain text; `said` is the beginning of it."""

    def __init__(self, said: bytes) -> None:
        super().__init__(said)
        self.said = said


@dataclass(frozen=True)
class TlsFacts:
    """What the handshake agreed on. `certificate` is DER, unverified; `chain` is all that was sent, ours first."""

    version: str
    cipher: str
    certificate: bytes
    chain: tuple[bytes, ...] = ()


def unverifying_context() -> ssl.SSLContext:
    """A client context that accepts any certificate: for looking, never for secrets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def looking_context() -> ssl.SSLContext:
    """Accepts any certificate and every protocol version this computer still knows, so that old servers are seen."""
    context = unverifying_context()
    _allow_old_protocols(context)
    return context


def verifying_context(old_protocols: bool = False) -> ssl.SSLContext:
    """Checks the chain against the system's authorities and Mozilla's (certifi).

    Both, because Windows fetches an authority only when first needed, and a frozen program on macOS has none. Names
    are left to the caller unless it sets `check_hostname`. `old_protocols`: the chain alone is in question.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.check_hostname = False
    # Stricter than mail programs are; the default only since Python 3.13.
    context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
    if old_protocols:
        _allow_old_protocols(context)
    return context


def _allow_old_protocols(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0)


def _sendable(name: str) -> str | None:
    """A name that a handshake can carry (RFC 6066). The DNS may answer any bytes, and OpenSSL's wrapper raises on them:
    then the handshake goes without a name, and the certificate shows that it fits none."""
    try:
        return name if "\0" not in name and name.encode("idna") else None
    except UnicodeError:
        return None


class TlsWire:
    """A `Wire` inside a `Wire`. Call `handshake` first."""

    def __init__(self, wire: Wire, server_name: str, context: ssl.SSLContext | None = None) -> None:
        self._wire = wire
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        chosen = context or unverifying_context()
        self._tls = chosen.wrap_bio(self._incoming, self._outgoing, server_hostname=_sendable(server_name))

    async def handshake(self) -> TlsFacts:
        """Agree on encryption. Raises `ssl.SSLError`, `PlainTextInsteadOfTlsError`, `OSError`."""
        received = 0
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                await self._flush()
                data = await self._wire.read()
                if not data:
                    raise ConnectionAbortedError("closed during the TLS handshake") from None
                if not received and data[0] not in _RECORD_TYPES:
                    raise PlainTextInsteadOfTlsError(data[:200]) from None
                received += len(data)
                self._take(data, received)
        await self._flush()
        cipher = self._tls.cipher()
        certificate = self._tls.getpeercert(binary_form=True) or b""
        return TlsFacts(
            self._tls.version() or "", cipher[0] if cipher else "", certificate, _sent_chain(self._tls, certificate)
        )

    async def read(self) -> bytes:
        """Decrypted bytes, or b"" at the end."""
        while (data := self._decrypted()) is None:
            await self._flush()
            self._take(await self._wire.read(), 0)
        return data

    def pending(self) -> bytes:
        """What has arrived already, decrypted; b"" when nothing has."""
        raw = self._wire.pending()
        if raw:
            self._incoming.write(raw)
        return self._decrypted() or b""

    async def write(self, data: bytes) -> None:
        """Encrypt and send."""
        self._tls.write(data)
        await self._flush()

    def close(self) -> None:
        """Close the wire below, at once."""
        self._wire.close()

    def _decrypted(self) -> bytes | None:
        """Up to 16 KB of plain bytes; None when more must be read first."""
        try:
            return self._tls.read(16384)
        except ssl.SSLWantReadError:
            return None
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    def _take(self, data: bytes, received: int) -> None:
        if received > HANDSHAKE_LIMIT:
            raise ssl.SSLError("handshake too long")
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def _flush(self) -> None:
        if waiting := self._outgoing.read():
            await self._wire.write(waiting)


def _sent_chain(tls: ssl.SSLObject, certificate: bytes) -> tuple[bytes, ...]:
    """Every certificate the server sent, as DER. Public only since Python 3.13; before, of the object below."""
    found: Any = tls
    if not hasattr(found, "get_unverified_chain"):
        found = getattr(tls, "_sslobj", None)
    if not hasattr(found, "get_unverified_chain"):
        return (certificate,)
    sent = found.get_unverified_chain() or ()
    return tuple(one if isinstance(one, bytes) else one.public_bytes(_DER) for one in sent)
