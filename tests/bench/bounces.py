"""How many bounces a second one core reads, beside flufl.bounce (which finds recipients only). Run by `make bench`.

The messages are made here, in the styles of several mail programs, so that nobody's mail is needed. flufl.bounce is a
development tool only; without it our own figure is shown alone.
"""

from __future__ import annotations

import email
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.checks.bounce import read_bounce
from tests.bench.result import told

REFUSALS = (
    ("mx{n}.example.jp", "550 5.1.1 <taro{n}@example.jp>: Recipient address rejected: User unknown"),
    (
        "gmail-smtp-in.l.google.com",
        "550-5.7.26 This mail has been blocked because the sender is unauthenticated. gsmtp",
    ),
    ("mx.example.net", "554 5.7.1 Service unavailable; Client host [203.0.113.25] blocked using zen.spamhaus.org"),
    ("mx.example.org", "552 5.2.2 <taro{n}@example.org> Quota exceeded (mailbox for user is full)"),
    ("example-com.mail.protection.outlook.com", "550 5.4.1 Recipient address rejected: Access denied."),
)
REPORT = """Return-Path: <>
Received: by mail.example.co.jp (Postfix) id 4F3A{n}; Sun, 22 Nov 2026 08:40:00 +0900 (JST)
Date: Sun, 22 Nov 2026 08:40:00 +0900
From: MAILER-DAEMON@mail.example.co.jp (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: nakamura@example.co.jp
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4F3A{n}/mail.example.co.jp"

This is a MIME-encapsulated message.

--4F3A{n}/mail.example.co.jp
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.co.jp.

Your message could not be delivered to one or more recipients.

<taro{n}@example.jp>: host {host}[198.51.100.9] said: {said} (in reply to RCPT TO command)

--4F3A{n}/mail.example.co.jp
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.co.jp
Arrival-Date: Sun, 22 Nov 2026 08:40:00 +0900 (JST)

Final-Recipient: rfc822; taro{n}@example.jp
Action: failed
Status: 5.0.0
Remote-MTA: dns; {host}
Diagnostic-Code: smtp; {said}

--4F3A{n}/mail.example.co.jp
Content-Type: message/rfc822

Received: from pc (pc [192.168.0.9]) by mail.example.co.jp; Sun, 22 Nov 2026 08:40:00 +0900
From: nakamura@example.co.jp
To: taro{n}@example.jp
Subject: estimate {n}
Message-ID: <{n}@example.co.jp>

Hello, the estimate is attached.

--4F3A{n}/mail.example.co.jp--
"""
QMAIL = """Return-Path: <>
From: MAILER-DAEMON@mail.example.co.jp
To: nakamura@example.co.jp
Subject: failure notice

Hi. This is the qmail-send program at mail.example.co.jp.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<taro{n}@example.jp>:
198.51.100.9 does not like recipient.
Remote host said: {said}
Giving up on 198.51.100.9.

--- Below this line is a copy of the message.

From: nakamura@example.co.jp
To: taro{n}@example.jp
Subject: estimate {n}

Hello, the estimate is attached.
"""


def messages(count: int) -> list[bytes]:
    """`count` different bounces, four in five with a machine-readable part."""
    made = []
    for n in range(count):
        host, said = REFUSALS[n % len(REFUSALS)]
        form = QMAIL if n % 5 == 4 else REPORT
        made.append(form.format(n=n, host=host.format(n=n), said=said.format(n=n)).encode())
    return made


def per_second(read: Callable[[bytes], object], mails: list[bytes]) -> float:
    """Messages a second of processor time, after a warm-up."""
    for mail in mails[:20]:
        read(mail)
    start = time.process_time()
    for mail in mails:
        read(mail)
    return len(mails) / (time.process_time() - start)


def main() -> int:
    """Print both figures; fail below the goal of 1,500 a second."""
    mails = messages(1000)
    unread = sum(not read_bounce(mail).is_bounce for mail in mails)
    ours = per_second(read_bounce, mails)
    theirs = None
    try:
        from flufl.bounce import scan_message  # type: ignore[import-untyped]
    except ImportError:
        beside = "flufl.bounce not installed"
    else:
        theirs = per_second(lambda mail: scan_message(email.message_from_bytes(mail)), mails)
        beside = f"flufl.bounce {theirs:,.0f}/s"
    ratio = ours / theirs if theirs else None
    fast = told("bounces with recipients and reasons", f"{ours:,.0f}/s", beside, ratio, "1,500/s", ours >= 1500)
    all_read = told("bounces not understood", str(unread), goal="0", kept=not unread)
    return 0 if fast and all_read else 1


if __name__ == "__main__":
    sys.exit(main())
