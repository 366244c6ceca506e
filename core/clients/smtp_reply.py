"""Replies of an SMTP server (RFC 5321 section 4.2), read line by line within limits.

The server may be hostile: a line is at most 2,048 bytes, a reply 128 lines, a session 64 KB. Nothing here
touches the network; `smtp.py` feeds the bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LINE_LIMIT = 2048  # bytes; RFC 5321 allows 512, real servers send longer EHLO lines
REPLY_LINE_LIMIT = 128
SESSION_LIMIT = 64 * 1024  # bytes the server may say in one session

_REPLY_LINE = re.compile(r"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?=\s|$)")


@dataclass(frozen=True)
class Reply:
    """One whole reply. `enhanced` is the RFC 3463 status if the text begins with one that fits `code`."""

    code: int
    enhanced: str | None
    lines: tuple[str, ...]  # without code and separator; undecodable bytes as \\xNN; not cleaned for display

    @property
    def text(self) -> str:
        """All lines as one, without the codes."""
        return " ".join(line for line in self.lines if line)

    @property
    def positive(self) -> bool:
        """Whether the server said yes (2xx)."""
        return 200 <= self.code < 300

    @property
    def raw(self) -> str:
        """As it stood on the wire, one line each."""
        last = len(self.lines) - 1
        return "\n".join(f"{self.code}{' ' if i == last else '-'}{line}" for i, line in enumerate(self.lines))


class ReplyError(Exception):
    """What was received is no SMTP reply. `reason` is "shape", "code_changed" or "endless"; `said` the line."""

    def __init__(self, reason: str, said: str) -> None:
        super().__init__(reason, said)
        self.reason = reason
        self.said = said


@dataclass
class ReplyReader:
    """Collects lines until a reply is whole."""

    bare_lf: bool = False  # a line ended in LF alone: against the standard, but readable
    _code: int = 0
    _lines: list[str] = field(default_factory=list)

    @property
    def raw(self) -> str:
        """The lines of the unfinished reply, for the evidence when it never ends."""
        return "\n".join(f"{self._code}-{line}" for line in self._lines)

    def feed(self, line: bytes) -> Reply | None:
        """Take one line with its line end; the reply when this was its last line. Raises `ReplyError`."""
        if not line.endswith(b"\r\n"):
            self.bare_lf = True
        text = line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", errors="backslashreplace")
        match = _REPLY_LINE.fullmatch(text)
        if match is None:
            raise ReplyError("shape", text)
        code = int(match[1])
        if self._lines and code != self._code:
            raise ReplyError("code_changed", text)
        if len(self._lines) >= REPLY_LINE_LIMIT:
            raise ReplyError("endless", text)
        self._code = code
        self._lines.append(match[3] or "")
        return None if match[2] == "-" else self._finished()

    def _finished(self) -> Reply:
        lines, self._lines = tuple(self._lines), []
        status = _ENHANCED.match(lines[-1])
        fits = status is not None and status[1][0] == str(self._code)[0]
        return Reply(self._code, status[1] if status and fits else None, lines)
