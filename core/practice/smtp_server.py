"""The practice company's mail server: speaks SMTP (RFC 5321) on loopback, keeps nothing and passes nothing on.

It answers DATA with a refusal, so that no message ever exists here.
"""

from __future__ import annotations

import asyncio

from core.practice.incident import Incident

LINE_LIMIT = 2048
SESSION_LIMIT = 120.0  # seconds; a practice session takes a fraction of one


async def serve(incident: Incident) -> asyncio.Server:
    """Start the server on a free port of 127.0.0.1."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(SESSION_LIMIT):
                await _dialogue(incident, reader, writer)
        except (TimeoutError, ConnectionError, ValueError):
            pass  # a client that left or babbled: the practice server has nobody to tell
        finally:
            writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0, limit=LINE_LIMIT)


async def _dialogue(incident: Incident, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async def say(*lines: str) -> None:
        for line in lines:
            writer.write(line.encode("ascii", "replace") + b"\r\n")
        await writer.drain()

    await say(f"220 {incident.greeting}")
    while line := await reader.readline():
        command = line.decode("ascii", "replace").strip()
        await say(*_answer(incident, command))
        if command.upper() == "QUIT":
            return


def _answer(incident: Incident, command: str) -> tuple[str, ...]:
    verb, _, rest = command.partition(" ")
    verb = verb.upper()
    host = incident.mail_host
    if verb in ("EHLO", "HELO"):
        hello = f"{host} Hello {rest or 'client'} [{incident.client_address}], pleased to meet you"
        return (f"250-{hello}", "250-8BITMIME", "250-SIZE", "250 HELP") if verb == "EHLO" else (f"250 {hello}",)
    if verb == "RCPT":
        return (_recipient(incident, rest),)
    fixed = {
        "MAIL": "250 Sender ok",
        "RSET": "250 Reset state",
        "NOOP": "250 OK",
        "QUIT": f"221 {host} closing connection",
        "DATA": "554 Practice server: no message is taken",
    }
    return (fixed.get(verb, f'500 Command unrecognized: "{verb[:20]}"'),)


def _recipient(incident: Incident, rest: str) -> str:
    address = rest.partition("<")[2].partition(">")[0]
    ours = address.rpartition("@")[2].lower() in (incident.domain, incident.mail_host) and "%" not in address
    if incident.relays or ours:
        return f"250 <{address}>... Recipient ok"
    return f"550 <{address}>... Relaying denied"
