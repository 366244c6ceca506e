"""A message taken apart into headers and leaf parts (RFC 5322, RFC 2046), bounded and without trust.

Python's own parser recurses, and its modern header classes raise on garbage; bounces are the mail that is most often
broken. This one walks with a stack, reads no more than `MOST_PARTS` parts and `MOST_DEPTH` levels, and never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from core.checks.bounce.decode import decode_header, from_html, to_text, undo_transfer

MOST_PARTS = 60
MOST_DEPTH = 30
MOST_HEADERS = 65536
MOST_BODY = 200_000

_FIELD = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{0,60})[ \t]?:[ \t]*(.*(?:\r?\n[ \t]+\S.*)*)", re.M)
_PARAMETER = re.compile(r";\s*([a-z0-9-]+)(?:\*\d*\*?)?\s*=\s*(\"[^\"]*\"|[^;\s]+)", re.I)
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf: its type, parameters, headers (lower-case names, first one wins) and undecoded body."""

    type: str
    parameters: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def text(self) -> str:
        """The decoded body, at most `MOST_BODY` bytes of it; HTML as its words."""
        encoding = self.headers.get("content-transfer-encoding", "").strip().lower()
        data = undo_transfer(self.body[:MOST_BODY], encoding)
        text = to_text(data, self.parameters.get("charset", ""))
        return from_html(text) if self.type == "text/html" else text


@dataclass(frozen=True, slots=True)
class Message:
    """The outer headers and all leaves in order; `message/*` parts are leaves."""

    headers: dict[str, str]
    type: str
    parameters: dict[str, str]
    parts: tuple[Part, ...] = field(default=())


def split_headers(data: bytes) -> tuple[bytes, bytes]:
    """Header block and body: cut at the first blank line."""
    data = data.lstrip(b"\r\n")
    cut = _BLANK_LINE.search(data, 0, MOST_HEADERS + 4)
    return (data[: cut.start()], data[cut.end() :]) if cut else (data[:MOST_HEADERS], b"")


def read_headers(block: bytes) -> dict[str, str]:
    """Fields by lower-case name, unfolded, encoded words decoded; of repeated ones the first."""
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(block[:MOST_HEADERS]):
        key = name.decode("ascii").lower()
        if key not in found:
            found[key] = decode_header(" ".join(to_text(value[:8000]).split()))
    return found


def read_message(data: bytes) -> Message:
    """Take a message apart. Any bytes give a message, if need be one plain part."""
    block, body = split_headers(data)
    headers = read_headers(block)
    kind, parameters = content_type(headers)
    return Message(headers, kind, parameters, tuple(_leaves(Part(kind, parameters, headers, body))))


def content_type(headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Type and parameters, both lower case where RFC 2045 says so."""
    value = headers.get("content-type", "")
    kind = value.partition(";")[0].strip().lower() or "text/plain"
    return kind, {name.lower(): text.strip('"') for name, text in _PARAMETER.findall(value[:2000])}


def _leaves(root: Part) -> list[Part]:
    leaves: list[Part] = []
    stack: list[tuple[int, Part]] = [(0, root)]
    while stack and len(leaves) < MOST_PARTS:
        depth, part = stack.pop()
        boundary = part.parameters.get("boundary", "")
        if part.type.startswith("multipart/") and boundary and depth < MOST_DEPTH:
            children = _children(part.body, boundary)
            stack.extend((depth + 1, child) for child in reversed(children))
            if children:
                continue
        leaves.append(part)
    return leaves


def _children(body: bytes, boundary: str) -> list[Part]:
    mark = b"--" + boundary.encode("utf-8", "replace")
    sections = (b"\n" + body).split(b"\n" + mark)[1 : MOST_PARTS + 1]
    children = []
    for section in sections:
        if section.startswith(b"--"):
            break
        # The rest of the boundary line belongs to the mark; a part without headers starts with a blank line.
        _, _, content = section.partition(b"\n")
        if content.startswith((b"\n", b"\r\n")):
            headers: dict[str, str] = {}
            rest = content.lstrip(b"\r\n")
        else:
            block, rest = split_headers(content)
            headers = read_headers(block)
        children.append(Part(*content_type(headers), headers, rest))
    return children
