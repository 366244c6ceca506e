"""Documentation addresses mapped to loopback, so that practice and tests run the very same checks.

The checks and the report see the documentation address; only the socket goes elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Endpoint = tuple[str, int]


@dataclass(frozen=True)
class Reroute:
    """`table` maps (address, port) to the (address, port) the socket is really opened to."""

    table: Mapping[Endpoint, Endpoint] = field(default_factory=dict)
    closed: bool = False  # practice: what is not in the table is refused, so that nothing leaves the laptop

    def endpoint(self, address: str, port: int) -> Endpoint | None:
        """Where to connect for `address`:`port`; None when a closed table does not hold it."""
        return self.table.get((address, port), None if self.closed else (address, port))
