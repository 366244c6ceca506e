"""Servers with certificates made on the spot: SMTP with STARTTLS, and TLS from the first byte, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ssl
from collections.abc import AsyncIterator, Callable

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[bytes], bytes]  # what to say, after the handshake, to the bytes that came


def server_context(certificate: trustme.LeafCert | tuple[bytes, bytes], **limits: ssl.TLSVersion) -> ssl.SSLContext:
    """A server's context. `limits`: minimum_version, maximum_version."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if limits:
        context.set_ciphers("ALL:@SECLEVEL=0")
        for name, version in limits.items():
            setattr(context, name, version)
    if isinstance(certificate, trustme.LeafCert):
        certificate.configure_cert(context)
        return context
    load_pem(context, *certificate)
    return context


def load_pem(context: ssl.SSLContext, key: bytes, *chain: bytes) -> None:
    """Give the context a key and certificates; Python reads them from a file only."""
    with trustme.Blob(key + b"".join(chain)).tempfile() as path:
        context.load_cert_chain(path)


def self_signed(name: str, *, names: int = 1, days: int = 90) -> tuple[bytes, bytes]:
    """(key, certificate) as PEM, signed by its own key. `names`: how many alternative names."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    others = [x509.DNSName(name), *(x509.DNSName(f"n{number}.example") for number in range(names - 1))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return secret, certificate.public_bytes(pem)


@contextlib.asynccontextmanager
async def serving(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object], **more: object
) -> AsyncIterator[int]:
    """Run `handle` for each connection; gives the port."""
    tasks: set[asyncio.Task[object]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(20):
                await handle(reader, writer)  # type: ignore[misc]
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass  # a client that left: its test says whether that was right
        finally:
            writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(one(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, **more)  # type: ignore[arg-type]
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)  # the loop closes an aborted socket in its next rounds


@contextlib.asynccontextmanager
async def smtp_starttls(context: ssl.SSLContext | None) -> AsyncIterator[int]:
    """SMTP that offers STARTTLS (None: does not)."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx.example ESMTP\r\n")
        while line := await reader.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"EHLO":
                writer.write(
                    b"250-mx.example\r\n250-STARTTLS\r\n250 8BITMIME\r\n" if context else b"250 mx.example\r\n"
                )
            elif verb == b"STARTTLS" and context:
                writer.write(b"220 go ahead\r\n")
                await writer.start_tls(context)
            else:
                writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"502 no\r\n")

    async with serving(handle) as port:
        yield port


@contextlib.asynccontextmanager
async def tls_from_the_start(context: ssl.SSLContext, answer: Answer | None = None) -> AsyncIterator[int]:
    """TLS from the first byte. Without `answer` it greets as IMAP does; with it, it answers one request and closes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer is None:
            writer.write(b"* OK ready\r\n")
            await reader.read(100)
        else:
            writer.write(answer(await reader.readuntil(b"\r\n\r\n")))
            await writer.drain()

    async with serving(handle, ssl=context) as port:
        yield port
