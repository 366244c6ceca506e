"""What may be filled into a command, by the kind of blank.

The values come from a server and from mail that nobody vouches for, or from a person who pastes what somebody sent,
and end up in an administrator's shell. So each kind of blank takes a narrow form of its own, made of characters that
mean nothing to sh, PowerShell, sed or m4; anything else stays a blank. Nothing is escaped, repaired or cut to fit.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Callable

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")  # RFC 1123, at least two labels
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}")  # of RFC 5321's local part what mail systems hand out
# A Unix account (useradd's own rule). Never root: mail in its name may come from anybody, and locking it locks us out.
_LOGIN = re.compile(r"(?!root$)[a-z_][a-z0-9_-]{0,31}")
# Postfix short and long, Exim old and new, Sendmail, OpenSMTPD.
_QUEUE_ID = re.compile(r"[0-9A-Za-z]{6,20}|[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}")
_PATH = re.compile(r"(?:/[A-Za-z0-9_][A-Za-z0-9_.@+=,-]*)+")  # whole; none of its parts begins with a dot or a dash
_LOG = re.compile(r"/(?:.*/)?logs?/.+")  # what is emptied after copying must lie where records lie
_SERVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")
# Names of Exchange: server\connector, with blanks; they stand between PowerShell's straight quotes.
_CONNECTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,60}(?:\\[A-Za-z0-9][A-Za-z0-9 _.-]{0,60})?")
_MOST_NETWORKS = 20
# The widest network that may be trusted without a login (prefix length), inside a company and elsewhere.
_WIDEST_PRIVATE, _WIDEST_PUBLIC = 8, 24
_BACKUP = re.compile(r"/root/mail-first-aid-[0-9]{8}-[0-9]{4}-[a-z0-9_]{1,40}")


def filled(name: str, value: str) -> str | None:
    """`value` in the form the blank `name` takes, or None when it has no such form. Raises KeyError: unknown blank."""
    accept = _ACCEPT[name]
    found = accept(value.strip()) if len(value) <= 400 else None
    # The last word is the shell's own rule: what would need quoting is not filled in. (Exchange knows no such shell.)
    sound = found is None or name == "connector" or all(shlex.quote(word) == word for word in found.split(" "))
    return found if sound else None


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


def _server(value: str) -> str | None:
    """An address somebody can be asked at."""
    found = _address(value)
    if found is None or (known := ipaddress.ip_address(found)).is_unspecified or known.is_multicast:
        return None
    return found


def _path(value: str) -> str | None:
    return value if len(value) <= 200 and _PATH.fullmatch(value) else None


def _log(value: str) -> str | None:
    return value if _path(value) and _LOG.fullmatch(value) else None


def _networks(value: str) -> str | None:
    """Machines and networks of the company, IPv4, in whole bytes: every mail program can write those down."""
    words = value.split()
    found = [one for word in words if (one := _network(word)) is not None]
    return " ".join(found) if words and len(found) == len(words) <= _MOST_NETWORKS else None


def _network(word: str) -> str | None:
    try:
        network = ipaddress.IPv4Network(word)
    except ValueError:
        return None
    widest = _WIDEST_PRIVATE if network.is_private else _WIDEST_PUBLIC
    if (
        network.prefixlen < widest
        or network.prefixlen % 8
        or network.is_multicast
        or network.network_address.is_unspecified
    ):
        return None
    return str(network.network_address) if network.prefixlen == 32 else str(network)


def _pattern(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda value: value if pattern.fullmatch(value) else None


_ACCEPT: dict[str, Callable[[str], str | None]] = {
    "account": _account,
    "account_name": _pattern(_LOGIN),
    "address": _address,
    "backup": _pattern(_BACKUP),
    "big_file": _log,
    "client_address": _address,
    "connector": _pattern(_CONNECTOR),
    "domain": _host,
    "form_file": _path,
    "helper": _pattern(_SERVICE),
    "jail": _pattern(_SERVICE),
    "mail_host": _host,
    "networks": _networks,
    "new_certificate": _path,
    "new_key": _path,
    "other_disk": _path,
    "queue_id": _pattern(_QUEUE_ID),
    "recipient": _mailbox,
    "relay_user": _account,
    "relayhost": _host,
    "resolver": _server,
    "sender": _mailbox,
    "web_account": _pattern(_LOGIN),
    "zone": _host,
}
