"""The few types that travel from a click to the PDF.

Data moves one way: answers -> Target -> facts -> Finding -> CheckResult -> Cause -> Report -> words.
Everything here is frozen and holds codes and values only; sentences live in `resources/locale`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal

from core.vocabulary import AddressSource as AddressSource
from core.vocabulary import Certainty as Certainty
from core.vocabulary import Port25 as Port25
from core.vocabulary import Relation as Relation
from core.vocabulary import Sudo as Sudo
from core.vocabulary import Symptom as Symptom
from core.vocabulary import WhoActs as WhoActs

# What a finding may carry to its text: plain JSON values. Times are RFC 3339 strings, durations seconds.
Value = str | int | float | bool | None | list[str] | list[int]
Values = Mapping[str, Value]
PRACTICE_DOMAIN = "midori-shoji.example"  # of the invented company (RFC 2606 section 2): nobody's real mail


class Severity(Enum):
    """How bad one finding, check or report is; the value is its word in the JSON."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"

    @property
    def exit_code(self) -> int:
        """The status a command ends with: 0 ok, 1 warning, 2 critical, 3 could not look."""
        return {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}[self.value]


_HEADLINE_ORDER = (Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN, Severity.OK)


def headline(severities: list[Severity]) -> Severity:
    """The severity that stands over several: CRITICAL, WARNING, UNKNOWN, OK in this order.

    Nothing at all is UNKNOWN: no look was taken, so nothing may be called fine.
    """
    return next((s for s in _HEADLINE_ORDER if s in severities), Severity.UNKNOWN)


@dataclass(frozen=True)
class Pasted:
    """Text the person pasted or a file they chose; `name` is for people, never a path to open.

    `cut`: it was longer than what is read, so that nothing may be called good by it.
    """

    name: str
    text: str
    cut: bool = False


@dataclass(frozen=True)
class Target:
    """What the person told us. One field for each option of `check`; None means "I don't know"."""

    symptom: Symptom | None = None
    domain: str | None = None
    also_domain: tuple[str, ...] = ()
    mail_host: str | None = None  # HOST[:PORT], IPv6 with a port in brackets
    address: tuple[str, ...] = ()
    ssh: str | None = None  # [USER@]HOST[:PORT]
    ssh_config: str | None = None  # path of a file read by ssh instead of the user's own settings
    sudo: Sudo = "no"  # read the server as administrator; never unasked
    outside: str | None = None  # [USER@]HOST[:PORT], a machine outside our network
    resolver: str | None = None  # IP[:PORT]
    bounce: Pasted | None = None
    log: Pasted | None = None
    queue: Pasted | None = None
    own_server: bool = False  # "this is our server": without it no relay test is made
    thorough: bool = False
    affected: Literal["one", "everyone"] | None = None
    direction: Literal["sending", "receiving", "both"] | None = None
    recipients: Literal["one", "all"] | None = None
    since: str | None = None


@dataclass(frozen=True)
class SendingAddress:
    """A public address our mail leaves from, and how we know it."""

    address: str
    source: AddressSource
    also: tuple[AddressSource, ...] = ()  # what else names it

    @property
    def only_pasted(self) -> bool:
        """Whether nothing but a returned or pasted mail names it: anybody can write one."""
        return {self.source, *self.also} <= {"bounce", "header"}


@dataclass(frozen=True)
class Vantage:
    """Where we look from: without it an accepted relay probe means nothing."""

    relation: Relation = "unknown"
    address: str | None = None  # ours, as the server sees it
    port_25: Port25 = "unknown"


@dataclass(frozen=True)
class MailHost:
    """A server that takes (or should take) the domain's mail."""

    name: str  # host name or address literal, as told or as in the MX record
    port: int = 25
    preference: int | None = None  # of the MX record; None when the person named the host
    addresses: tuple[str, ...] = ()  # A and AAAA, IPv4 first
    astray: tuple[str, ...] = ()  # those that lead back to this very computer (127.0.0.1): never knocked at


@dataclass(frozen=True)
class Context:
    """What several checks need and none may fetch for itself; found once before the checks."""

    target: Target
    mail_hosts: tuple[MailHost, ...] = ()
    addresses: tuple[SendingAddress, ...] = ()
    vantage: Vantage = field(default_factory=Vantage)


@dataclass(frozen=True)
class Evidence:
    """One raw exchange, kept for the appendix: never shown without cleaning."""

    asked: str
    answered: str
    at: datetime | None = None


@dataclass(frozen=True)
class Table:
    """Rows for the specialist; headings are codes with a text `column.<check id>.<heading>`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Finding:
    """What one answer means. `code` starts with its check's id: "dnsbl.listed"."""

    code: str
    severity: Severity
    values: Values = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Problem:
    """Why we could not look: "ssh.permission_denied", "run.timed_out", "run.bug"."""

    code: str
    values: Values = field(default_factory=dict)
    trace: str = ""


@dataclass(frozen=True)
class CheckResult:
    """All that one check brought home.

    `applies` False (nothing to check here, or what it needs was not told) is shown as "not_applicable",
    never as fine; `problem` then may say what was missing.
    """

    check_id: str
    started_at: datetime
    finished_at: datetime
    facts: object | None = None
    findings: tuple[Finding, ...] = ()
    problem: Problem | None = None
    applies: bool = True

    @property
    def severity(self) -> Severity:
        """The check's headline; a problem makes it UNKNOWN unless something worse was found."""
        found = [finding.severity for finding in self.findings]
        return headline(found + ([Severity.UNKNOWN] if self.problem else []))

    @property
    def state(self) -> str:
        """The word in the JSON: a severity, or "not_applicable"."""
        return self.severity.value if self.applies else "not_applicable"


@dataclass(frozen=True)
class Cause:
    """What all results together mean: one of the cause codes, who must act, and why we say so."""

    code: str
    certainty: Certainty
    who_acts: WhoActs
    findings: tuple[str, ...] = ()
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """A finished run: everything the window, the PDF and the JSON show."""

    target: Target
    results: tuple[CheckResult, ...]
    causes: tuple[Cause, ...]
    started_at: datetime
    finished_at: datetime
    app_version: str
    data_checked_on: str
    addresses: tuple[SendingAddress, ...] = ()
    vantage: Vantage = field(default_factory=Vantage)
    contacted: tuple[str, ...] = ()  # every host and port something was sent to, for the report
    commands: tuple[str, ...] = ()  # every command run on the mail server

    @property
    def severity(self) -> Severity:
        """The headline over all checks that applied."""
        return headline([result.severity for result in self.results if result.applies])
