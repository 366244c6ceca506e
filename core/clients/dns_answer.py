"""What the DNS answers. Apart from the resolver, because dnspython takes a tenth of a second to load."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What the DNS says. Names are absolute ("mx.example.jp."), MX is "10 mx.example.jp."."""

    name: str
    rdtype: str
    rcode: str  # "NOERROR" or "NXDOMAIN"
    records: tuple[str, ...] = ()
    ttl: int | None = None  # seconds
    cut: bool = False  # there was more than we keep


@dataclass(frozen=True)
class Direct:
    """What one name server says itself, unasked for recursion. `referred`: the NS names of a referral."""

    answer: Answer
    authoritative: bool
    recursive: bool  # it would ask others: a resolver, perhaps one that stands in the way
    referred: tuple[str, ...] = ()
