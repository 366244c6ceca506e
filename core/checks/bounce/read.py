"""`read_bounce`: any bytes or text in, facts out. The entry point of the library.

Reads saved mails (with or without RFC 3464 parts), pasted bounces without headers, and single replies or log lines.
Never raises on any input; reads at most `MOST_BYTES`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from core.checks.bounce.decode import from_html, is_web_page, to_text, unpack
from core.checks.bounce.entity import Message, Part, read_headers, read_message, split_headers
from core.checks.bounce.explain import Setting, reported_recipient, said_recipient
from core.checks.bounce.facts import BounceFacts, Kind, Recipient
from core.checks.bounce.kinds import (
    DELAYED,
    GIVEN_UP,
    body_says_returned,
    comes_from_mail_system,
    is_auto_reply,
    says_returned,
    structural_kind,
)
from core.checks.bounce.our_address import address_in_received, address_in_refusal
from core.checks.bounce.pasted import read_pasted
from core.checks.bounce.report_part import StatusReport, bare_address, read_status_report
from core.checks.bounce.wording import Said, is_transcript, said_of_recipients, transcript_replies, without_copy
from core.masking import mask_secrets

MOST_BYTES = 1_000_000
_HEADER_LINE = re.compile(
    rb"(?:return-path|received|from|to|subject|date|message-id|mime-version|content-type|delivered-to|x-[a-z-]+|"
    rb"auto-submitted|reply-to|sender|cc|dkim-signature|authentication-results|arc-[a-z-]+)[ \t]*:",
    re.I,
)
_NEWEST_RECEIVED = re.compile(rb"^received:[ \t]*(.*(?:\r?\n[ \t]+\S.*)*)", re.I | re.M)


def read_bounce(data: bytes | str) -> BounceFacts:
    """Who refused which recipient and why, or what kind of mail it is if it is no bounce."""
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    cut = len(raw) > MOST_BYTES
    raw = _without_envelope(unpack(raw[:MOST_BYTES]))
    if not raw.strip():
        return BounceFacts("empty", cut=cut)
    facts = _read_mail(raw, nested=False) if _looks_like_mail(raw) else read_pasted(_words(to_text(raw)))
    return _without_secrets(replace(facts, recipients=_without_ourselves(facts), cut=cut))


def _words(text: str) -> str:
    """What a person would read of it."""
    return from_html(text) if is_web_page(text) else text


def _without_secrets(facts: BounceFacts) -> BounceFacts:
    """What is quoted of the text is kept and printed; what follows a reply in it may be anybody's letter."""
    told = tuple(replace(one, diagnostic_code=mask_secrets(one.diagnostic_code)) for one in facts.recipients)
    return replace(facts, recipients=told, subject=mask_secrets(facts.subject))


def _without_ourselves(facts: BounceFacts) -> tuple[Recipient, ...]:
    """A refusal often names the client it refuses: that is us, never the refuser."""
    ours = facts.sending_address
    if not ours or all(entry.remote_mta != ours for entry in facts.recipients):
        return facts.recipients
    return tuple(replace(entry, remote_mta=None) if entry.remote_mta == ours else entry for entry in facts.recipients)


def _without_envelope(raw: bytes) -> bytes:
    """Without the mbox "From " line, and without the quote marks of a forwarded copy."""
    raw = raw.lstrip(b"\r\n \t")
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    first = raw[:2000].splitlines()[:8]
    if first and sum(line.startswith(b">") for line in first) > len(first) // 2:
        raw = re.sub(rb"^(?:> ?){1,5}", b"", raw, flags=re.M)
    return raw


def _looks_like_mail(raw: bytes) -> bool:
    """Two known header fields among the first lines, and the first line is a header."""
    block, _ = split_headers(raw)
    lines = [line for line in block.splitlines()[:60] if line.strip()]
    known = sum(bool(_HEADER_LINE.match(line)) for line in lines)
    return bool(lines) and known >= 2 and bool(re.match(rb"[A-Za-z][A-Za-z0-9-]*[ \t]*:", lines[0]))


def _read_mail(raw: bytes, nested: bool) -> BounceFacts:
    message = read_message(raw)
    subject = message.headers.get("subject", "")[:300]
    if kind := structural_kind(message):
        return BounceFacts(kind, subject=subject)
    report = _status_report(message)
    if report and report.recipients:
        return _from_report(message, report, subject)
    text = _human_text(message)
    inner = next((part for part in message.parts if part.type == "message/rfc822"), None)
    if not comes_from_mail_system(message.headers) and not says_returned(message.headers):
        # A colleague forwarded the bounce as an attachment: what counts is inside.
        if inner and not nested and (facts := _read_mail(inner.body, nested=True)).is_bounce:
            return facts
        return BounceFacts("auto_reply" if is_auto_reply(message.headers, text) else "ordinary", subject=subject)
    return _from_words(message, text, subject)


def _status_report(message: Message) -> StatusReport | None:
    for part in message.parts:
        if part.type in ("message/delivery-status", "message/global-delivery-status"):
            return read_status_report(part.text().encode("utf-8", "replace"))
    return None


