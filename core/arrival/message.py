"""The one message: who sends it and why, in plain words, with the random word in its subject (RFC 5322, 2045)."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from core.texts import Texts


def message_bytes(token: str, sender: str, mailbox: str, at: datetime, texts: Texts) -> bytes:
    """The message, ASCII only on the wire. The subject is never encoded, so that it can be found in any header."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = sender
    message["To"] = mailbox
    message["Subject"] = f"Mail First Aid {token}"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{token}@mail-first-aid.invalid>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answer comes back
    message.set_content(texts.text("arrival.mail.body", {"token": token, "mailbox": mailbox}), cte="base64")
    return message.as_bytes()
