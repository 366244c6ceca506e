"""When which server refused our relay probes, and when the person said that it is theirs to test.

Kept over runs, so that no server refuses us more often than it takes before it bans the office. One small JSON file in
the person's data folder; without a path (practice, tests) it lives as long as the run. A file that cannot be read is
set aside as `.bad`, never written over.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path

import platformdirs

from core.kept_file import read_kept, replace_kept

log = logging.getLogger(__name__)
_FORM = 1
_LONGEST_FILE = 1_000_000  # bytes
_KEPT = timedelta(days=1)  # refusals older than this can count for nothing
_MOST_SERVERS = 500


class RelayLedger:
    """Refusals and consents by server address."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._servers: dict[str, dict[str, list[str]]] | None = None

    def refusals_since(self, server: str, since: datetime) -> int:
        """How often this server has refused us since then, all runs, ports and families together."""
        moments = self._all().get(server, {}).get("refusals", [])
        return sum(1 for text in moments if (moment := _moment(text)) is not None and moment >= since)

    def consented_at(self, server: str) -> datetime | None:
        """When the person last said that this server is theirs; None when never."""
        said = self._all().get(server, {}).get("consent", [])
        return _moment(said[-1]) if said else None

    def note_consent(self, server: str, at: datetime) -> None:
        """The person said so before this run; kept before the first probe."""
        self._entry(server)["consent"] = [at.isoformat()]
        self._keep()

    def note_refusals(self, server: str, count: int, at: datetime) -> None:
        """`count` probes were refused by this server."""
        entry = self._entry(server)
        recent = [text for text in entry.get("refusals", []) if (m := _moment(text)) is not None and m >= at - _KEPT]
        entry["refusals"] = recent + [at.isoformat()] * count
        self._keep()

    def _entry(self, server: str) -> dict[str, list[str]]:
        servers = self._all()
        entry = servers.pop(server, {})
        servers[server] = entry  # the last used stands last
        while len(servers) > _MOST_SERVERS:
            del servers[next(iter(servers))]
        return entry

    def _all(self) -> dict[str, dict[str, list[str]]]:
        if self._servers is None:
            self._servers = self._read()
        return self._servers

    def _read(self) -> dict[str, dict[str, list[str]]]:
        if self._path is None:
            return {}
        return read_kept(self._path, _LONGEST_FILE, _parsed, self._path.with_name(self._path.name + ".bad")) or {}

    def _keep(self) -> None:
        """Write all of it, or nothing. A disk that takes nothing stops no test: this run still counts in memory."""
        if self._path is None:
            return
        try:
            replace_kept(self._path, json.dumps({"form": _FORM, "servers": self._all()}, indent=1))
        except OSError as error:
            log.warning("the record of relay tests could not be kept: %s", error.strerror)


def ledger_path() -> Path:
    """Where the record is kept: beside the notebook."""
    return platformdirs.user_data_path("mail-first-aid", appauthor=False) / "relay-tests.json"


def _parsed(raw: bytes) -> dict[str, dict[str, list[str]]]:
    kept = json.loads(raw.decode("utf-8"))
    servers = kept.get("servers") if isinstance(kept, dict) and kept.get("form") == _FORM else None
    if not isinstance(servers, dict):
        raise ValueError("not a record of this form")
    found: dict[str, dict[str, list[str]]] = {}
    for server, entry in servers.items():
        if not isinstance(entry, dict) or not all(isinstance(words, list) for words in entry.values()):
            raise ValueError("an entry has the wrong kind")
        found[server] = {name: [w for w in words if isinstance(w, str)] for name, words in entry.items()}
    return found


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
