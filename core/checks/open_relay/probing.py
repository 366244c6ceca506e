"""Relay probes over one fresh connection: greeting, EHLO, then MAIL, RCPT, RSET for each; QUIT. DATA is never sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from core.checks.open_relay.facts import Outcome, ProbeResult
from core.clients.session_names import greeting_name
from core.clients.smtp import SmtpClient
from core.clients.smtp_reply import Reply
from core.clients.smtp_session import Hello, SmtpSession
from core.errors import CheckConnectionError, CheckError
from core.knowledge.relay_forms import Probe, meaning_of
from core.knowledge.vantage import seen_address_in

SESSION_SECONDS = 60.0  # greeting pauses and error delays included
IMPLICIT_TLS_PORT = 465  # RFC 8314 3.3
# Ports where a stranger must log in: turning us away there is the refusal we hope for.
SUBMISSION_PORTS = frozenset({465, 587})
NOBODY_THERE = frozenset({"smtp.connect_timed_out", "smtp.connection_refused", "smtp.unreachable", "smtp.no_family"})


@dataclass(frozen=True)
class Door:
    """One address and port of a server. `beside`: not the mail port, so that it need not exist."""

    address: str
    port: int
    beside: bool = False


@dataclass
class Visit:
    """One connection: the probes answered so far, also when it breaks. What is missing was never asked."""

    door: Door
    results: list[ProbeResult] = field(default_factory=list)
    stage: str = "connect"
    seen_address: str | None = None
    local_address: str = ""
    on_loopback: bool = False
    rerouted: bool = False

    def note(
        self,
        probe: Probe,
        outcome: Outcome,
        reply: Reply | None = None,
        control: Literal["accepted", "refused"] | None = None,
        error: str | None = None,
    ) -> None:
        """Keep the result of a probe."""
        self.results.append(result_of(probe, self.door, outcome, self.stage, reply, control, error))

    def note_refused(self, probe: Probe, reply: Reply) -> None:
        """The server said no at this stage; what that means is looked up."""
        meaning = meaning_of(self.stage, reply.code, reply.text, probe.form.recipient)
        wants_login = reply.code in (530, 535, 550, 553, 554) and "auth" in reply.text.lower()
        turned_away = wants_login or (meaning in ("client_blocked", "tls_required") and reply.code >= 500)
        if self.door.port in SUBMISSION_PORTS and turned_away and self.stage in ("MAIL", "RCPT"):
            meaning = "refused"
        self.note(probe, meaning, reply)


def result_of(
    probe: Probe,
    door: Door,
    outcome: Outcome,
    stage: str = "",
    reply: Reply | None = None,
    control: Literal["accepted", "refused"] | None = None,
    error: str | None = None,
) -> ProbeResult:
    """The finished probe."""
    form = probe.form
    return ProbeResult(
        form.id, probe.helo, probe.mail_from, probe.rcpt_to, form.recipient, form.implied_by, outcome, stage,
        reply.code if reply else None, reply.enhanced if reply else None, reply.text if reply else "",
        control, error, door.address, door.port,
    )  # fmt: skip


async def visit(smtp: SmtpClient, door: Door, probes: Sequence[Probe], seconds: float = SESSION_SECONDS) -> Visit:
    """Send probes that share one greeting name, in `seconds`. A broken dialogue is a result ("failed"), no error."""
    going = Visit(door)
    session: SmtpSession | None = None
    try:
        tls = door.port == IMPLICIT_TLS_PORT
        session = await smtp.open(door.address, door.port, tls=tls, deadline=seconds)
        async with session:
            await _converse(session, going, probes)
        if not going.results:
            raise CheckConnectionError("smtp.connection_lost", address=door.address, port=door.port)
    except CheckError as error:
        if len(going.results) < len(probes):
            nobody = door.beside and error.code in NOBODY_THERE
            going.note(probes[len(going.results)], "no_service" if nobody else "failed", error=error.code)
        if session is None:
            going.results[-1] = replace(going.results[-1], evidence=error.transcript)
    if session is not None and going.results:
        going.results[0] = replace(going.results[0], evidence=session.transcript)
    return going


async def _converse(session: SmtpSession, going: Visit, probes: Sequence[Probe]) -> None:
    going.stage, going.local_address = "greeting", session.local_address
    going.on_loopback, going.rerouted = session.on_loopback, session.rerouted
    if not session.greeting.positive:
        return going.note_refused(probes[0], session.greeting)
    going.stage = "HELO"
    hello = await session.ehlo(probes[0].helo or greeting_name(session.local_address))
    going.seen_address = seen_address_in(hello.reply.text)
    if not hello.reply.positive:
        return going.note_refused(probes[0], hello.reply)
    for probe in probes:
        if not session.usable:
            return None
        await _one(session, going, probe, hello)
    return None


async def _one(session: SmtpSession, going: Visit, probe: Probe, hello: Hello) -> None:
    going.stage = "MAIL"
    reply = await start_mail(session, probe.mail_from, probe.helo, hello)
    if not reply.positive:
        going.note_refused(probe, reply)
    else:
        going.stage = "RCPT"
        reply = await session.command(f"RCPT TO:{probe.rcpt_to}")
        if reply.positive:
            going.note(probe, "accepted", reply, await _control(session, probe))
        else:
            going.note_refused(probe, reply)
    if await _out_of_step(session, going.results[-1]):
        going.results.pop()
        going.note(probe, "failed", error="smtp.out_of_turn")
        session.close()


async def _out_of_step(session: SmtpSession, result: ProbeResult) -> bool:
    """Take the transaction back. A yes followed by a no to RSET was an answer too many before, so no yes at all."""
    if not session.usable:
        return False
    try:
        reply = await session.command("RSET")
    except CheckError as error:  # the answer to the probe stands, unless answers ran ahead of questions
        return error.code == "smtp.out_of_turn"
    return result.outcome == "accepted" and not reply.positive and reply.code != 421


async def start_mail(session: SmtpSession, sender: str, helo: str | None, hello: Hello) -> Reply:
    """MAIL FROM (`sender` with its brackets); when the server wants encryption first, encrypted and once more."""
    command = f"MAIL FROM:{sender}"
    reply = await session.command(command)
    if reply.code != 530 or not hello.offers("STARTTLS") or session.tls is not None:
        return reply
    await session.starttls()
    await session.ehlo(helo or greeting_name(session.local_address))
    return await session.command(command)


async def _control(session: SmtpSession, probe: Probe) -> Literal["accepted", "refused"] | None:
    """Whether the server also takes a mailbox that cannot exist: then its yes says nothing."""
    if probe.control is None or not session.usable:
        return None
    try:
        reply = await session.command(f"RCPT TO:{probe.control}")
    except CheckError as error:
        if error.code == "smtp.out_of_turn":  # then the yes before it was not ours either
            raise
        return None
    return "accepted" if reply.positive else "refused"