def _human_text(message: Message) -> str:
    """The first plain text, else the first HTML, else whatever part comes first."""
    for wanted in ("text/plain", "text/html"):
        for part in message.parts:
            if part.type == wanted and (text := part.text()).strip():
                return text
    return message.parts[0].text() if message.parts else ""


def _from_report(message: Message, report: StatusReport, subject: str) -> BounceFacts:
    text = without_copy(_human_text(message))
    ours = _our_addresses(message)
    said = {item.address.lower(): item for item in said_of_recipients(text, ours)}
    setting = Setting(report.reporting_mta, _still_tried(subject, text), _domains(ours))
    talk = transcript_replies(text) if len(report.recipients) == 1 and is_transcript(text) else ""
    recipients = tuple(
        reported_recipient(entry, said.get(entry.final_recipient.lower()), talk, setting) for entry in report.recipients
    )
    until = next((entry.will_retry_until for entry in report.recipients if entry.will_retry_until), None)
    sending = _sending_address(message, recipients, text)
    return BounceFacts(_kind_of(recipients), recipients, sending, report.reporting_mta or None, subject, until)


def _from_words(message: Message, whole: str, subject: str) -> BounceFacts:
    text = without_copy(whole)
    said = said_of_recipients(text, _our_addresses(message)) or _named_elsewhere(message, text)
    # A mail program's refusal may call itself an automatic reply too; taken for an absence, it would read as "arrived".
    refused = said and (body_says_returned(text) or comes_from_mail_system(message.headers))
    if is_auto_reply(message.headers, text) and not refused:
        return BounceFacts("auto_reply", subject=subject)
    if not said and not body_says_returned(text):
        return BounceFacts("ordinary", subject=subject)
    if not said:
        said = (Said("", text),)
    setting = Setting(still_tried=_still_tried(subject, text), our_domains=_domains(_our_addresses(message)))
    recipients = tuple(_from_said(item, text, len(said) == 1, setting) for item in said)
    if not (comes_from_mail_system(message.headers) or body_says_returned(text) or _any_refusal(recipients)):
        return BounceFacts("ordinary", subject=subject)
    sure = tuple(entry for entry in recipients if entry.decided_by != "nothing") or recipients[:1]
    return BounceFacts(_kind_of(sure), sure, _sending_address(message, sure, text), subject=subject)


def _from_said(said: Said, text: str, alone: bool, setting: Setting) -> Recipient:
    talk = transcript_replies(text) if is_transcript(text) else ""
    texts = [said.words, talk if alone else "", text if alone else ""]
    return said_recipient(
        said.address, texts if not talk else [talk if alone else said.words, *texts], said.host, setting
    )


def _named_elsewhere(message: Message, text: str) -> tuple[Said, ...]:
    """The recipients of a bounce that names them only in a header or in the returned mail."""
    failed = message.headers.get("x-failed-recipients") or _returned_headers(message).get("to", "")
    addresses = [bare_address(item) for item in failed.split(",")[:20]]
    return tuple(Said(address, text) for address in addresses if "@" in address)


def _returned_part(message: Message) -> Part | None:
    wanted = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/partial")
    return next((part for part in message.parts if part.type in wanted), None)


def _returned_headers(message: Message) -> dict[str, str]:
    part = _returned_part(message)
    return read_headers(split_headers(part.body[:65536])[0]) if part else {}


def _our_addresses(message: Message) -> frozenset[str]:
    """Whom the bounce was sent to: the sender of the returned mail, never a failed recipient."""
    names = ("to", "delivered-to", "x-original-to")
    return frozenset(bare_address(message.headers.get(name, "")).lower() for name in names) - {""}


def _domains(addresses: frozenset[str]) -> frozenset[str]:
    return frozenset(address.rpartition("@")[2] for address in addresses)


def _still_tried(subject: str, text: str) -> bool:
    head = f"{subject}\n{text[:3000]}"
    return bool(DELAYED.search(head)) and not GIVEN_UP.search(head)


def _kind_of(recipients: tuple[Recipient, ...]) -> Kind:
    actions = {entry.action for entry in recipients}
    if "failed" in actions:
        return "bounce"
    return "delay" if "delayed" in actions else "delivered"


def _any_refusal(recipients: tuple[Recipient, ...]) -> bool:
    return any(entry.reply_code or entry.status for entry in recipients)


def _sending_address(message: Message, recipients: tuple[Recipient, ...], text: str) -> str | None:
    """From the refuser's own words; else from the line a foreign server wrote when it took the mail from us."""
    for entry in recipients:
        if found := address_in_refusal(entry.diagnostic_code):
            return found
    part = _returned_part(message)
    received = _NEWEST_RECEIVED.search(part.body[:65536]) if part else None
    our_domain = next(iter(_our_addresses(message)), "").rpartition("@")[2]
    if received and (found := address_in_received(" ".join(to_text(received[1]).split()), our_domain)):
        return found
    return None
