"""Every run, kept on the laptop: an SQLite file in the user's data folder that survives a pulled plug.

One transaction a run, rollback journal and the strictest synchronisation: a run is there whole or not at all, and
earlier runs stay whole. A run is stored in its saved form (codes and values; the words are made when it is read), so
that a newer version reads the runs of an older one, in either language. The file is readable by its owner only: it
names people and addresses.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_data_path

from core.errors import CheckError
from core.model import Report
from core.saved_run import report_from_json, report_to_plain

_SCHEMA_VERSION = 1
_BUSY_SECONDS = 5.0
_TABLES = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at TEXT NOT NULL,
    domain TEXT,
    mail_host TEXT,
    severity TEXT NOT NULL,
    first_cause TEXT,
    report TEXT NOT NULL
)
"""


@dataclass(frozen=True)
class RunSummary:
    """One line of the start page; `severity` and `first_cause` are codes."""

    id: int
    started_at: datetime
    domain: str | None
    mail_host: str | None
    severity: str
    first_cause: str | None


def notebook_path() -> Path:
    """Where the notebook lies when nobody says otherwise."""
    return user_data_path("mail-first-aid", appauthor=False) / "notebook.sqlite3"


class Notebook:
    """The runs kept in one file. Close it when done.

    Raises `CheckError`: "notebook.disk_full", "notebook.busy" (another window writes), "notebook.cannot_open"
    (folder, reason), "notebook.cannot_write" (folder, reason), "notebook.too_new" (a newer version of the app wrote
    it), "notebook.damaged" (folder) while in use, "notebook.no_such_run" (id). A file found damaged on opening is
    kept beside a new one: `kept_aside` then names it, and the window says so (problem "notebook.kept_aside", file).
    May be used from any thread; one at a time gets in.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or notebook_path()
        self.kept_aside: Path | None = None
        self._one_at_a_time = threading.RLock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make_private(self.path)
            self._database = self._open()
        except OSError as refused:
            raise _cannot_open(self.path, refused) from refused

    def save_run(self, report: Report) -> int:
        """Keep a run; returns its number. Either all of it is on the disk afterwards or nothing of it."""
        document = report_to_plain(report)
        row = (
            document["started_at"],
            report.target.domain,
            report.target.mail_host,
            document["severity"],
            report.causes[0].code if report.causes else None,
            json.dumps(document, allow_nan=False),
        )
        with self._transaction() as database:
            cursor = database.execute(
                "INSERT INTO run (started_at, domain, mail_host, severity, first_cause, report)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [_storable(value) for value in row],
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def runs(self, most: int = 200) -> list[RunSummary]:
        """The newest runs, newest first."""
        with self._reading() as database:
            rows = database.execute(
                "SELECT id, started_at, domain, mail_host, severity, first_cause FROM run ORDER BY id DESC LIMIT ?",
                (most,),
            ).fetchall()
        return [RunSummary(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in rows]

    def load(self, run_id: int) -> Report:
        """A run as it was."""
        with self._reading() as database:
            row = database.execute("SELECT report FROM run WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise CheckError("notebook.no_such_run", id=run_id)
        return report_from_json(json.loads(row[0]))

    def delete(self, run_id: int) -> None:
        """Forget a run for good; its pages are overwritten."""
        with self._transaction() as database:
            database.execute("DELETE FROM run WHERE id = ?", (run_id,))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Notebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return _opened(self.path)
        except CheckError as refused:
            if refused.code != "notebook.damaged":
                raise
        self.kept_aside = _set_aside(self.path)
        _make_private(self.path)
        return _opened(self.path)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._one_at_a_time, _told(self.path), self._undone_on_error():
            self._database.execute("BEGIN IMMEDIATE")
            yield self._database
            self._database.execute("COMMIT")

    @contextmanager
    def _undone_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._one_at_a_time, _told(self.path):
            yield self._database


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        with _told(path):
            _prepare(database)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection) -> None:
    """Set how it writes, see that it is whole, and lay the tables of a new file."""
    database.execute("PRAGMA journal_mode = DELETE")
    database.execute("PRAGMA synchronous = EXTRA")
    database.execute("PRAGMA secure_delete = ON")
    if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise sqlite3.DatabaseError("quick_check")
    database.execute("BEGIN IMMEDIATE")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        database.execute(_TABLES)
        database.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
    database.execute("COMMIT")
    if version > _SCHEMA_VERSION:
        raise CheckError("notebook.too_new")


def _make_private(path: Path) -> None:
    """Create the file for its owner alone before SQLite does, which would let the group read it."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def _set_aside(path: Path) -> Path:
    """Keep a damaged file under a name of its own; a specialist may still get something out of it."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = next(
        candidate
        for number in range(1000)
        if not (candidate := path.with_name(f"{path.name}.{stamp}{f'-{number}' if number else ''}.bad")).exists()
    )
    path.rename(kept)
    journal = path.with_name(path.name + "-journal")
    if journal.exists():
        journal.rename(kept.with_name(kept.name + "-journal"))
    return kept


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What SQLite says, as codes that have a text."""
    try:
        yield
    except sqlite3.OperationalError as refused:
        name = getattr(refused, "sqlite_errorname", "")
        if name == "SQLITE_FULL":
            raise CheckError("notebook.disk_full", folder=str(path.parent)) from refused
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise CheckError("notebook.busy") from refused
        if name.startswith("SQLITE_CANTOPEN"):
            raise _cannot_open(path, refused) from refused
        raise CheckError("notebook.cannot_write", folder=str(path.parent), reason=name or str(refused)) from refused
    except sqlite3.DatabaseError as broken:
        raise CheckError("notebook.damaged", folder=str(path.parent)) from broken


def _cannot_open(path: Path, refused: Exception) -> CheckError:
    reason = refused.strerror if isinstance(refused, OSError) and refused.strerror else str(refused)
    return CheckError("notebook.cannot_open", folder=str(path.parent), reason=reason)


def _storable(value: str | None) -> str | None:
    """SQLite holds UTF-8, which has no lone surrogates."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else None
