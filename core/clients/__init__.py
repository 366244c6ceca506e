"""The only doors to the outside. Clients live for one run; each limits itself in time and bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.model import Vantage

if TYPE_CHECKING:
    from core.clients.resolver import Resolver
    from core.clients.smtp import SmtpClient
    from core.clients.ssh import SshDoor


@dataclass
class Clients:
    """The doors of one run. `ssh` is None when the person gave no server to log in to."""

    resolver: Resolver
    smtp: SmtpClient
    ssh: SshDoor | None = None
    journal: Journal = field(default_factory=Journal)


@dataclass(frozen=True)
class Doors:
    """Where the doors lead. The practice company gives its own; a real run uses the defaults.

    `resolver` "IP:PORT" overrides the target's; `ssh_program` replaces the system's ssh.
    """

    resolver: str | None = None
    reroute: Reroute = field(default_factory=Reroute)
    ssh_program: tuple[str, ...] | None = None
    vantage: Vantage | None = None
