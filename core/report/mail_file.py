"""A mail draft with the report in it, as a file (.eml, RFC 5322) that the person's own mail program opens.

A `mailto:` address cannot carry an attachment (RFC 6068). "X-Unsent: 1" makes Outlook open the file as a draft; other
programs show it as a message, which can be forwarded or edited. Nothing is sent, and no recipient is filled in.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from core.clean import clean
from core.report.words import phrase
from core.texts import Texts


def mail_file(data: dict[str, Any], pdf: bytes, name: str, texts: Texts) -> bytes:
    """The draft for a laid out report, with `pdf` attached under `name`."""
    head, verdict = data["head"], data["verdict"]
    message = EmailMessage(policy=SMTP)
    about = head["about"] or head["company"]
    subject = phrase(texts, "report.mail.subject", title=head["title"], about=about) if about else head["title"]
    message["Subject"] = clean(subject, 200)
    message["X-Unsent"] = "1"
    body = phrase(texts, "report.mail.body", title=head["title"], sentence=f"{verdict['label']}: {verdict['sentence']}")
    message.set_content(clean(body, 5000, keep="\n"))
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=clean(name, 150))
    return message.as_bytes()
