"""What this run sent to whom, and what it ran on the server: the report lists all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class ServerClock:
    """A server's word about the time, and this computer's clock at that moment."""

    host: str
    said: datetime
    ours: datetime


@dataclass
class Journal:
    """Filled by the clients during one run. Entries keep their first order and stand once."""

    contacted: list[str] = field(default_factory=list)  # "198.51.100.5:53 (DNS)"
    commands: list[str] = field(default_factory=list)  # as they stand in the remote script
    clocks: list[ServerClock] = field(default_factory=list)  # the last word of each server

    def note_contact(self, host: str, port: int, purpose: str) -> None:
        """Remember that something was sent to `host`:`port`."""
        entry = f"{host}:{port} ({purpose})"
        if entry not in self.contacted:
            self.contacted.append(entry)

    def note_clock(self, host: str, said: datetime | None) -> None:
        """Remember what time it is by this server, if it told."""
        if said is not None:
            others = [clock for clock in self.clocks if clock.host != host]
            self.clocks = [*others, ServerClock(host, said, datetime.now(UTC))]

    def note_command(self, command: str) -> None:
        """Remember a command that was run on the mail server."""
        if command not in self.commands:
            self.commands.append(command)


async def let_sockets_close() -> None:
    """Wait the few rounds of the event loop that closed transports need to give their sockets back.

    A transport closes its socket one round after `close()` or `abort()`; a loop that ends before leaves it open.
    """
    import asyncio  # half of what reading a file has to load

    for _ in range(5):
        await asyncio.sleep(0)
