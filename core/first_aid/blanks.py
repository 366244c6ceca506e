"""What may be filled into a command, by the kind of blank.

The values come from a server and from mail that nobody vouches for, and end up in an administrator's shell. So each
kind of blank takes a narrow form of its own, made of characters that mean nothing to sh, PowerShell, sed or m4;
anything else stays a blank that the person fills in. Nothing is escaped, repaired or cut to fit.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Callable

from core.knowledge.fixes import PLACEHOLDERS

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")  # RFC 1123, at least two labels
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}")  # of RFC 5321's local part what mail systems hand out
_LOGIN = re.compile(r"[a-z_][a-z0-9_-]{0,31}")  # a Unix account (useradd's own rule)
# Postfix short and long, Exim old and new, Sendmail, OpenSMTPD.
_QUEUE_ID = re.compile(r"[0-9A-Za-z]{6,20}|[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}")
_BACKUP = re.compile(r"/root/mail-first-aid-[0-9]{8}-[0-9]{4}-[a-z0-9_]{1,40}")


def filled(name: str, value: str) -> str | None:
    """`value` in the form the blank `name` takes, or None when it has no such form. Raises KeyError: unknown blank."""
    accept = _ACCEPT.get(name)
    if accept is None:
        if name not in PLACEHOLDERS:
            raise KeyError(name)
        return None  # only the person knows it
    found = accept(value.strip()) if len(value) <= 400 else None
    # The last word is the shell's own rule: what would need quoting is not filled in.
    return found if found is None or all(shlex.quote(word) == word for word in found.split(" ")) else None


def _host(value: str) -> str | None:
    name = value.rstrip(".").lower()
    if len(name) > 253 or not _HOST.fullmatch(name):
        return None
    return None if name.rpartition(".")[2].isdigit() else name  # four numbers are an address


def _address(value: str) -> str | None:
    try:
        found = ipaddress.ip_address(value)
    except ValueError:
        return None
    return None if isinstance(found, ipaddress.IPv6Address) and found.scope_id else str(found)


def _account(value: str) -> str | None:
    local, at, domain = value.rpartition("@") if "@" in value else (value, "", "")
    if not _LOCAL.fullmatch(local):
        return None
    host = _host(domain) if at else ""
    return None if host is None else f"{local}{at}{host}"


def _mailbox(value: str) -> str | None:
    return _account(value) if "@" in value else None


def _pattern(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda value: value if pattern.fullmatch(value) else None


_ACCEPT: dict[str, Callable[[str], str | None]] = {
    "account": _account,
    "account_name": _pattern(_LOGIN),
    "address": _address,
    "backup": _pattern(_BACKUP),
    "client_address": _address,
    "domain": _host,
    "mail_host": _host,
    "queue_id": _pattern(_QUEUE_ID),
    "sender": _mailbox,
    "web_account": _pattern(_LOGIN),
    "zone": _host,
}
