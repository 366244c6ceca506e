"""One arrival test from the answers of a person: finds the server, sends the message, and later reads what was pasted.

The command line and the window use the same three steps. The records of tests lie beside the notebook, and nowhere
when practising.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from core.arrival import (
    Plan,
    checked_mailbox,
    judge_confirmed,
    judge_missing,
    judge_started,
    note_by_hand,
    read_header,
    require_consent,
    send_test,
)
from core.arrival.plan import Consent
from core.arrival.send import ArrivalDoors, Sent
from core.clients import Clients, Doors
from core.clients.arrival_ledger import ArrivalLedger, Purpose, arrivals_path
from core.clients.journal import Journal, let_sockets_close
from core.clients.relay_ledger import RelayLedger, ledger_path
from core.clients.resolver import Resolver
from core.clients.smtp import SmtpClient
from core.clients.ssh_tunnel import SshTunnel
from core.errors import CheckError
from core.model import Finding, MailHost, Target
from core.survey import first_survey
from core.texts import Texts


@dataclass(frozen=True)
class Wish:
    """What the person wants sent. `target`: domain, mail_host, outside, ssh_config and resolver count."""

    purpose: Purpose
    mailbox: str
    target: Target
    sender: str = ""
    consents: frozenset[Consent] = frozenset()


def arrivals(doors: Doors) -> ArrivalLedger:
    """The record of tests."""
    return ArrivalLedger(None if doors.reroute.closed else arrivals_path())


async def start_arrival(wish: Wish, doors: Doors, texts: Texts, kept: ArrivalLedger) -> tuple[Sent, Finding]:
    """Send the message. Raises `CheckError` when nothing could be asked, `UsageError` when it must not be sent."""
    require_consent(wish.consents)  # before so much as a name is looked up
    checked_mailbox(wish.mailbox)
    journal, target = Journal(), wish.target
    clients = Clients(
        Resolver(doors.resolver or target.resolver, doors.reroute, journal), SmtpClient(doors.reroute, journal)
    )
    smtp = clients.smtp
    if target.outside:
        tunnel = SshTunnel(target.outside, target.ssh_config, journal, program=doors.ssh_program)
        smtp = SmtpClient(doors.reroute, journal, connect_limit=30.0, way=tunnel)
    record = RelayLedger(None if doors.reroute.closed else ledger_path())
    try:
        plan = Plan(wish.purpose, wish.mailbox, await _host(target, clients, doors), target.domain or "", wish.sender)
        sent = await send_test(plan, wish.consents, ArrivalDoors(smtp, kept, record, bool(target.outside)), texts)
    finally:
        await smtp.close()
        await let_sockets_close()
    return sent, judge_started(sent)


async def _host(target: Target, clients: Clients, doors: Doors) -> MailHost:
    survey = await first_survey(target, clients, doors)
    if not survey.context.mail_hosts:
        raise survey.problems.get("mail_hosts") or CheckError("run.mail_host_not_found", host=target.domain or "")
    return survey.context.mail_hosts[0]


def start_by_hand(purpose: Purpose, mailbox: str, kept: ArrivalLedger) -> tuple[Sent, Finding]:
    """Only a word, for a message the person writes. Raises `UsageError` for an odd mailbox."""
    sent = note_by_hand(purpose, mailbox, kept)
    return sent, judge_started(sent)


def confirm_arrival(text: str, kept: ArrivalLedger) -> Finding:
    """What a pasted header proves; an arrival is kept in the record."""
    facts = read_header(text)
    words = (*facts.tokens, *facts.other_tokens)
    test = next((found for word in words if (found := kept.find(word)) is not None), None)
    finding = judge_confirmed(facts, test)
    if test is not None and finding.code in ("arrival.relay_confirmed", "arrival.send_works", "arrival.receive_works"):
        kept.arrived(test.token, datetime.now(UTC))
    return finding


def missing_arrival(kept: ArrivalLedger, token: str = "") -> Finding:
    """The message (the newest, or the one with this word) did not come."""
    return judge_missing(kept.find(token) if token else kept.latest(), datetime.now(UTC))
