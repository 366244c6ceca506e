"""The names that tell who runs a domain's mail (RFC 1035: MX, NS, PTR; RFC 7208: terms of the SPF record)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.lookup import Lookup
from core.model import Symptom


@dataclass(frozen=True)
class Facts:
    """One look. Without a domain the told server stands in for the MX, and `mx`, `txt` and `ns` are None.

    `own_server`: the person says that the server is theirs, or can log in to it.
    """

    measured_at: datetime
    resolver: str
    domain: str | None
    mx: Lookup | None
    txt: Lookup | None
    ns: Lookup | None
    told_host: str | None
    reverse: tuple[Lookup, ...]  # PTR of the mail servers' addresses
    own_server: bool
    symptom: Symptom | None
    since: str | None
