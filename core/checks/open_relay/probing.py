"""One relay probe over a fresh connection: greeting, EHLO, MAIL, RCPT, RSET, QUIT. DATA is never sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.checks.open_relay.facts import Outcome, ProbeResult
from core.clients.smtp import Hello, SmtpClient, SmtpSession, transcript_of
from core.clients.smtp_reply import Reply
from core.errors import CheckError
from core.knowledge.relay_forms import Probe, meaning_of
from core.knowledge.vantage import seen_address_in
from core.model import Evidence

SESSION_SECONDS = 60.0  # greeting pauses and error delays included


@dataclass
class Attempt:
    """A probe on its way: what is known so far, also when the connection breaks."""

    probe: Probe
    stage: str = "connect"
    seen_address: str | None = None
    local_address: str = ""
    on_loopback: bool = False
    rerouted: bool = False

    def result(
        self,
        outcome: Outcome,
        reply: Reply | None = None,
        control: Literal["accepted", "refused"] | None = None,
        error: str | None = None,
        evidence: tuple[Evidence, ...] = (),
    ) -> ProbeResult:
        """The finished probe."""
        form = self.probe.form
        return ProbeResult(
            form.id, self.probe.helo, self.probe.mail_from, self.probe.rcpt_to, form.recipient, form.implied_by,
            outcome, self.stage, reply.code if reply else None, reply.enhanced if reply else None,
            reply.text if reply else "", control, error, evidence,
        )  # fmt: skip

    def refused(self, reply: Reply) -> ProbeResult:
        """The server said no at this stage; what that means is looked up."""
        return self.result(meaning_of(self.stage, reply.code, reply.text, self.probe.form.recipient), reply)


async def attempt(smtp: SmtpClient, address: str, port: int, probe: Probe) -> tuple[Attempt, ProbeResult]:
    """Send one probe. A broken dialogue is a result ("failed"), not an error."""
    going = Attempt(probe)
    try:
        session = await smtp.open(address, port, deadline=SESSION_SECONDS)
        async with session:
            result = await _converse(session, going)
            if await _out_of_step(session, result):
                result = going.result("failed", error="smtp.out_of_turn")
    except CheckError as error:
        return going, going.result("failed", error=error.code, evidence=transcript_of(error))
    return going, ProbeResult(**{**vars(result), "evidence": session.transcript})


async def _out_of_step(session: SmtpSession, result: ProbeResult) -> bool:
    """Take the transaction back. A yes followed by a no to RSET was an answer too many before, so no yes at all."""
    if not session.usable:
        return False
    try:
        reply = await session.command("RSET")
    except CheckError as error:  # the answer to the probe stands, unless answers ran ahead of questions
        return error.code == "smtp.out_of_turn"
    return result.outcome == "accepted" and not reply.positive and reply.code != 421


async def _converse(session: SmtpSession, going: Attempt) -> ProbeResult:
    going.stage, going.local_address = "greeting", session.local_address
    going.on_loopback, going.rerouted = session.on_loopback, session.rerouted
    if not session.greeting.positive:
        return going.refused(session.greeting)
    going.stage = "HELO"
    hello = await session.ehlo(going.probe.helo or own_name(session.local_address))
    going.seen_address = seen_address_in(hello.reply.text)
    if not hello.reply.positive:
        return going.refused(hello.reply)
    going.stage = "MAIL"
    reply = await _mail(session, going, hello)
    if not reply.positive:
        return going.refused(reply)
    going.stage = "RCPT"
    reply = await session.command(f"RCPT TO:{going.probe.rcpt_to}")
    if not reply.positive:
        return going.refused(reply)
    return going.result("accepted", reply, await _control(session, going.probe))


async def _mail(session: SmtpSession, going: Attempt, hello: Hello) -> Reply:
    """MAIL FROM; when the server wants encryption first, encrypted and once more."""
    command = f"MAIL FROM:{going.probe.mail_from}"
    reply = await session.command(command)
    if reply.code != 530 or not hello.offers("STARTTLS") or session.tls is not None:
        return reply
    await session.starttls()
    await session.ehlo(going.probe.helo or own_name(session.local_address))
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


def own_name(local_address: str) -> str:
    """How a client without a name greets: its address in brackets (RFC 5321 4.1.3)."""
    address = local_address.split("%")[0] or "127.0.0.1"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
