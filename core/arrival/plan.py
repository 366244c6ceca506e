"""What one arrival test is to do, checked before anything is sent (RFC 5321 4.1.2 for the shape of a mailbox)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Literal

from core.clients.arrival_ledger import Purpose
from core.errors import UsageError
from core.model import MailHost

# Plain letters only: whatever quoting would be needed, a relay test is no place to find out who reads it how.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._+=-]{{0,63}}@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]")
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without letters that look like digits
_LENGTH = 10  # 50 bits: nobody guesses it, and it can be read out on the telephone
TOKEN = re.compile(rf"MFA-[{_ALPHABET}]{{{_LENGTH}}}", re.IGNORECASE)
Consent = Literal["own_server", "own_mailbox"]


@dataclass(frozen=True)
class Plan:
    """One message. `sender` is ours for "send", and the mailbox itself for "relay": then a refusal on the way comes
    back to the person and to nobody else."""

    purpose: Purpose
    mailbox: str
    host: MailHost
    domain: str
    sender: str = ""


def new_token() -> str:
    """The random word of one test."""
    return "MFA-" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def checked_mailbox(text: str) -> str:
    """One plain mail address. Raises UsageError "arrival.bad_mailbox"."""
    mailbox = text.strip()
    if not mailbox.isascii() or len(mailbox) > 254 or ".." in mailbox or not _MAILBOX.fullmatch(mailbox):
        raise UsageError("arrival.bad_mailbox", mailbox=mailbox[:80])
    return mailbox


def checked_plan(plan: Plan) -> Plan:
    """The plan, if it can tell anything. Raises UsageError: a mailbox at the tested company itself proves nothing."""
    mailbox, domain = checked_mailbox(plan.mailbox), plan.domain.rstrip(".").lower()
    home = mailbox.rpartition("@")[2].lower()
    if domain and (home == domain or home.endswith(f".{domain}")):
        raise UsageError("arrival.mailbox_inside", mailbox=mailbox, domain=domain)
    if plan.purpose == "send":
        checked_mailbox(plan.sender)
    return plan
