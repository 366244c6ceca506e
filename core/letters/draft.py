"""A `mailto:` address (RFC 6068) that opens a mail program with the letter in it; nothing is sent.

Everything but the unreserved characters of RFC 3986 is percent-encoded, so that no value can add a header or a second
recipient. Windows hands a program at most 2,083 characters: a longer letter is left to the clipboard and says so.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

from core.clean import clean

LONGEST = 2000  # characters of the whole address
_UNRESERVED = frozenset((string.ascii_letters + string.digits + "-._~").encode())
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$&'*+/=^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")


@dataclass(frozen=True)
class MailDraft:
    """`whole` is False when the body did not fit: the person pastes it from the clipboard."""

    url: str
    whole: bool


def mail_draft(to: str, subject: str, body: str) -> MailDraft:
    """The draft. An unusable `to` is left empty (the person fills it in)."""
    start = f"mailto:{_encoded(to) if _ADDRESS.fullmatch(to) else ''}?subject={_encoded(clean(subject, 200))}"
    lines = clean(body, 20_000, keep="\n").replace("\n", "\r\n")
    url = f"{start}&body={_encoded(lines)}"
    if len(url) <= LONGEST:
        return MailDraft(url, True)
    return MailDraft(start[:LONGEST], False)


def _encoded(text: str) -> str:
    octets = text.encode("utf-8", "replace")
    return "".join(chr(octet) if octet in _UNRESERVED else f"%{octet:02X}" for octet in octets)
