"""What a pasted or dropped text is: a listing of waiting mail, a returned mail (or a refusal in it), or a mail log.

Told by lines that stand in one of them only; a log quotes refusals and a returned mail quotes both, so that the kind
with the most telling lines wins. The readers of each kind decide what it says; here only which one to ask.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import Literal

EvidenceKind = Literal["queue", "bounce", "log", "unknown"]
_LINES, _LONGEST = 2000, 2000
_MAIL_PROGRAM = (
    r"(?:postfix\S{0,40}|sendmail|sm-mta|sm-msp-queue|exim4?|smtpd|opensmtpd|courier\w{0,20}|qmail|dovecot|amavis)"
)
_TIME = r"(?:[A-Z][a-z]{2}\s+\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,16})"

_LOG = re.compile(
    rf"^{_TIME} \S{{1,255}} {_MAIL_PROGRAM}(?:\[\d+\])?: "  # syslog
    r"|^#Fields: date-time,.*event-id|^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z,"  # Exchange's message tracking
    r"|^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:[+-]\d{4} )?(?:\[\d+\] )?"  # Exim's own
    r"(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} |H=|exim |Start queue|End queue|no host name|SMTP )"
)
_QUEUE = re.compile(
    r"^-+Queue ID-+ |^-+Q-ID-+ |^Mail queue is empty$|^-- \d+ [KMG]?bytes in \d+ Requests?\."
    r'|^\{"queue_name": |"kind":\s*"mail-first-aid/exchange"'
    r"|^\s*/\S+ is empty$|^\s*(?:Mail Queue|/\S+)(?: \(Q:\S+\))? \(\d+ requests?"
    r"|^\s*Total requests: \d+$|^[0-9a-f]{16}\|[^|]*\|(?:mta|mda|bounce)\|"
    r"|^\s*\d{1,6}[smhdw]\s+(?:[\d.]+[KMG]?\s+)?[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}\s+<"
    r"|^messages in queue(?: but not yet preprocessed)?: -?\d+|^\s*\d+ messages?\.$|^messages: \d{1,9}$"
    r"|^\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\s+#\d"  # qmail
    r"|^Size\s{1,40}Queue ID\s{1,99}Date$|[\s;][0-9A-F]{16}\.[0-9A-F]{16}\.[0-9A-F]{8}[\s;]"  # Courier
    r"|^ID\s*: [0-9a-f]{1,16}\.[0-9a-f]{1,16}$"  # dma
    r"|^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \d{1,15} bytes(?: from <|$)"  # nullmailer
    r"|^[0-9A-Za-z]{6,24}[*!#]?\s+\d+\s+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\s+[A-Z][a-z]{2}\s+\d+ "
    # What the tools say instead of a list: its reader knows why.
    r"|^(?:\S{0,99}/)?postqueue: (?:fatal|warning): |^You are not permitted to see the queue$"
    r"|^(?:\S{0,99}/)?(?:exim4?|smtpctl|mailq|sendmail): (?:permission denied|need root privileges)"
    r"|^(?:\S{1,30}: (?:(?:line )?\d{1,4}: )?)[‘'`]?(?:\S{0,99}/)?(?:postqueue|mailq|exim4?|smtpctl|qmail-qread)['’]?: "
    r"(?:command )?(?:not found|No such file or directory)"
)
_BOUNCE = re.compile(
    r"^(?:Return-Path|Received|From|Subject|Message-ID|Content-Type|MIME-Version|Reporting-MTA|Final-Recipient"
    r"|Diagnostic-Code|Action|Status|Auto-Submitted|X-Failed-Recipients): "
    r"|Undeliver(?:ed|able)|Mail delivery (?:failed|system)|Delivery Status Notification|could not be delivered"
    r"|^\s*(?:<[^<>\s]+@[^<>\s]+>:? .{0,200})?(?:.{0,80}\bsaid: )?[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3}\b"
    r"|['‘「][245]\d\d[ -][245]\.\d{1,3}\.\d{1,3} "  # quoted within a sentence, as Exchange does
    r"|(?:配信|配達)(?:でき|され)ません|配信に失敗|配信不能|お?届けできません|送信できません"
    r"|^\s*[45]\d\d[ -]\S",
    re.IGNORECASE,
)
# The most particular first: it wins where two have as many lines.
_KINDS: tuple[tuple[EvidenceKind, re.Pattern[str]], ...] = (("queue", _QUEUE), ("log", _LOG), ("bounce", _BOUNCE))


def kind_of(text: str) -> EvidenceKind:
    """The kind of `text`, by its first 2,000 lines; "unknown" when no line tells."""
    found: Counter[EvidenceKind] = Counter()
    for line in islice((match.group() for match in re.finditer(r"[^\r\n]+", text.lstrip("\ufeff"))), _LINES):
        for kind, pattern in _KINDS:
            if pattern.search(line[:_LONGEST]):
                found[kind] += 1
                break
    return max(found, key=lambda kind: found[kind]) if found else "unknown"
