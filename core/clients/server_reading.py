"""What a server told in one login, and what several readers of it need to know alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.clients.remote_frames import Section


@dataclass(frozen=True)
class ServerReading:
    """What the server told in one login.

    A command that does not apply there (no such program) has no section. `complete` is False when any section was
    cut. `host_key`: "known" before, or new and "confirmed" by its fingerprint, or "unconfirmed".
    """

    sections: Mapping[str, Section]
    complete: bool
    read_at: datetime
    host_key: Literal["known", "confirmed", "unconfirmed"] = "known"

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of a section; none when the section is absent."""
        section = self.sections.get(name)
        return section.lines if section is not None else ()

    @property
    def client_address(self) -> str | None:
        """Our address as the server sees it ($SSH_CONNECTION); None when the server did not say."""
        words = self._connection()
        return words[0] if words else None

    @property
    def server_address(self) -> str | None:
        """The server's address on which it took our login, maybe a private one."""
        words = self._connection()
        return words[2] if words else None

    def _connection(self) -> list[str]:
        words = " ".join(self.lines("connection")).split()
        return words if len(words) == 4 else []

    def processes(self) -> frozenset[str] | None:
        """Names of all programs that run, without their folders (ps(1) cuts them at 15 letters).

        None when that could not be read whole, or when the account is shown only its own (then number 1 is missing).
        """
        section = self.sections.get("processes")
        if section is None or section.exit_status != 0 or not section.complete:
            return None
        rows = [line.split(None, 1) for line in section.lines]
        if not any(row[0] == "1" for row in rows if row):
            return None
        return frozenset(row[1].strip().rpartition("/")[2] for row in rows if len(row) == 2)
