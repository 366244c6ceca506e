"""The servers looked at before, the newest first: what was entered for each, kept apart from the others.

Names only: domain, mail server and where one logs in (`ssh`, without a password). Each can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

FIELDS = ("domain", "mail_host", "how_inside", "ssh")
MOST = 8
_LONGEST = 400  # characters of one field; a host name has at most 253

Server = dict[str, str]


def server_of(answers: Mapping[str, str]) -> Server:
    """The part of the answers that belongs to one server; empty when none was named."""
    found = {name: value.strip() for name in FIELDS if (value := answers.get(name, "")).strip()}
    return found if _identity(found) != ("", "") else {}


def same_server(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether both name the same domain and mail server."""
    return _identity(one) == _identity(other)


def with_newest(recent: Iterable[Server], newest: Server) -> list[Server]:
    """`recent` with `newest` in front, each server once, at most `MOST`."""
    if not newest:
        return list(recent)[:MOST]
    return [newest, *without(recent, newest)][:MOST]


def without(recent: Iterable[Server], forgotten: Mapping[str, str]) -> list[Server]:
    """`recent` without one server."""
    return [each for each in recent if not same_server(each, forgotten)]


def kept_servers(value: object) -> list[Server]:
    """What the settings file holds, as far as it is a list of servers; anything else is left out."""
    rows = value if isinstance(value, list) else []
    servers = [server_of(_words(row)) for row in rows if isinstance(row, dict)]
    return [each for each in servers if each][:MOST]


def _words(row: Mapping[object, object]) -> dict[str, str]:
    return {str(name): word for name, word in row.items() if isinstance(word, str) and len(word) <= _LONGEST}


def _identity(server: Mapping[str, str]) -> tuple[str, str]:
    domain, host = server.get("domain", ""), server.get("mail_host", "")
    return domain.strip().rpartition("@")[2].rstrip(".").casefold(), host.strip().rstrip(".").casefold()
