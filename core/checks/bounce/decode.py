"""Bytes of unknown origin -> text: declared character sets, undeclared Japanese ones, UTF-16, saved Outlook items.

Nothing here raises on any input; what cannot be decoded becomes replacement characters.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import quopri
import re

from core.unpacked import outlook_text, utf16_order

_ESCAPES = (b"\x1b$", b"\x1b(")
_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uff01-\uff5e\u3000-\u3002]")
_RARE = re.compile("[\uff61-\uff9f\ue000-\uf8ff\ufffd\u0080-\u009f]")
_BLOCK_TAGS = re.compile(r"<\s*/?\s*(?:br|p|div|tr|li|h\d|table|hr|pre)\b[^>]{0,500}>", re.I)
_HIDDEN_TAGS = re.compile(r"<(style|script|head)\b", re.I)
_TAGS = re.compile(r"<(?![^<>\s@]{1,64}@)[a-z/!?][^<>]{0,1000}>", re.I)


def unpack(data: bytes) -> bytes:
    """The message inside a byte order mark, UTF-16, or an Outlook item; otherwise the same bytes."""
    if (item := outlook_text(data)) is not None:
        return item.encode("utf-8", "replace")
    if data.startswith(codecs.BOM_UTF8):
        return data[3:]
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    if order := utf16_order(data):
        return data.decode(order, "replace").encode("utf-8", "replace")
    return data


def to_text(data: bytes, charset: str = "") -> str:
    """Text of a body or header. What the bytes show outweighs what was declared: pasted mail was often converted."""
    if data.isascii() and not any(escape in data for escape in _ESCAPES) and charset.lower() not in ("utf-7", "utf-16"):
        return data.decode("ascii")
    if b"\x1b" in data and data.isascii():
        return data.decode("iso2022_jp_ext", "replace")
    try:
        return data.decode("utf-8") if charset.lower() not in ("utf-7", "utf-16") else _declared(data, charset)
    except UnicodeDecodeError:
        return _declared(data, charset)


def _declared(data: bytes, charset: str) -> str:
    name = {"shift_jis": "cp932", "x-sjis": "cp932", "iso-2022-jp": ""}.get(charset.lower(), charset)
    try:
        codec = codecs.lookup(name) if name else None
        if codec and codec._is_text_encoding:
            return data.decode(name, "replace")
    except (LookupError, ValueError):
        pass
    return _guess(data)


def _guess(data: bytes) -> str:
    candidates = [data[:20000].decode(name, "replace") for name in ("utf-8", "cp932", "euc_jp")]
    scores = [len(_JAPANESE.findall(text)) - 3 * len(_RARE.findall(text)) for text in candidates]
    best = max(range(3), key=scores.__getitem__)
    name = ("utf-8", "cp932", "euc_jp")[best] if scores[best] > 0 else "latin-1"
    return data.decode(name, "replace")


def undo_transfer(data: bytes, encoding: str) -> bytes:
    """Undo base64 or quoted-printable; a broken encoding gives what could be read."""
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    if encoding != "base64":
        return data
    plain = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    try:
        return base64.b64decode(plain[: len(plain) // 4 * 4] + _rest(plain))
    except binascii.Error:
        return data


def _rest(plain: bytes) -> bytes:
    rest = plain[len(plain) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def is_web_page(text: str) -> bool:
    """Whether this is a mail saved or copied as a web page."""
    return re.match(r"\s{0,200}(?:<!doctype html|<html\b|<head\b|<body\b|<meta\b)", text, re.I) is not None


def from_html(text: str) -> str:
    """The words of an HTML body, one line a block; addresses in angle brackets survive."""
    if "<" not in text:
        return html.unescape(text)
    text = _BLOCK_TAGS.sub("\n", _without_hidden(text))
    return html.unescape(_TAGS.sub("", text))


def _without_hidden(text: str) -> str:
    """Without styles and scripts; each closing tag is looked for once, so that no input takes long."""
    low, kept, position = text.lower(), [], 0
    while opened := _HIDDEN_TAGS.search(text, position):
        closed = low.find(f"</{opened[1].lower()}", opened.end())
        if closed < 0:
            break
        kept.append(text[position : opened.start()])
        position = closed
    return "".join([*kept, text[position:]])


_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bqBQ])\?([^?\s]{0,4000})\?=(?:\s+(?==\?))?")


def decode_header(value: str) -> str:
    """A header value with its encoded words (RFC 2047) decoded."""
    if "=?" not in value:
        return value
    return _ENCODED_WORD.sub(_encoded_word, value[:8000])


def _encoded_word(found: re.Match[str]) -> str:
    charset, kind, text = found[1].partition("*")[0], found[2].lower(), found[3].encode("ascii", "replace")
    data = undo_transfer(text, "base64") if kind == "b" else quopri.decodestring(text.replace(b"_", b"=20"))
    return to_text(data, charset)
