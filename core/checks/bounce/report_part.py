"""The machine-readable part of a bounce: `message/delivery-status` (RFC 3464), also when pasted as plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.checks.bounce.entity import read_headers
from core.knowledge.reply_text import fold

MOST_RECIPIENTS = 500
_TYPED = re.compile(r"^\s*[A-Za-z0-9-]+\s*;\s*")
_STATUS = re.compile(r"([245])\s*\.\s*(\d{1,3})\s*\.\s*(\d{1,3})")
_BLOCKS = re.compile(rb"(?:\r?\n[ \t]*){2,}")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]]+@[^\s<>\"'(),;:\[\]]+")


@dataclass(frozen=True, slots=True)
class ReportedRecipient:
    """The fields of one recipient, types ("rfc822;", "dns;") taken off; "" where a field is missing."""

    final_recipient: str
    original_recipient: str
    action: str
    status: str
    remote_mta: str
    diagnostic_type: str
    diagnostic_code: str
    will_retry_until: str


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The whole part: who reports, from whom it had the message, and the recipients."""

    reporting_mta: str
    received_from_mta: str
    recipients: tuple[ReportedRecipient, ...]


def read_status_report(body: bytes) -> StatusReport:
    """Read the fields; blocks without a recipient are the per-message fields. Never raises."""
    reporting, received = "", ""
    recipients: list[ReportedRecipient] = []
    for block in _BLOCKS.split(body.strip())[: MOST_RECIPIENTS + 20]:
        fields = read_headers(block)
        reporting = reporting or untyped(fields.get("reporting-mta", ""))
        received = received or untyped(fields.get("received-from-mta", ""))
        if len(recipients) < MOST_RECIPIENTS and fields.keys() & {"final-recipient", "original-recipient", "action"}:
            recipients.append(_recipient(fields))
    return StatusReport(reporting, received, tuple(recipients))


def _recipient(fields: dict[str, str]) -> ReportedRecipient:
    diagnostic = fields.get("diagnostic-code", "")
    status = _STATUS.search(fields.get("status", ""))
    final = bare_address(fields.get("final-recipient", ""))
    original = bare_address(fields.get("original-recipient", ""))
    kind = diagnostic.partition(";")[0].strip().lower() if _TYPED.match(diagnostic) else ""
    return ReportedRecipient(
        final or original,
        original,
        fields.get("action", "").partition(" ")[0].strip().lower(),
        ".".join(status.groups()) if status else "",
        untyped(fields.get("remote-mta", "")).partition(" ")[0].strip("()[]").lower(),
        kind,
        untyped(diagnostic),
        fields.get("will-retry-until", ""),
    )


def untyped(value: str) -> str:
    """ "smtp; 550 no" -> "550 no"."""
    return _TYPED.sub("", value, count=1).strip()


def bare_address(value: str) -> str:
    """ "rfc822; <taro@example.jp>" -> "taro@example.jp"; a name without @ stays as it is."""
    text = fold(untyped(value)[:600]).strip("<> ")
    found = _ADDRESS.search(text)
    return found[0].strip(".") if found else text.partition(" ")[0]
