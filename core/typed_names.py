"""The names a person types: a mail domain, a server with its port, a place to log in. What is none is told at once."""

from __future__ import annotations

import ipaddress
import re
from functools import cache

_USER = r"[A-Za-z0-9_][A-Za-z0-9_.@+\\-]{0,63}(?<!\\)"
_ZONED = r"[0-9a-fA-F:.]+%[A-Za-z0-9_.-]+"


@cache
def _label() -> re.Pattern[str]:
    """Made for the first name that is typed: the first window waits for nothing it does not need."""
    return re.compile(r"(?!-)[^\W]([\w-]{0,61}[^\W])?", re.UNICODE)


def mail_domain(text: str) -> str:
    """The domain in what was typed: a whole mail address is welcome, its part after the @ counts.

    So are the wide letters and the full stop that a Japanese keyboard types (UTS 46 maps them alike).
    """
    import unicodedata  # a library of its own, which the first window does without

    narrow = unicodedata.normalize("NFKC", text).replace("\u3002", ".")
    return narrow.strip().rpartition("@")[2].strip().rstrip(".")


def is_host_name(text: str) -> bool:
    """Whether `text` is a name with at least two labels (RFC 1123, or its IDN form before encoding)."""
    labels = text.split(".")
    return len(text) <= 253 and len(labels) > 1 and all(_label().fullmatch(label) for label in labels)


def is_host_and_port(text: str) -> bool:
    """Whether `text` is HOST[:PORT]: a name, an IPv4 address, an IPv6 address (in brackets before a port)."""
    host, port = _host_and_port(text)
    return _is_port(port) and (_is_address(host) or is_host_name(host))


def is_ssh_destination(text: str) -> bool:
    """Whether `text` is [USER@]HOST[:PORT]. One label is enough here: it may be a name from ssh's own settings."""
    user, at, rest = text.strip().rpartition("@")
    host, port = _host_and_port(rest)
    known = _is_address(host) or is_host_name(host) or bool(_label().fullmatch(host))
    return known and _is_port(port) and (not at or bool(re.fullmatch(_USER, user)))


def _host_and_port(text: str) -> tuple[str, str | None]:
    text = text.strip()
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest[1:] if rest.startswith(":") else (rest or None)
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, port
    return text, None


def _is_port(text: str | None) -> bool:
    return text is None or (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0] if re.fullmatch(_ZONED, text) else text)
    except ValueError:
        return False
    return True
