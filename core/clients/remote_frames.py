"""Takes apart what the remote script sends: frames around sections, content lines that all begin with "|".

The grammar (one item a line; the nonce is 128 random bits in hex, made anew for every run):

    @@<nonce> START 1          everything before it is noise of the account's start files
    @@<nonce> S <section>
    |<content>                 hostile text can never reach the first column, so it can never be a frame
    @@<nonce> E <section> <exit status>
    @@<nonce> END

Bounded whatever arrives: a line is cut at `LINE_BYTES`, all lines together cost at most `MEMORY_BYTES`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

LINE_BYTES = 20_000  # the script itself cuts at 16,384
MEMORY_BYTES = 80_000_000  # 100,000 lines of a Postfix queue as JSON need about 50 MB of it
_LINE_COST = 64  # what Python spends on a short string besides its characters
_NOISE_BYTES = 2000


@dataclass(frozen=True)
class Section:
    """What one remote command printed (standard output and errors in their order).

    `exit_status` is the command's own; 124 means it ran into its time limit. `complete` is False when the section
    was cut: by time, by size, or because the connection ended.
    """

    name: str
    lines: tuple[str, ...]
    exit_status: int | None
    complete: bool


@dataclass
class _Open:
    name: str
    lines: list[str] = field(default_factory=list)
    size: int = 0


class FrameParser:
    """Fed with bytes as they come; holds the sections found so far. Never raises on any input."""

    def __init__(self, nonce: str, limits: Mapping[str, tuple[int, int]] | None = None) -> None:
        """`limits`: for each section the bytes and lines at which the server cuts it; others are then left out."""
        frame = rb"@@" + nonce.encode("ascii") + rb" (START 1|S [a-z0-9_]{1,40}|E [a-z0-9_]{1,40} [0-9]{1,3}|END)\r?"
        self._frame = re.compile(frame)
        self._limits = limits or {}
        self._rest = b""
        self._skipping = False  # inside a line that was too long: dropped up to its end
        self._open: _Open | None = None
        self._cost = 0
        self._sections: dict[str, Section] = {}
        self.started = False
        self.ended = False
        self._noise = b""

    @property
    def noise(self) -> bytes:
        """What came before the start (at most 2,000 bytes): tells a restricted account from no shell at all."""
        return self._noise if self.started else (self._noise + self._rest)[:_NOISE_BYTES]

    @property
    def over_budget(self) -> bool:
        """Whether more came than any mail server has to say: stop reading."""
        return self._cost > MEMORY_BYTES

    @property
    def at(self) -> str | None:
        """The section that is open, else the last one seen: where it stopped, if nothing more comes."""
        return self._open.name if self._open is not None else next(reversed(self._sections), None)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the stream; anything after END is ignored."""
        lines = (self._rest + chunk).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._take(line)
        if len(self._rest) > LINE_BYTES:
            self._take(self._rest[:LINE_BYTES])
            self._rest, self._skipping = b"", True

    def sections(self) -> dict[str, Section]:
        """All sections so far; one whose end was not seen stands last and is not complete."""
        found = dict(self._sections)
        if self._open is not None:
            found[self._open.name] = Section(self._open.name, tuple(self._open.lines), None, complete=False)
        return found

    def _take(self, line: bytes) -> None:
        if self._skipping:
            self._skipping = False
            return
        if self.ended:
            return
        if line.startswith(b"|") and self._open is not None:  # nearly every line: no frame begins so
            if not self.over_budget:
                self._take_content(self._open, line[1 : LINE_BYTES + 1])
            return
        frame = self._frame.fullmatch(line)
        if frame is not None:
            self._take_frame(frame.group(1).decode("ascii").split(" "))
        elif not self.started:
            self._noise = (self._noise + line + b"\n")[:_NOISE_BYTES]

    def _take_content(self, section: _Open, content: bytes) -> None:
        text = content.decode("utf-8", errors="backslashreplace")
        section.lines.append(text)
        section.size += len(content) + 1
        self._cost += len(text) + _LINE_COST

    def _take_frame(self, words: list[str]) -> None:
        if words[0] == "START":
            self.started = True
        elif not self.started:
            return
        elif words[0] == "END":
            self.ended = True
        elif words[0] == "S":
            self._close(None)
            if not self._limits or words[1] in self._limits:  # names that nobody asked for would fill the memory
                self._open = _Open(words[1])
        elif self._open is not None and self._open.name == words[1]:
            self._close(int(words[2]))

    def _close(self, exit_status: int | None) -> None:
        """File the open section away; without an exit status its end was never seen."""
        section, self._open = self._open, None
        if section is None or section.name in self._sections:
            return
        most_bytes, most_lines = self._limits.get(section.name, (MEMORY_BYTES, MEMORY_BYTES))
        # A command cut by `head` leaves exactly the limit behind, or all but the end of its last line.
        cut = section.size >= most_bytes - 1 or len(section.lines) >= most_lines
        complete = exit_status not in (None, 124, 137) and not cut and not self.over_budget
        self._sections[section.name] = Section(section.name, tuple(section.lines), exit_status, complete)
