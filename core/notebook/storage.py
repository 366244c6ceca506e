"""The notebook: an SQLite file in the user's data folder that survives a pulled plug.

One transaction an addition, rollback journal and the strictest synchronisation: a run or an entry is there whole or
not at all, and earlier ones stay whole. A run is stored in its saved form (codes and values; the words are made when
it is read), so that a newer version reads the runs of an older one, in either language. The file is readable by its
owner only: it names people and addresses.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import CheckError
from core.incident import Entry, Incident, KeptRun, checked_content
from core.model import Report
from core.notebook.file import make_private, notebook_path, opened, set_aside
from core.notebook.rows import (
    SUMMARIES,
    Hit,
    IncidentSummary,
    RunSummary,
    count,
    incident_of,
    insert_entry,
    insert_run,
    must_exist,
    new_incident,
    number_of,
    pattern,
    said,
    storable,
    summary,
)  # fmt: skip
from core.notebook.schema import OF_AN_INCIDENT
from core.notebook.trouble import cannot_open, told
from core.saved_run import report_from_json

_MOST_HITS = 200
_LONGEST_SEARCH = 200


class Notebook:
    """The incidents kept in one file. Close it when done.

    Raises `CheckError`: "notebook.disk_full", "notebook.busy" (another window writes), "notebook.cannot_open"
    (folder, reason), "notebook.cannot_write" (folder, reason), "notebook.too_new" (a newer version of the app wrote
    it), "notebook.damaged" (folder) while in use, "notebook.no_such_run" (id), "notebook.no_such_incident" (id). A
    file found damaged on opening is kept beside a new one: `kept_aside` then names it, and the window says so
    (problem "notebook.kept_aside", file). May be used from any thread; one at a time gets in.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or notebook_path()
        self.kept_aside: Path | None = None
        self._one_at_a_time = threading.RLock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            make_private(self.path)
            self._database = self._open()
        except OSError as refused:
            raise cannot_open(self.path, refused) from refused

    def save_run(self, report: Report, *, incident: int | None = None, practice: str = "") -> int:
        """Keep a run; returns its number. Either all of it is on the disk afterwards or nothing of it.

        Without `incident` it joins the newest one of the same company and server that had a run within
        `SAME_INCIDENT`, else it opens one. `practice` is the practice incident's name.
        """
        with self.transaction() as database:
            number = incident or incident_of(database, report, practice) or new_incident(database, report, practice)
            must_exist(database, number)
            return insert_run(database, number, report)

    def runs(self, most: int = 200, *, practice: bool = False) -> list[RunSummary]:
        """The newest runs, newest first; those of practice only when asked for."""
        with self.reading() as database:
            rows = database.execute(
                "SELECT run.id, started_at, run.domain, run.mail_host, severity, first_cause, incident FROM run"
                " JOIN incident ON incident.id = incident WHERE practice = '' OR ? ORDER BY run.id DESC LIMIT ?",
                (practice, most),
            ).fetchall()
        return [RunSummary(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in rows]

    def load(self, run_id: int) -> Report:
        """A run as it was."""
        with self.reading() as database:
            row = database.execute("SELECT report FROM run WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise CheckError("notebook.no_such_run", id=run_id)
        return report_from_json(json.loads(row[0]))

    def delete(self, run_id: int) -> None:
        """Forget a run for good; its pages are overwritten. An incident that held nothing else goes with it."""
        with self.transaction() as database:
            row = database.execute("SELECT incident FROM run WHERE id = ?", (run_id,)).fetchone()
            database.execute("DELETE FROM run WHERE id = ?", (run_id,))
            if row and not any(count(database, table, row[0]) for table in OF_AN_INCIDENT):
                database.execute("DELETE FROM incident WHERE id = ?", row)

    def incidents(self, most: int = 200) -> list[IncidentSummary]:
        """The incidents something was added to most lately stand first; practice is among them, marked."""
        with self.reading() as database:
            rows = database.execute(SUMMARIES, (most,)).fetchall()
        return [summary(row) for row in rows]

    def incident(self, incident_id: int) -> Incident:
        """An incident with all its runs and entries."""
        with self.reading() as database:
            about = must_exist(database, incident_id)
            runs = database.execute(
                "SELECT id, report FROM run WHERE incident = ? ORDER BY started_at, id", (incident_id,)
            ).fetchall()
            entries = database.execute(
                "SELECT id, at, kind, content FROM entry WHERE incident = ? ORDER BY at, id", (incident_id,)
            ).fetchall()
        return Incident(
            id=incident_id,
            opened_at=datetime.fromisoformat(about[1]),
            practice=about[2],
            imported_at=datetime.fromisoformat(about[3]) if about[3] else None,
            runs=tuple(KeptRun(number, report_from_json(json.loads(report))) for number, report in runs),
            entries=tuple(Entry(row[0], datetime.fromisoformat(row[1]), row[2], json.loads(row[3])) for row in entries),
        )

    def add(self, incident_id: int, kind: str, content: Mapping[str, Any], at: datetime | None = None) -> Entry:
        """Add one entry (kinds and their fields: `core.incident.FIELDS`); on the disk when this returns."""
        return self.add_all(incident_id, [(kind, content)], at)[0]

    def add_all(
        self, incident_id: int, entries: Sequence[tuple[str, Mapping[str, Any]]], at: datetime | None = None
    ) -> tuple[Entry, ...]:
        """Add several entries, all or none. Raises ValueError when one is not of a known form: a bug."""
        moment = at or datetime.now(UTC)
        checked = [(kind, checked_content(kind, content)) for kind, content in entries]
        with self.transaction() as database:
            must_exist(database, incident_id)
            return tuple(
                Entry(insert_entry(database, incident_id, moment, kind, content), moment, kind, content)
                for kind, content in checked
            )

    def import_incident(self, incident: Incident) -> int:
        """Keep an incident that came as a file; returns its number here. All of it or nothing."""
        first = incident.first
        with self.transaction() as database:
            cursor = database.execute(
                "INSERT INTO incident (opened_at, domain, mail_host, practice, imported_at) VALUES (?, ?, ?, ?, ?)",
                (
                    incident.opened_at.isoformat(),
                    storable(first.target.domain if first else None),
                    storable(first.target.mail_host if first else None),
                    storable(incident.practice),
                    (incident.imported_at or datetime.now(UTC)).isoformat(),
                ),
            )
            number = number_of(cursor)
            for run in incident.runs:
                insert_run(database, number, run.report)
            for entry in incident.entries:
                insert_entry(database, number, entry.at, entry.kind, checked_content(entry.kind, entry.content))
        return number

    def delete_incident(self, incident_id: int) -> bool:
        """Forget an incident for good. Its pages are overwritten with zeros and the file is then written anew
        without them; False when there was no room on the disk for the second (the first is done all the same).

        What the disk itself keeps of blocks once written (SSDs, backups) is not in our hands.
        """
        with self.transaction() as database:
            must_exist(database, incident_id)
            for table in OF_AN_INCIDENT:
                database.execute(f"DELETE FROM {table} WHERE incident = ?", (incident_id,))
            database.execute("DELETE FROM incident WHERE id = ?", (incident_id,))
        try:
            with self.reading() as database:
                database.execute("VACUUM")
        except CheckError as refused:
            if refused.code != "notebook.disk_full":
                raise
            return False
        return True

    def search(self, text: str) -> list[Hit]:
        """Where `text` stands in entries and runs, newest first; upper and lower case of Latin letters are one."""
        wanted = text.strip()[:_LONGEST_SEARCH]
        if not wanted:
            return []
        with self.reading() as database:
            rows = database.execute(
                "SELECT incident, at, kind, content FROM entry WHERE content LIKE ? ESCAPE '|'"
                " UNION ALL SELECT incident, started_at, 'run', '' FROM run WHERE report LIKE ? ESCAPE '|'"
                " ORDER BY 2 DESC LIMIT ?",
                # Entries are kept as they are written, runs as ASCII.
                (pattern(json.dumps(wanted, ensure_ascii=False)), pattern(json.dumps(wanted)), _MOST_HITS),
            ).fetchall()
        return [Hit(row[0], datetime.fromisoformat(row[1]), row[2], said(row[3])) for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Notebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return opened(self.path)
        except CheckError as refused:
            if refused.code != "notebook.damaged":
                raise
        self.kept_aside = set_aside(self.path)
        make_private(self.path)
        return opened(self.path)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is done inside is on the disk when it ends, or none of it. Not to be nested."""
        with self._one_at_a_time, told(self.path), self._undone_on_error():
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
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The file, for looking only."""
        with self._one_at_a_time, told(self.path):
            yield self._database
