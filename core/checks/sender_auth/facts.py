"""What the DNS says about who may send for a domain: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489, 9989)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.lookup import Lookup
from core.model import AddressSource

# Where an address stands in a text that anybody can have written.
PASTED: tuple[AddressSource, ...] = ("bounce", "header")


@dataclass(frozen=True)
class SpfCheck:
    """What a receiver finds for one address. `identity` is the name checked: the envelope's domain or the HELO name.

    `result`, `mechanism`, `lookups`, `void_lookups`: RFC 7208. `problem` and `term` explain a permerror or temperror.
    `proven`: we know that mail leaves from this address; else it only takes the mail of our own server's name.
    """

    address: str
    source: AddressSource | Literal["nobody"]
    proven: bool
    identity: Literal["mailfrom", "helo"]
    name: str
    result: str
    mechanism: str = ""
    problem: str = ""
    term: str = ""
    lookups: int = 0
    void_lookups: int = 0


@dataclass(frozen=True)
class SpfTerm:
    """One term of the domain's own record, evaluated alone. `problem`: a word of `sender_auth.spf_problem`, or ""."""

    text: str
    lookups: int
    void_lookups: int
    problem: str


@dataclass(frozen=True)
class SpfRepair:
    """Tried out for a record receivers cannot use. `record`: a line they could use ("": none without a decision);
    `checks`: what they would find with it, for an address nobody has and for those mail surely leaves from."""

    terms: tuple[SpfTerm, ...]
    record: str = ""
    checks: tuple[SpfCheck, ...] = ()


# body_differs: changed after signing, or not pasted whole; wrong: the headers or the key are not those it was made
# with; not_checkable: what was pasted need not be what was sent, byte for byte; other_key: neither RSA nor Ed25519.
SignatureState = Literal[
    "pass", "body_differs", "wrong", "no_key", "key_unusable", "key_not_asked", "out_of_date", "not_readable",
    "not_checkable", "other_key",
]  # fmt: skip


@dataclass(frozen=True)
class Signature:
    """One DKIM signature of the message: the domain (d=) that vouches, its key's name (s=), and how verifying went.

    `ed25519`: of that kind (RFC 8463), which many receivers cannot check; senders use it beside RSA.
    """

    domain: str
    selector: str
    state: SignatureState
    ed25519: bool = False


@dataclass(frozen=True)
class Message:
    """What a pasted message shows of itself. `returned`: it came back inside a bounce.

    `from_domain`: of the author people see; `envelope_domain`: of the Return-Path ("" when nobody wrote it down);
    `travelled`: some server outside noted that it took it; `ours`: the author's domain is one of ours.
    `spf`: what a receiver finds for the message's own envelope and the address it left from; None when unknown.
    """

    from_domain: str
    envelope_domain: str
    returned: bool
    travelled: bool
    ours: bool
    signatures: tuple[Signature, ...]
    spf: SpfCheck | None


@dataclass(frozen=True)
class DkimKey:
    """One place where a key may stand. `from_message`: a signature in the pasted message names it."""

    selector: str
    from_message: bool
    txt: Lookup


@dataclass(frozen=True)
class Facts:
    """One look at a domain's proofs of sender.

    `stranger`: the record judged for an address that nobody can have. `ignored`: addresses that only take our mail at
    somebody else's, or that only the SPF record itself names: they prove nothing about it.
    """

    measured_at: datetime
    resolver: str
    domain: str
    txt: Lookup
    stranger: SpfCheck | None
    checks: tuple[SpfCheck, ...]
    ignored: tuple[str, ...]
    keys: tuple[DkimKey, ...]
    dmarc: Lookup
    dmarc_parent: Lookup | None  # of the registered domain, asked when the domain itself has none
    report_permissions: tuple[Lookup, ...]  # RFC 7489 section 7.1, of report addresses elsewhere
    mail_servers: tuple[str, ...]
    message: Message | None = None  # None: none was pasted, or none that could be read
    spf_repair: SpfRepair | None = None  # None: the record is usable, or there is none
