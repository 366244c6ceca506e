"""What the server told about its own health. None everywhere means: could not be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Role = Literal["spool", "mail", "log"]
HelperRole = Literal["milter", "content_filter", "policy", "delivery", "login"]
Reached = Literal["open", "silent", "refused", "unreachable", "unknown"]


@dataclass(frozen=True)
class Space:
    """One file system that mail needs; sizes in bytes as df(1) tells an ordinary account. None: it did not say."""

    mount: str
    roles: tuple[Role, ...]
    total: int | None
    free: int | None
    inodes: int | None = None
    inodes_free: int | None = None


@dataclass(frozen=True)
class Service:
    """One installed mail program. `queue_runs`: whether what sends waiting mail is there (Postfix only)."""

    product: str
    runs: bool
    queue_runs: bool | None = None


@dataclass(frozen=True)
class Unit:
    """A part that systemd(1) should keep running and that does not run."""

    name: str
    state: str


@dataclass(frozen=True)
class Helper:
    """A program the settings hand mail or questions to; `alive` None: it stands elsewhere or cannot be seen."""

    role: HelperRole
    where: str
    setting: str
    alive: bool | None


@dataclass(frozen=True)
class Resolving:
    """The server's own look-ups of well-known names."""

    servers: tuple[str, ...]  # of resolv.conf(5)
    answered: tuple[str, ...]
    failed: tuple[str, ...]
    seconds: tuple[int, ...]  # of each look-up, in their order
    known_here: bool | None = None  # whether this computer found any of them; None: not asked, or no answer


@dataclass(frozen=True)
class Outbound:
    """One connection from the server to another one's port 25."""

    landmark: str
    address: str | None
    reached: Reached
    said: str = ""


@dataclass(frozen=True)
class OwnList:
    """A blacklist of the server's settings and what it said to the server about an address no list may hold."""

    zone: str
    wanted: str | None  # the answers that count, as the settings name them
    answers: tuple[str, ...]


@dataclass(frozen=True)
class CertificateFile:
    """A certificate the settings name. `door` "mail" or "boxes" (IMAP)."""

    door: str
    path: str
    until: datetime | None
    fingerprint: str | None


@dataclass(frozen=True)
class ServedCertificate:
    """What the server shows on one of its own ports."""

    port: int
    until: datetime
    fingerprint: str


@dataclass(frozen=True)
class Bans:
    """Our address in what turns clients away. Each None: may be seen by the administrator only."""

    address: str
    jails: tuple[str, ...] | None
    firewall: tuple[str, ...] | None  # the rules that name us
    hosts_deny: tuple[str, ...] | None


@dataclass(frozen=True)
class Program:
    """A mail program's version as it tells it itself."""

    product: str
    version: str


@dataclass(frozen=True)
class System:
    """The operating system release, as our data names it, and its days (inclusive)."""

    id: str
    name: str
    until: date
    paid_until: date | None


@dataclass(frozen=True)
class Load:
    """Load of the last 15 minutes, processors, and memory in bytes."""

    fifteen: float
    processors: int
    memory: int | None = None
    memory_free: int | None = None
    swap: int | None = None
    swap_free: int | None = None


@dataclass(frozen=True)
class Panel:
    """What manages the server, and the containers of it that do not run."""

    name: str
    version: str = ""


@dataclass(frozen=True)
class ServerHealthFacts:
    """Everything, at `read_at` by our clock; `settings` is the copy of the configuration, secrets blotted out."""

    read_at: datetime
    server_clock: datetime | None = None
    space: tuple[Space, ...] | None = None
    largest_message: int | None = None  # bytes the server must have room for; None: the setting was not read
    services: tuple[Service, ...] | None = None
    ports: tuple[str, ...] | None = None  # local addresses on which port 25 is open
    takes_mail_here: bool = False  # the domain's mail comes to this very server
    in_containers: bool = False  # containers run: a door may lead into one without showing among the open ports
    units: tuple[Unit, ...] | None = None
    helpers: tuple[Helper, ...] | None = None
    unexamined_passes: bool = False  # mail goes on without a milter that does not answer
    resolving: Resolving | None = None
    outbound: Outbound | None = None
    own_lists: tuple[OwnList, ...] | None = None
    certificate_files: tuple[CertificateFile, ...] | None = None
    served: tuple[ServedCertificate, ...] | None = None
    bans: Bans | None = None
    programs: tuple[Program, ...] = ()
    closed_settings: tuple[str, ...] = ()  # settings that are on and close a hole
    system: System | None = None
    load: Load | None = None
    relayhost: str | None = None
    relayhost_login: bool | None = None
    forwards: tuple[tuple[str, int], ...] | None = None  # outside domain, how many addresses
    full_mailboxes: int | None = None
    panels: tuple[Panel, ...] = ()
    containers_down: tuple[str, ...] | None = None
    settings: tuple[tuple[str, str], ...] = ()  # (name, value), for the copy in the notebook
