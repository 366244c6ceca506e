"""The messages in a pasted text and what their headers tell: who they say they are from, who took them from whom.

Headers: RFC 5322; the lines servers add: RFC 5321 section 4.4 (Received, Return-Path), RFC 7208 section 9
(Received-SPF), RFC 8601 (Authentication-Results). A stranger's bytes: bounded, and nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from core.knowledge.addresses import is_public, parse_address
from core.knowledge.domain_names import registrable_domain

LONGEST_HEADERS = 64 * 1024  # characters
LONGEST_TEXT = 2 * 1024 * 1024
MOST_FIELDS = 500
MOST_RETURNED = 3
_LONGEST_VALUE = 4000
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{0,60})[ \t]?:(.*(?:\r?\n[ \t].*)*)", re.M)
_PART_OF_RETURNED = re.compile(r"^Content-Type:[ \t]*(?:message/rfc822|text/rfc822-headers)\b", re.I | re.M)
_DOMAIN = re.compile(r"@([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)", re.I)
_RECEIVED_FROM = re.compile(r"^from\s+(\S{1,255})\s*(?:\(([^)]{0,300})\))?", re.I)
_RECEIVED_BY = re.compile(r"\bby\s+([a-z0-9.-]{1,255})", re.I)
_BRACKETED = re.compile(r"\[(?:ipv6:)?([0-9a-f.:]{2,45})\]", re.I)
_HOST_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.I)
# How Gmail, Outlook.com and others write down whom they took a message from when they looked at its SPF record.
_SPF_CLIENT = re.compile(
    r"\bclient-ip=\"?([0-9a-f.:]{2,45})|\bdesignates?\s+([0-9a-f.:]{2,45})\s+as\s+permitted|"
    r"\bsender\s+ip\s+is\s+([0-9a-f.:]{2,45})",
    re.I,
)


@dataclass(frozen=True)
class PastedMessage:
    """One message of the text. `returned`: it stands inside another one, as in a bounce. Names in lower case."""

    text: str
    returned: bool
    headers: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """The values of every field called `name`, newest first."""
        return tuple(value for key, value in self.headers if key == name)

    def first(self, name: str) -> str:
        """The first value; "" when there is none."""
        return next(iter(self.all(name)), "")

    @property
    def body(self) -> str:
        """What follows the headers; "" when nothing does."""
        blank = _BLANK_LINE.search(self.text, 0, LONGEST_HEADERS)
        return self.text[blank.end() :] if blank else ""

    @property
    def from_domain(self) -> str:
        """The domain of the author people see (From); "" when it cannot be read."""
        return _domain_in(self.first("from"))

    @property
    def envelope_domain(self) -> str:
        """The domain of the envelope's sender (Return-Path); "" when nobody wrote it down, or it is empty."""
        return _domain_in(self.first("return-path"))


def messages_in(text: str) -> tuple[PastedMessage, ...]:
    """The message the text is, when it is one, then those returned inside it."""
    text = text[:LONGEST_TEXT].lstrip()
    outer = PastedMessage(text, False, read_headers(text))
    found = [outer] if outer.first("from") and len(outer.headers) > 2 else []
    return (*found, *_returned(text))


def _returned(text: str) -> Iterator[PastedMessage]:
    """Parts that hold a message: from their blank line to the next line of the boundary above them."""
    for part in islice(_PART_OF_RETURNED.finditer(text), MOST_RETURNED):
        blank = _BLANK_LINE.search(text, part.end(), part.end() + LONGEST_HEADERS)
        if blank is None:
            continue
        before = text[max(0, part.start() - 2000) : part.start()].splitlines()
        boundary = next((line for line in reversed(before) if line.startswith("--")), "")
        end = text.find(f"\n{boundary}", blank.end()) if boundary else -1
        inner = text[blank.end() : end if end >= 0 else len(text)].removesuffix("\r").lstrip("\r\n")
        message = PastedMessage(inner, True, read_headers(inner))
        if message.headers:
            yield message


def read_headers(text: str) -> tuple[tuple[str, str], ...]:
    """Fields of the header block `text` begins with: name in lower case, value on one line."""
    blank = _BLANK_LINE.search(text, 0, LONGEST_HEADERS)
    block = text[: blank.start() if blank else LONGEST_HEADERS]
    fields = islice(_FIELD.finditer(block), MOST_FIELDS)
    return tuple((found[1].lower(), " ".join(found[2][:_LONGEST_VALUE].split())) for found in fields)


def _domain_in(value: str) -> str:
    """Of `Name <a@example.jp>` and `a@example.jp` the domain; what stands in angle brackets counts first."""
    bracket = value.rfind("<")
    found = _DOMAIN.search(value, bracket + 1) or _DOMAIN.search(value)
    return found[1].lower() if found else ""


def address_mail_left_from(text: str, our_domains: Iterable[str]) -> str | None:
    """The public address that others took a message of ours from, as its headers say; None when they do not.

    Only a message from one of our domains tells it: of a stranger's message the address is a stranger's.
    """
    ours = {registrable_domain(domain) for domain in our_domains if domain}
    for message in messages_in(text):
        if message.from_domain and registrable_domain(message.from_domain) in ours:
            for address in (*_seen_by_receivers(message, ours), *_handed_over(message, ours)):
                if is_public(address):
                    return address
    return None


def _seen_by_receivers(message: PastedMessage, ours: set[str]) -> Iterator[str]:
    """Addresses in SPF notes, the oldest first: that of the first server outside.

    Not of mail that a service sent in our name with an envelope of its own: its servers are not our way out.
    """
    envelope = message.envelope_domain
    if envelope and registrable_domain(envelope) not in ours:
        return
    names = ("received-spf", "authentication-results", "x-ms-exchange-authentication-results")
    notes = [value for key, value in message.headers if key in names]
    for note in reversed(notes):
        for found in _SPF_CLIENT.finditer(note):
            yield from _plain(next(group for group in found.groups() if group))


def _handed_over(message: PastedMessage, ours: set[str]) -> Iterator[str]:
    """Addresses of our servers in lines that servers of others wrote, newest first."""
    for line in message.all("received"):
        sender, by = _RECEIVED_FROM.search(line), _RECEIVED_BY.search(line)
        if not sender or not by or registrable_domain(by[1]) in ours:
            continue
        names = [sender[1], *_HOST_NAME.findall(sender[2] or "")]
        if any(registrable_domain(name) in ours for name in names):
            for found in _BRACKETED.finditer(sender[2] or ""):
                yield from _plain(found[1])


def _plain(text: str) -> Iterator[str]:
    address = parse_address(text.rstrip("."))
    if address is not None:
        yield str(address)
