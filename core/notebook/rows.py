"""The notebook's rows: how runs, entries and incidents become rows and rows become what the front ends list.

Every function works inside a transaction or a reading of its caller (`storage`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.errors import CheckError
from core.model import Report
from core.saved_run import report_to_plain

# A run of the same company this soon after the last belongs to the same incident.
SAME_INCIDENT = timedelta(days=7)
_MOST_STORIES = 50  # of practice, looked at for the one that goes on


@dataclass(frozen=True)
class RunSummary:
    """One line of the start page; `severity` and `first_cause` are codes."""

    id: int
    started_at: datetime
    domain: str | None
    mail_host: str | None
    severity: str
    first_cause: str | None
    incident: int = 0


@dataclass(frozen=True)
class IncidentSummary:
    """One line of the list of incidents; `severity` is the newest run's, `first_cause` the first run's.

    `practice` is the practice incident's name, "" for a real one; `last_at` when anything was last added.
    """

    id: int
    opened_at: datetime
    last_at: datetime
    domain: str | None
    mail_host: str | None
    practice: str
    imported_at: datetime | None
    severity: str
    first_cause: str | None
    runs: int
    entries: int


@dataclass(frozen=True)
class Hit:
    """Where a searched word stands: in a run (`kind` "run", `text` empty) or in an entry."""

    incident: int
    at: datetime
    kind: str
    text: str


SUMMARIES = """
SELECT incident.id, opened_at,
    max(opened_at, coalesce(imported_at, ''),
        coalesce((SELECT max(started_at) FROM run WHERE run.incident = incident.id), ''),
        coalesce((SELECT max(at) FROM entry WHERE entry.incident = incident.id), '')) AS last_at,
    domain, mail_host, practice, imported_at,
    (SELECT severity FROM run WHERE run.incident = incident.id ORDER BY started_at DESC, run.id DESC LIMIT 1),
    (SELECT first_cause FROM run WHERE run.incident = incident.id ORDER BY started_at, run.id LIMIT 1),
    (SELECT count(*) FROM run WHERE run.incident = incident.id),
    (SELECT count(*) FROM entry WHERE entry.incident = incident.id)
FROM incident ORDER BY last_at DESC, incident.id DESC LIMIT ?
"""


def summary(row: Sequence[Any]) -> IncidentSummary:
    """One row of `SUMMARIES`."""
    return IncidentSummary(
        id=row[0],
        opened_at=datetime.fromisoformat(row[1]),
        last_at=datetime.fromisoformat(row[2]),
        domain=row[3],
        mail_host=row[4],
        practice=row[5],
        imported_at=datetime.fromisoformat(row[6]) if row[6] else None,
        severity=row[7] or "unknown",
        first_cause=row[8],
        runs=row[9],
        entries=row[10],
    )


def incident_of(database: sqlite3.Connection, report: Report, practice: str) -> int | None:
    """The newest incident of this company and server, if it had a run lately and nobody closed it.

    All stories of practice happen at one company: each is an incident of its own, with what follows its repair.
    """
    rows = database.execute(
        "SELECT incident.id, max(run.started_at), practice FROM incident JOIN run ON run.incident = incident.id"
        " WHERE incident.domain IS ? AND incident.mail_host IS ? AND (practice != '') = ? AND imported_at IS NULL"
        " GROUP BY incident.id ORDER BY incident.id DESC LIMIT ?",
        (storable(report.target.domain), storable(report.target.mail_host), bool(practice), _MOST_STORIES),
    )
    row = next((each for each in rows if _story(each[2]) == _story(practice)), None)
    if row is None or abs(report.started_at - datetime.fromisoformat(row[1])) > SAME_INCIDENT:
        return None
    last = database.execute(
        "SELECT kind FROM entry WHERE incident = ? AND kind IN ('closed', 'reopened') ORDER BY id DESC LIMIT 1", row[:1]
    ).fetchone()
    return None if last == ("closed",) else int(row[0])


def _story(practice: str) -> str:
    """The story of a practice incident's name, whatever became of it: "relay-2004-closed" goes on with "relay-2004"."""
    return practice.removesuffix("-closed").removesuffix("-delisted")


def new_incident(database: sqlite3.Connection, report: Report, practice: str) -> int:
    """Open an incident for this run; returns its number."""
    target = report.target
    row = (_moment(report.started_at), storable(target.domain), storable(target.mail_host), practice)
    return number_of(
        database.execute("INSERT INTO incident (opened_at, domain, mail_host, practice) VALUES (?, ?, ?, ?)", row)
    )


def insert_run(database: sqlite3.Connection, incident: int, report: Report) -> int:
    """Add a run to an incident; returns its number."""
    document = report_to_plain(report)
    row = (
        _moment(report.started_at),
        report.target.domain,
        report.target.mail_host,
        document["severity"],
        report.causes[0].code if report.causes else None,
        json.dumps(document, allow_nan=False),
    )
    cursor = database.execute(
        "INSERT INTO run (started_at, domain, mail_host, severity, first_cause, report, incident)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [*(storable(value) for value in row), incident],
    )
    return number_of(cursor)


def insert_entry(
    database: sqlite3.Connection, incident: int, at: datetime, kind: str, content: Mapping[str, str]
) -> int:
    """Add an entry to an incident; returns its number."""
    row = (incident, _moment(at), kind, json.dumps(content, ensure_ascii=False, allow_nan=False))
    return number_of(database.execute("INSERT INTO entry (incident, at, kind, content) VALUES (?, ?, ?, ?)", row))


def must_exist(database: sqlite3.Connection, incident: int) -> Sequence[Any]:
    """The row (id, opened_at, practice, imported_at) of an incident. Raises "notebook.no_such_incident"."""
    row: Sequence[Any] | None = database.execute(
        "SELECT id, opened_at, practice, imported_at FROM incident WHERE id = ?", (incident,)
    ).fetchone()
    if row is None:
        raise CheckError("notebook.no_such_incident", id=incident)
    return row


def count(database: sqlite3.Connection, table: str, incident: int) -> int:
    """How many rows of `table` an incident has."""
    return int(database.execute(f"SELECT count(*) FROM {table} WHERE incident = ?", (incident,)).fetchone()[0])


def number_of(cursor: sqlite3.Cursor) -> int:
    """The number of the row that was just added."""
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _moment(moment: datetime) -> str:
    """In UTC, so that times sort as texts."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def pattern(quoted: str) -> str:
    """What LIKE looks for, from a JSON string with its quotes."""
    text = quoted[1:-1]
    for special in "|%_":
        text = text.replace(special, f"|{special}")
    return f"%{text}%"


def said(content: str) -> str:
    """The words of an entry as it is kept, in one line."""
    return " ".join(json.loads(content).values()) if content else ""


def storable(value: str | None) -> str | None:
    """SQLite holds UTF-8, which has no lone surrogates."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else None
