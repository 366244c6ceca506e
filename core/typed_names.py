"""The names a person types: a mail domain, a server with its port, a place to log in. What is none is told at once."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

_LABEL = re.compile(r"(?!-)[^\W]([\w-]{0,61}[^\W])?", re.UNICODE)
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+\\-]{0,63}(?<!\\)")
_ZONED = re.compile(r"[0-9a-fA-F:.]+%[A-Za-z0-9_.-]+")


def mail_domain(text: str) -> str:
    """The domain in what was typed: a whole mail address is welcome, its part after the @ counts.

    So are the wide letters and the full stop that a Japanese keyboard types (UTS 46 maps them alike).
    """
    narrow = unicodedata.normalize("NFKC", text).replace("\u3002", ".")
    return narrow.strip().rpartition("@")[2].strip().rstrip(".")


def is_host_name(text: str) -> bool:
    """Whether `text` is a name with at least two labels (RFC 1123, or its IDN form before encoding)."""
    labels = text.split(".")
    return len(text) <= 253 and len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)


def is_host_and_port(text: str) -> bool:
    """Whether `text` is HOST[:PORT]: a name, an IPv4 address, an IPv6 address (in brackets before a port)."""
    host, port = _host_and_port(text)
    return _is_port(port) and (_is_address(host) or is_host_name(host))


def is_ssh_destination(text: str) -> bool:
    """Whether `text` is [USER@]HOST[:PORT]. One label is enough here: it may be a name from ssh's own settings."""
    user, at, rest = text.strip().rpartition("@")
    host, port = _host_and_port(rest)
    known = _is_address(host) or is_host_name(host) or bool(_LABEL.fullmatch(host))
    return known and _is_port(port) and (not at or bool(_USER.fullmatch(user)))


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
        ipaddress.ip_address(text.partition("%")[0] if _ZONED.fullmatch(text) else text)
    except ValueError:
        return False
    return True
