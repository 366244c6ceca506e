"""Sends the one message of an arrival test, and keeps what it needs to be recognised later.

The only place of the app that sends mail. It needs both consents, never talks to a big provider's servers, and sends
at most three messages an hour through one server. A form that is refused at RCPT is not pressed: the next is tried, up
to the number of refusals that the relay test allows itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.arrival.message import message_bytes
from core.arrival.plan import Consent, Plan, checked_mailbox, checked_plan, new_token
from core.checks.open_relay.measure import places_of
from core.checks.open_relay.probing import start_mail
from core.clients.arrival_ledger import ArrivalLedger, Purpose, Test
from core.clients.relay_ledger import RelayLedger
from core.clients.resolver_mail import nowhere_to_knock
from core.clients.session_names import greeting_name
from core.clients.smtp import SmtpClient
from core.clients.smtp_reply import Reply
from core.clients.smtp_session import SmtpSession
from core.errors import UsageError
from core.knowledge.relay_forms import aimed_at, is_hosted, relay_data
from core.knowledge.vantage import relation_of, seen_address_in
from core.model import Context, Evidence, MailHost, Target
from core.texts import Texts

SESSION_SECONDS = 90.0
MOST_AN_HOUR = 3
# Forms whose recipient is exactly the person's mailbox, the most telling first: a stranger's sender, our own sender
# and greeting, the empty sender, the percent sign.
FORMS = ("plain-same", "helo-H-from-D", "null", "pct-D")


class NoConsentError(UsageError):
    """The person did not say that server and mailbox are theirs: nothing is sent."""


@dataclass(frozen=True)
class Sent:
    """What came of sending. `test` is None when nothing was taken: then `stage`, `reply` say at what. `hosted`: a big
    provider's server, so nothing was sent."""

    plan: Plan
    test: Test | None = None
    stage: str = ""
    reply: Reply | None = None
    evidence: tuple[Evidence, ...] = ()
    hosted: bool = False
    by_hand: bool = False


@dataclass
class ArrivalDoors:
    """What sending needs. `outside`: `smtp` leads through a machine the person calls outside."""

    smtp: SmtpClient
    arrivals: ArrivalLedger
    relay: RelayLedger
    outside: bool = False


def note_by_hand(purpose: Purpose, mailbox: str, arrivals: ArrivalLedger) -> Sent:
    """The person writes the message: only the word is kept. Raises UsageError for an odd mailbox."""
    test = Test(new_token(), purpose, checked_mailbox(mailbox) if mailbox else "", datetime.now(UTC))
    arrivals.note(test)
    return Sent(Plan(purpose, test.mailbox, MailHost(""), ""), test, by_hand=True)


async def send_test(plan: Plan, consents: frozenset[Consent], doors: ArrivalDoors, texts: Texts) -> Sent:
    """Send one message as planned. Raises NoConsentError, UsageError, and the client's errors when nobody answers."""
    require_consent(consents)
    checked_plan(plan)
    if is_hosted(plan.host.name):
        return Sent(plan, hosted=True)
    if not plan.host.addresses:
        raise nowhere_to_knock((plan.host,))
    _require_patience(plan.host.addresses[0], doors)
    doors.relay.note_consent(plan.host.addresses[0], datetime.now(UTC))
    return await _by_form(plan, doors, texts)


def require_consent(consents: frozenset[Consent]) -> None:
    """Raises NoConsentError unless both statements were given."""
    if not {"own_server", "own_mailbox"} <= consents:
        raise NoConsentError("arrival.no_consent")


def _require_patience(address: str, doors: ArrivalDoors) -> None:
    now = datetime.now(UTC)
    if doors.arrivals.sent_since(address, now - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise UsageError("arrival.too_many", count=MOST_AN_HOUR)
    window = timedelta(seconds=relay_data().window_seconds)
    if doors.relay.refusals_since(address, now - window) >= relay_data().most_refusals:
        raise UsageError("arrival.held_back", minutes=relay_data().window_seconds // 60)


async def _by_form(plan: Plan, doors: ArrivalDoors, texts: Texts) -> Sent:
    """One connection a form, until one is taken or the server has refused often enough."""
    address = plan.host.addresses[0]
    said: list[Evidence] = []
    attempt = Sent(plan)
    for form in FORMS if plan.purpose == "relay" else ("",):
        attempt = await _one(plan, form, doors, texts)
        said += attempt.evidence
        if attempt.test is not None:
            doors.arrivals.note(attempt.test)
            break
        doors.relay.note_refusals(address, 1, datetime.now(UTC))
        used_up = doors.relay.refusals_since(
            address, datetime.now(UTC) - timedelta(seconds=relay_data().window_seconds)
        )
        if attempt.stage != "RCPT" or used_up >= relay_data().most_refusals:
            break
    return replace(attempt, evidence=tuple(said))


async def _one(plan: Plan, form: str, doors: ArrivalDoors, texts: Texts) -> Sent:
    address, port = plan.host.addresses[0], plan.host.port
    session = await doors.smtp.open(address, port, tls=port == 465, deadline=SESSION_SECONDS)
    async with session:
        stage, reply, test = await _converse(session, plan, form, doors, texts)
    return Sent(plan, test, stage, reply, session.transcript)


async def _converse(
    session: SmtpSession, plan: Plan, form: str, doors: ArrivalDoors, texts: Texts
) -> tuple[str, Reply, Test | None]:
    """Greeting to the end of DATA: at which command it ended, the reply to it, and the test if it was taken."""
    helo, sender, recipient = _words(plan, form, session)
    if not session.greeting.positive:
        return "greeting", session.greeting, None
    hello = await session.ehlo(helo)
    if not hello.reply.positive:
        return "HELO", hello.reply, None
    reply = await start_mail(session, sender, helo, hello)
    if not reply.positive:
        return "MAIL", reply, None
    reply = await session.command(f"RCPT TO:{recipient}")
    if not reply.positive:
        return "RCPT", reply, None
    at = datetime.now(UTC)
    token = new_token()
    seen = seen_address_in(hello.reply.text)
    relation = relation_of(session.local_address, session.peer_address, seen)
    if doors.outside:  # the person says so; only the server's own word can say otherwise
        relation = "inside" if relation == "inside" else "outside"
    test = Test(
        token, plan.purpose, plan.mailbox, at, plan.host.name, session.peer_address,
        _names(plan, session, hello.reply), relation, form,
    )  # fmt: skip
    reply = await session.message(message_bytes(token, plan.sender or plan.mailbox, plan.mailbox, at, texts))
    return ("taken", reply, test) if reply.positive else ("DATA", reply, None)


def _words(plan: Plan, form: str, session: SmtpSession) -> tuple[str, str, str]:
    """Our greeting name, MAIL FROM and RCPT TO with their brackets."""
    own = greeting_name(session.local_address)
    if not form:
        return own, f"<{plan.sender}>", f"<{plan.mailbox}>"
    context = Context(Target(domain=plan.domain or None))
    probe = aimed_at(form, places_of(plan.host, context), plan.mailbox)
    return probe.helo or own, probe.mail_from, probe.rcpt_to


def _names(plan: Plan, session: SmtpSession, hello: Reply) -> tuple[str, ...]:
    """How the server may call itself in its Received line: as we call it, as it greets, and its address."""
    told: Sequence[str] = [
        line.split()[0] for reply in (session.greeting, hello) for line in reply.lines[:1] if line.split()
    ]
    found = (plan.host.name.rstrip("."), plan.host.addresses[0], *(name for name in told if "." in name))
    return tuple(dict.fromkeys(name.lower()[:255] for name in found))
