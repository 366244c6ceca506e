"""Documentation addresses mapped to loopback, so that practice and tests run the very same checks.

The checks and the report see the documentation address; only the socket goes elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.clients.line import Line

Endpoint = tuple[str, int]


@dataclass(frozen=True)
class Reroute:
    """`table` maps (address, port) to the (address, port) the socket is really opened to."""

    table: Mapping[Endpoint, Endpoint] = field(default_factory=dict)
    closed: bool = False  # practice: what is not in the table is refused, so that nothing leaves the laptop
    line: Line = field(default_factory=Line, compare=False)

    def for_one_run(self) -> Reroute:
        """The same with a line of its own: the next run may stand in another network."""
        return replace(self, line=Line())

    def endpoint(self, address: str, port: int) -> Endpoint | None:
        """Where to connect for `address`:`port`; None when a closed table does not hold it."""
        found = self.table.get((address, port))
        return found if found or self.closed else (self.line.way_to(address), port)
