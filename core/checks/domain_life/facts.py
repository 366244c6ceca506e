"""A domain's registration, in the words of RDAP (RFC 9083) and EPP (RFC 5731, 3915)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Registration:
    """What the registry said. `statuses` are EPP's words in lower case without blanks ("clienthold"); JPRS's states
    keep theirs ("connected", "tobesuspended"). `domain`: the name the answer is about, as written there; "" if none."""

    registered: bool
    expires: datetime | None = None
    created: datetime | None = None
    statuses: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()
    registrar: str = ""
    phone: str = ""
    domain: str = ""


@dataclass(frozen=True)
class Facts:
    """`domain` is the registered part of what was told. `registration` is None when nobody could be asked, or when
    what came could not be read (`answer` then holds its beginning)."""

    measured_at: datetime
    domain: str
    source: Literal["rdap", "whois", ""]
    server: str
    registration: Registration | None
    name_servers: tuple[str, ...]  # as the DNS says now; empty also when it could not be asked
    answer: str = ""
