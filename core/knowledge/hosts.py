"""Which company runs a domain's mail, told by the names its DNS shows.

One file a company in `resources/data/hosts`. Reading is pure: the same names always give the same company. A name
matches a suffix as a whole label or more ("mail.example.jp" ends with "example.jp", "badexample.jp" does not); "*"
stands for one label or part of it. Of several matches the longest counts, so that a rented machine of our own
("ik1-1.vs.sakura.ne.jp") is told from the same company's shared servers ("www1.sakura.ne.jp").
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal

from core.resources import resources_dir

# mailbox: keeps the mail; filter: stands in front and passes it on; sending: sends for others; dns: keeps name servers.
Role = Literal["mailbox", "filter", "sending", "dns"]
Sign = Literal["mx", "spf", "ptr_shared", "ptr_own", "ns"]
ROLES = ("mailbox", "filter", "sending", "dns")
SIGNS: tuple[Sign, ...] = ("mx", "spf", "ptr_shared", "ptr_own", "ns")
# What a customer can do there, and what only the company can: words of `hosting.can` and `hosting.cannot`.
CAN = frozenset({"passwords", "mail_log", "spf", "dkim", "forwarding", "overseas_login", "filter_rules", "quarantine"})
CANNOT = frozenset({"server_login", "reverse_name", "delisting", "repair"})


@dataclass(frozen=True)
class Example:
    """A name seen in the wild and the sign it is: the data file's own test."""

    sign: Sign
    name: str


@dataclass(frozen=True)
class Host:
    """One company.

    `checked`: when names and page were last compared with public documents that quote them (no page was opened by us:
    a company moves it when it likes). `support`: where its customers turn to; without a known page of that kind, its
    front page. `spf_include` is what it asks its customers to write; `selectors` are its usual DKIM names.
    `ptr_shared`: reverse names of its shared mail servers; `ptr_own`: of machines or lines that customers run alone.
    """

    id: str
    name: str
    roles: tuple[Role, ...]
    support: str  # page
    checked: date
    can: tuple[str, ...]
    cannot: tuple[str, ...]
    examples: tuple[Example, ...]
    mx: tuple[str, ...] = ()
    spf: tuple[str, ...] = ()
    ptr_shared: tuple[str, ...] = ()
    ptr_own: tuple[str, ...] = ()
    ns: tuple[str, ...] = ()
    spf_include: str = ""
    selectors: tuple[str, ...] = ()
    incoming_only: bool = False  # the servers in its MX records never send

    @property
    def keeps_mail(self) -> bool:
        """Whether mailboxes are there, not only a filter on the way to them."""
        return "filter" not in self.roles or "mailbox" in self.roles

    def suffixes(self, sign: Sign) -> tuple[str, ...]:
        """What names of this kind end with."""
        found: tuple[str, ...] = getattr(self, sign)
        return found


def parse_host(identity: str, raw: Mapping[str, Any]) -> Host:
    """One data file's content. Raises TypeError on an unknown or missing key, ValueError on a word not in its list."""
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    examples = tuple(Example(**example) for example in fields.pop("example"))
    found = Host(id=identity, examples=examples, **fields)
    known = set(found.roles) <= set(ROLES) and set(found.can) <= CAN and set(found.cannot) <= CANNOT
    if not known or not found.roles or any(example.sign not in SIGNS for example in examples):
        raise ValueError(f"{identity}: unknown role, sign or word")
    return found


@cache
def load_hosts(folder: Path | None = None) -> tuple[Host, ...]:
    """Every company. Raises when a data file is wrong: a bug of ours, found by the tests."""
    paths = sorted((folder or resources_dir() / "data" / "hosts").glob("*.toml"))
    return tuple(parse_host(path.stem, tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths)


def host_of(name: str, *signs: Sign) -> tuple[Host, Sign] | None:
    """The company `name` belongs to, and as which of `signs`; the longest suffix counts.

    A rented machine that takes mail itself is no company's mail server, though its name ends like one.
    """
    looked_for: tuple[Sign, ...] = (*signs, "ptr_own") if "mx" in signs else signs
    labels = name.strip().rstrip(".").lower().split(".")
    found = [
        (len(suffix), host, sign)
        for host in load_hosts()
        for sign in looked_for
        for suffix in host.suffixes(sign)
        if _ends_with(labels, suffix.split("."))
    ]
    if not found:
        return None
    _, host, sign = max(found, key=lambda one: one[0])
    return (host, sign) if sign in signs else None


def hosts_of(names: Iterable[str], *signs: Sign) -> tuple[Host, ...]:
    """The companies of several names, each once, in the names' order."""
    found = [match[0] for name in names if (match := host_of(name, *signs))]
    return tuple(dict.fromkeys(found))


def hosted_by(mail_servers: Iterable[str]) -> Host | None:
    """The company that keeps the mail, told by the names of the servers that take it; None for our own, or unknown.

    With it there is nothing on a server to log in to, and none that is ours to test: the company is asked instead. A
    filter that only stands in front keeps no mail.
    """
    return next((host for host in hosts_of(mail_servers, "mx") if host.keeps_mail), None)


def _ends_with(labels: list[str], suffix: list[str]) -> bool:
    tail = labels[-len(suffix) :]
    return len(tail) == len(suffix) and all(map(fnmatchcase, tail, suffix))
