"""The human part of a bounce: which recipients it names and what was said about each.

Mail programs agree on one thing only: the address stands before its reason (qmail, Postfix, Exim, Courier,
OpenSMTPD, Exchange, Domino), or the reason follows the command that named it (Sendmail's transcript). So the text is
cut at the copy of the returned mail, and each address owns what follows it up to the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LINES = 600
MOST_RECIPIENTS = 100

# What follows is our own mail, handed back: nothing in it is the refuser's word.
_COPY = re.compile(
    r"^[ \t]*(?:-{2,}.{0,20}(?:below this line|this is a copy|copy of (?:the|your) (?:original )?message|"
    r"original message|unsent message|message header|returned message|the (?:header|body|original)|forwarded message|"
    r"headers? (?:of|follow)|(?:ここから|以下).{0,20}(?:メール|メッセージ)).*|"
    r"below is a copy of the original message:?|"
    r"(?:original|your) message (?:headers?|follows|is).{0,40}:?|(?:message|original) headers?:?|returned (?:mail|"
    r"message) follows.*|"
    r"return-path: .*|received: (?:from|by|\(qmail).*|.{0,20}元のメッセージ.{0,20})\s*$",
    re.I | re.M,
)
_ADDRESS = re.compile(
    r"(?:rfc822;\s*)?<?((?:[^\s<>\"'(),;:\[\]@＜＞「」『』【】〈〉《》]{1,64})@(?:[A-Za-z0-9][A-Za-z0-9.-]{0,251}[A-Za-z0-9]))>?"
)
_NOT_RECIPIENTS = re.compile(
    r"^(?:mailer-daemon|postmaster|abuse|double-bounce|bounces?|no-?reply|hostmaster|root)@", re.I
)
_TALKING = re.compile(r"while talking to \[?([a-z0-9][a-z0-9.-]+)", re.I)
# The report's own closing words: said of no recipient.
_CLOSING = re.compile(
    r"^[ \t]*(?:please note that this is only a temporary|no action is required on your part)", re.I | re.M
)
_TRANSCRIPT = re.compile(r">>> ?(?:rcpt to|data|mail from|quit|ehlo|helo)|<<< ?[245]\d\d", re.I)
_ASIDE = re.compile(
    r"(?:\bfrom\b|\bsender\b|\bfrom:|差出人|送信者|contact|e-?mail(?: me| us)?(?: at)?|write to|please (?:send|"
    r"forward)|"
    r"mailto:|report|for (?:help|assistance)|message-id|references|https?://\S*)\s*:?\s*<?$",
    re.I,
)
# A mail program's own list of who wrote to whom, copied along with the report: nobody in it was refused thereby.
_COPIED_HEADER = re.compile(
    r"^[ \t>]*(?:差出人|送信者|送信元|返信先|宛先|あて先|件名|送信日時|日時|日付|"
    r"from|to|cc|bcc|sent|date|subject|reply-to)[ \t]*[:：]",
    re.I,
)
_ANSWERED = re.compile(r"(?<![\w.])[45]\d\d[ -]#?[45]\.\d")  # Exchange names the recipient once more behind the answer
_GOES_ON = re.compile(r"[ \t]*[^\W\d_]")  # "taro@example.jp へのメッセージは…": the address is part of the sentence


@dataclass(frozen=True, slots=True)
class Said:
    """An address and the words that follow it."""

    address: str
    words: str
    host: str | None = None


def without_copy(text: str) -> str:
    """The report without the returned mail that follows it; a report that starts with it stays whole."""
    for found in _COPY.finditer(text):
        if found.start() > 40 and text[: found.start()].strip():
            return text[: found.start()]
    return text


def said_of_recipients(text: str, ours: frozenset[str]) -> tuple[Said, ...]:
    """Each recipient with what is said of it. `ours`: addresses that are senders, never recipients (lower case)."""
    lines = text.splitlines()[:MOST_LINES]
    starts = _starts(lines, ours)
    talking = _TALKING.search(text)
    host = talking[1].lower().rstrip(".") if talking else None
    found: dict[str, Said] = {}
    for index, (line, offset, address) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(lines)
        whole = _GOES_ON.match(lines[line], offset) or _ANSWERED.search(lines[line][:2000], 0, offset)
        first = lines[line] if whole else lines[line][offset:]
        words = "\n".join([first, *lines[line + 1 : max(end, line + 1)]])[:3000].lstrip(" \t:>")
        if closing := _CLOSING.search(words):
            words = words[: closing.start()]
        known = found.get(address.lower())
        joined = f"{known.words}\n{words}"[:3000] if known else words
        found[address.lower()] = Said(known.address if known else address, joined, host)
    return tuple(list(found.values())[:MOST_RECIPIENTS])


def _starts(lines: list[str], ours: frozenset[str]) -> list[tuple[int, int, str]]:
    """Where each address begins to own the text: line number, offset behind it, address.

    A copied header's lines own none, unless there are no others.
    """
    starts: list[tuple[int, int, str]] = []
    for number, line in enumerate(lines):
        owner = next((found for found in _ADDRESS.finditer(line[:2000]) if _owns(found, ours)), None)
        if owner:
            starts.append((number, owner.end(), owner[1].strip(".")))
    return [start for start in starts if not _COPIED_HEADER.match(lines[start[0]])] or starts


def _owns(found: re.Match[str], ours: frozenset[str]) -> bool:
    """Whether what follows this address is said of it: not of a sender, nor of one named by the way."""
    address, before = found[1].strip("."), found.string[: found.start()]
    if address.lower() in ours or _NOT_RECIPIENTS.match(address) or _ASIDE.search(before[-40:]):
        return False
    return not ("from" in before.lower() and ">>>" in before)


def is_transcript(text: str) -> bool:
    """Whether the text holds an SMTP dialogue (Sendmail, Courier)."""
    return bool(_TRANSCRIPT.search(text))


def transcript_replies(text: str) -> str:
    """The refuser's lines of an SMTP dialogue, joined, with the command they answer in front."""
    kept = [line.strip() for line in text.splitlines()[:MOST_LINES] if ">>>" in line or "<<<" in line]
    return "\n".join(line.replace("<<<", " ").strip() for line in kept)[:3000]
