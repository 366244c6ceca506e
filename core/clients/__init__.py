"""The only doors to the outside. Clients live for one run; each limits itself in time and bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.clients.reroute import Reroute

if TYPE_CHECKING:
    from core.clients.list_keys import ListKeys
    from core.clients.opened import Clients as Clients
    from core.model import Vantage


def __getattr__(name: str) -> Any:
    # Who only says where doors lead (the first window does) need not know what stands behind them.
    if name == "Clients":
        from core.clients.opened import Clients

        return Clients
    raise AttributeError(name)


@dataclass(frozen=True)
class Doors:
    """Where the doors lead. The practice company gives its own; a real run uses the defaults.

    `resolver` "IP:PORT" overrides the target's; `ssh_program` replaces the system's ssh; `list_keys` replaces the
    keychain.
    """

    resolver: str | None = None
    reroute: Reroute = field(default_factory=Reroute)
    ssh_program: tuple[str, ...] | None = None
    vantage: Vantage | None = None
    list_keys: ListKeys | None = None
