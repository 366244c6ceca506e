"""One refusal as it was written, taken apart: reply code, enhanced status, who spoke, to which command, what words.

Understands a bare SMTP reply (RFC 5321, RFC 3463) and the sentences mail programs and logs wrap around one.
Everything here works on text of at most `MOST` characters; nothing is looked up.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Stage = Literal["connect", "helo", "mail", "rcpt", "data"]
MOST = 4000

# NFKC leaves these as they are; a reply typed from a photo or passed through a word processor has them.
_TYPOGRAPHY = str.maketrans("‘’‚‛“”„«»‐‑‒–—−。、〔〕【】", '\'\'\'\'"""""------.,[][]')
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]")
_BETWEEN_JAPANESE = re.compile(r"(?<=[\u3040-\u30ff\u4e00-\u9fff]) (?=[\u3040-\u30ff\u4e00-\u9fff])")
_ADDRESS = re.compile(r"<?[^\s<>\"'(),;:@\[\]]{1,64}@[^\s<>\"'(),;:@\[\]]{1,255}>?")
_URL = re.compile(r"https?://\S+")
# A code with its enhanced status is sure; alone it must stand where a reply starts.
_CODES = re.compile(
    r"(?<![\w.\-/=])#?([245][0-5]\d)(?:[- ]+|\s*#|-#)\(?#?([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)|"
    r"(?:^|[:;'\"(>]\s?|said: ?|returned |respon\w+ |reply:? |error:? |#|< ?)([245][0-5]\d)(?=[- :;<#]|$)(?!:\d)"
)
_ENHANCED = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_DSN_FIELD = re.compile(r"\bdsn=([245]\.\d{1,3}\.\d{1,3})")
_HOST = re.compile(
    r"(?:(?<!client )(?<!sending )(?<!your )(?<!remote )\bhost |\bconnect to |while talking to |\brelay=|\bH=|"
    r"lost connection with |response from |"
    r"\bremote server at |(?:mta|(?<!generating )server)\s*[:=]\s*)"
    r"\[?([a-z0-9][a-z0-9.-]*\.[a-z0-9-]+|\d+\.\d+\.\d+\.\d+)\.?",
    re.I,
)
# Exchange names who refused before its sentence; the server it calls "generating" is the one that reports.
_HOST_BEFORE = re.compile(
    r"(?<![\w.@-])(?<!: )([a-z0-9][a-z0-9.-]{0,251}\.[a-z0-9-]{2,63}) remote server returned", re.I
)
# Everything up to here was said by the reporting side; what follows are the refuser's own words.
_SAID = re.compile(
    r"(?:\bsaid|refused to talk to me|remote host said|remote server returned|responded(?: with)?|"
    r"the response (?:from the remote server )?was|server replied|replied|returned|"
    r"after (?:initial connection|mail from|rcpt to|end of data|data|ehlo|helo|"
    r"starttls)[^:]{0,20}(?::<[^>]*>[^:]{0,40})?:"
    r"(?: host [^\s:]+(?: \[[^\]]*\])?)?)\s*:?\s*[\"'(]?(?=[245]\d\d\b|[245]\.\d)"
)
_COMMAND = re.compile(
    r"in reply to (?:the )?(?:end of )?(mail from|rcpt to|data|ehlo|helo|connect|starttls|body|auth)|"
    r"after (?:end of )?(mail from|rcpt to|data|ehlo|helo|initial connection|starttls|pipelined data)|"
    r">>> ?(mail from|rcpt to|data|ehlo|helo)"
)
_STAGES: dict[str, Stage] = {
    "mail from": "mail", "rcpt to": "rcpt", "data": "data", "pipelined data": "data", "body": "data",
    "ehlo": "helo", "helo": "helo", "connect": "connect", "initial connection": "connect",
}  # fmt: skip
_BRACKETED_HOST = re.compile(r"\bhost \S+ ?\[[^\]]*\](?::\d+)?(?: said)?:?")


@dataclass(frozen=True)
class Reply:
    """A refusal taken apart.

    `words` are lower case, on one line, width-folded, with addresses replaced by "<addr>", ready to be matched;
    `quote` is what the other side wrote, for people.
    """

    words: str
    quote: str
    code: int | None = None
    enhanced: str | None = None
    host: str | None = None
    stage: Stage | None = None


def fold(text: str) -> str:
    """Full-width letters to plain ones, typographic quotes to straight ones, any white space to one blank."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    folded = " ".join(_INVISIBLE.sub("", text).split())
    return folded if folded.isascii() else _BETWEEN_JAPANESE.sub("", folded)


def read_reply(text: str, host: str | None = None, status: str | None = None) -> Reply:
    """Take one reply, log line or bounce paragraph apart. `host` and `status` count where the text is silent.

    Never raises; text beyond `MOST` characters is not read.
    """
    line = fold(text[:MOST])
    low = line.lower()
    code, enhanced = _codes(low)
    stage = _stage(low)
    spoke = host or _spoken_by(line)
    said = _SAID.search(low)
    quote = _without_closing(line[said.end() :], said[0][-1]) if said else line
    words = quote.lower() if said else _BRACKETED_HOST.sub("", low)
    return Reply(_matchable(words, code, enhanced), quote, code, _best_status(enhanced, status), spoke, stage)


def _without_closing(quote: str, opening: str) -> str:
    """What a sentence around the reply opened before it, it closes behind it."""
    return quote.removesuffix({"(": ")"}.get(opening, opening)) if opening in "\"'(" else quote


def _codes(low: str) -> tuple[int | None, str | None]:
    """The first code with an enhanced status; else the first code where a reply starts, and the first status."""
    alone: int | None = None
    for found in _CODES.finditer(low):
        if found[1]:
            return int(found[1]), found[2]
        alone = alone or int(found[3])
    enhanced = _ENHANCED.search(low) or _DSN_FIELD.search(low)
    return alone, enhanced[1] if enhanced else None


def _best_status(written: str | None, reported: str | None) -> str | None:
    """The reply's own status, unless it says nothing (x.0.0) and the report knows more."""
    if written and not (written.endswith(".0.0") and reported):
        return written
    return reported or written


def _stage(low: str) -> Stage | None:
    found = _COMMAND.search(low)
    return _STAGES.get(next(filter(None, found.groups()))) if found else None


def _spoken_by(line: str) -> str | None:
    found = _HOST.search(line) or _HOST_BEFORE.search(line)
    return found[1].lower().rstrip(".") if found else None


def _matchable(words: str, code: int | None, enhanced: str | None) -> str:
    """Without the codes a multi-line reply repeats, and without addresses: they are not the refuser's words."""
    if code and enhanced:
        words = words.replace(f"{code}-{enhanced} ", " ").replace(f"{code} {enhanced} ", " ")
    if code:
        # Exim adds why it stopped trying; what the other side had said is the reason.
        words = words.removesuffix(": retry timeout exceeded")
        words = words.replace(f" {code}-", " ").replace(f" {code} ", " ")
    if "@" in words:
        # A link to the refuser's own page may hold the recipient's address: keep the link readable.
        links = _URL.findall(words)
        words = _ADDRESS.sub("<addr>", words)
        words += "".join(f" {link}" for link in links if "@" in link)
    return " ".join(words.split())
