"""Reads the header of a message that arrived, as pasted from a mail program: its word, and the way it came.

Pure. RFC 5322 2.2.3 (folded lines), 3.6.7 (Received), RFC 5321 4.4. A line that begins no header field belongs to the
one before, so a paste that lost its leading blanks is read too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from core.arrival.plan import TOKEN

_LONGEST = 300_000  # characters of a paste we look at
_MOST_LINES = 60
_FIELD = re.compile(r"(?:> ?)?([A-Za-z][A-Za-z0-9-]{0,60}):(?: |\t|$)(.*)")
_RETURNED = re.compile(
    r"^(?:> ?)?(?:content-type:\s*multipart/report|final-recipient:|diagnostic-code:|x-failed-recipients:|"
    r"from:.*\b(?:mailer-daemon|postmaster|mail delivery))",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Received:
    """One station, newest first: who handed the message over, and who took it."""

    line: str
    from_part: str
    by_part: str


@dataclass(frozen=True)
class HeaderFacts:
    """`tokens`: words in the message's own header. `other_tokens`: elsewhere in what was pasted. `returned`: it is a
    notice about a message, not the message."""

    tokens: tuple[str, ...]
    other_tokens: tuple[str, ...]
    received: tuple[Received, ...]
    returned: bool


def read_header(text: str) -> HeaderFacts:
    """What was pasted, up to its first 300,000 characters. Never raises."""
    text = text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff\n\t ")
    fields = _fields(text.split("\n\n", 1)[0])
    named = [_decoded(value) for name, value in fields if name in ("subject", "message-id")]
    tokens = _tokens("\n".join(named))
    return HeaderFacts(
        tokens=tokens,
        other_tokens=tuple(token for token in _tokens(text) if token not in tokens),
        received=tuple(_received(value) for name, value in fields if name == "received")[:_MOST_LINES],
        returned=bool(_RETURNED.search(text)),
    )


def passed(facts: HeaderFacts, names: Sequence[str]) -> tuple[Received, ...]:
    """The stations that name one of these hosts or addresses, newest first."""
    wanted = [_whole(name) for name in names if name]
    return tuple(one for one in facts.received if any(pattern.search(_way(one)) for pattern in wanted))


def _way(one: Received) -> str:
    return f"{one.from_part} by {one.by_part}"


def _whole(name: str) -> re.Pattern[str]:
    """The name as a whole: "mail.example.jp" is not in "xmail.example.jp" nor in "mail.example.jp.evil.example"."""
    return re.compile(rf"(?<![\w.:-]){re.escape(name.rstrip('.'))}\.?(?![\w:-])(?!\.\w)", re.IGNORECASE)


def _fields(block: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in block.split("\n"):
        start = _FIELD.fullmatch(line)
        if start:
            found.append((start[1].lower(), start[2]))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.removeprefix('>').strip()}"[:4000])
    return found


def _received(value: str) -> Received:
    """RFC 5321 4.4: "from <name> (...) by <name> ..."; the part after "by" ends at "with", "id", "for" or ";"."""
    line = " ".join(value.split())
    before, _, after = f" {line}".partition(" by ")
    taken_by = re.split(r" (?:with|via|id|for) |;", after, maxsplit=1)[0]
    return Received(line, before.removeprefix(" from ").strip(), taken_by.strip())


def _decoded(value: str) -> str:
    """A subject that a mail program encoded (RFC 2047)."""
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.upper() for word in TOKEN.findall(text)))
