"""A pasted bounce without headers, a single reply, a log line, or lines typed from a photo."""

from __future__ import annotations

import re

from core.checks.bounce.explain import Setting, reported_recipient, said_recipient
from core.checks.bounce.facts import BounceFacts, Kind, Recipient
from core.checks.bounce.kinds import DELAYED, GIVEN_UP, body_says_returned
from core.checks.bounce.our_address import address_in_refusal
from core.checks.bounce.report_part import read_status_report
from core.checks.bounce.wording import is_transcript, said_of_recipients, transcript_replies, without_copy
from core.knowledge.replies import explain_reply
from core.knowledge.reply_text import fold

MOST_TEXT = 200_000
_ONLY_PROGRAMS_SAY = ("unreachable", "tls_failed", "mail_loop", "dns_problem", "domain_cannot_receive")
_REPORT_FIELD = re.compile(r"^[ \t>]*(?:final-recipient|diagnostic-code)[ \t]*:", re.I | re.M)
_LOG_TO = re.compile(
    r"\b(?:to=|ctladdr=|\*\* |== |rcpt to: ?|orig_to=)<?([^\s<>,;:]+@[A-Za-z0-9.-]+[A-Za-z0-9])>?", re.I
)
_NAMED = re.compile(r"<?([^\s<>,;:'\"()「」『』【】〈〉《》\[\]]+@[A-Za-z0-9.-]+[A-Za-z0-9])>?")
_SENT = re.compile(
    r"status=(?:sent|delivered)\b|stat=\"?(?:sent|delivered|2\d\d)\b|^\s*2\d\d[ -](?:2\.\d|ok|accept|queued)", re.I
)
_DEFERRED = re.compile(
    r"status=(?:deferred|softbounce)|stat=deferred|\bdefer \(|\bdeferred\b|result=\"?tempfail|deferral:", re.I
)
_REFUSAL = re.compile(
    r"^\s*[45]\d\d\b|(?<![\w.])[45]\d\d[ -](?:#?[45]\.\d|[^\d\s])|(?<![\w.])[45]\.\d{1,3}\.\d{1,3}\b|"
    r"status=(?:bounced|deferred)|"
    r"stat=\w|reject|"
    r"\brefused|\bdenied|undeliver|unroute|timed out|no such user|unknown user|user unknown|\brejected\b|"
    r"mailbox.{0,20}full|quota|cannot be delivered|"
    r"does ?n[o.']t exist|not found|blocked|blacklist|\bbounced?\b|greylist|not deliver|relay|unreachable|"
    r"存在し|配信|受信拒否|拒否|いっぱい|見つかりません|届け|送信でき|容量",
    re.I,
)  # fmt: skip
# Mail programs that greet like people ("Hi. This is the qmail-send program").
_PROGRAM_SPEAKS = re.compile(
    r"qmail-send program|created automatically by mail delivery software|mail system at host \S|"
    r"(?:delivery|following) (?:address|recipient)\S* (?:had|failed)", re.I
)  # fmt: skip
_PROSE = re.compile(
    r"^\s*(?:dear|hi|hello|thanks|thank you|best regards|regards|sincerely|お世話|いつも|よろしく|拝啓|敬具)\b",
    re.I | re.M,
)


def read_pasted(text: str) -> BounceFacts:
    """Read text that is no whole mail. Ordinary prose is said to be ordinary."""
    text = text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    if _REPORT_FIELD.search(text):
        return _from_fields(text)
    text = without_copy(_folded_lines(text))
    if _SENT.search(text) and not re.search(r"status=(?:bounced|deferred)|stat=deferred", text, re.I):
        return BounceFacts("delivered")
    if not _is_refusal(text):
        return BounceFacts("ordinary")
    recipients = _recipients(text)
    unread = all(entry.decided_by == "nothing" and not (entry.reply_code or entry.status) for entry in recipients)
    if unread and not body_says_returned(text):
        return BounceFacts("ordinary")
    return _facts(recipients)


def _facts(recipients: tuple[Recipient, ...], reporting_mta: str | None = None) -> BounceFacts:
    kind: Kind = "bounce" if any(entry.action == "failed" for entry in recipients) else "delay"
    if all(entry.action in ("delivered", "relayed", "expanded") for entry in recipients):
        kind = "delivered"
    found = (address_in_refusal(entry.diagnostic_code) for entry in recipients)
    return BounceFacts(kind, recipients, next(filter(None, found), None), reporting_mta)


def _folded_lines(text: str) -> str:
    """Full-width characters made plain, line by line, so that a typed copy reads like the original."""
    if text.isascii():
        return text
    return "\n".join(fold(line) for line in text.split("\n"))


def _is_refusal(text: str) -> bool:
    if not _REFUSAL.search(text):
        return _is_known_wording(text)
    coded = re.search(
        r"(?<![\w.])[45]\d\d[ -]+#?[45]\.\d|status=(?:bounced|deferred)|^\s*[45]\d\d[ -]|"
        r"\b(?:said|returned|replied|responded|response|error)\b[^\n\w]{1,6}[45]\d\d[ -]", text, re.M | re.I
    )  # fmt: skip
    return bool(coded or _PROGRAM_SPEAKS.search(text)) or not _PROSE.search(text)


def _is_known_wording(text: str) -> bool:
    """A short line without any code, in words that only a mail program uses."""
    if len(text) > 400 or _PROSE.search(text):
        return False
    reason = explain_reply(text)
    return reason.decided_by in ("provider", "software") or reason.word in _ONLY_PROGRAMS_SAY


def _from_fields(text: str) -> BounceFacts:
    report = read_status_report(
        re.sub(r"^[ \t>]+(?=[A-Za-z-]+[ \t]*:)", "", text, flags=re.M).encode("utf-8", "replace")
    )
    setting = Setting(report.reporting_mta, _still_tried(text))
    recipients = tuple(reported_recipient(entry, None, "", setting) for entry in report.recipients)
    if not recipients:
        diagnostic = re.search(r"diagnostic-code[ \t]*:(.*(?:\n[ \t]+.*)*)", text, re.I)
        recipients = (said_recipient("", [diagnostic[1] if diagnostic else text], None, setting),)
    return _facts(recipients, report.reporting_mta or None)


def _recipients(text: str) -> tuple[Recipient, ...]:
    lines = [line for line in text.split("\n") if line.strip()]
    logs = [line for line in lines if re.search(r"status=(?:bounced|deferred)|stat=|\s(?:\*\*|==) \S+@", line)]
    if logs:
        return tuple(_line(line) for line in logs[:100])
    if len(lines) > 1 and body_says_returned(text) and (said := said_of_recipients(text, frozenset())):
        setting = Setting(still_tried=_still_tried(text))
        talk = transcript_replies(text) if is_transcript(text) else ""
        alone = [talk, text] if len(said) == 1 else []
        return tuple(
            said_recipient(item.address, [*alone[:1], item.words, *alone[1:]], item.host, setting) for item in said
        )
    return (_line(text),)


def _line(text: str) -> Recipient:
    """One reply or log line, perhaps broken over several lines."""
    joined = fold(text[:4000])
    named = _LOG_TO.search(joined) or _NAMED.search(joined)
    entry = said_recipient(
        named[1] if named else "", [joined], None, Setting(still_tried=bool(_DEFERRED.search(joined)))
    )
    if entry.action == "failed" and str(entry.reply_code or entry.status or "").startswith("4"):
        return said_recipient(entry.final_recipient, [joined], None, Setting(still_tried=True))
    return entry


def _still_tried(text: str) -> bool:
    return bool(DELAYED.search(text[:3000])) and not GIVEN_UP.search(text[:3000])
