"""The notebook's tables, and how an older file becomes one of today: one step of `MIGRATIONS` a version.

A step is only ever added at the end, and adds tables and columns; what an older version wrote is never rewritten.
All steps a file still needs are done in one transaction. Its version stands in SQLite's own `user_version`.
A table that belongs to an incident has a column `incident` and is named in `OF_AN_INCIDENT`, so that an incident
deleted for good leaves nothing there.
"""

from __future__ import annotations

import sqlite3

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE run (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            started_at TEXT NOT NULL,
            domain TEXT,
            mail_host TEXT,
            severity TEXT NOT NULL,
            first_cause TEXT,
            report TEXT NOT NULL
        )""",
    ),
    (
        """CREATE TABLE incident (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            opened_at TEXT NOT NULL,
            domain TEXT,
            mail_host TEXT,
            practice TEXT NOT NULL DEFAULT '',
            imported_at TEXT
        )""",
        """CREATE TABLE entry (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            incident INTEGER NOT NULL,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            content TEXT NOT NULL
        )""",
        "ALTER TABLE run ADD COLUMN incident INTEGER",
        "CREATE INDEX run_of_incident ON run (incident)",
        "CREATE INDEX entry_of_incident ON entry (incident)",
        # Each run of the first version stands for itself.
        "INSERT INTO incident (id, opened_at, domain, mail_host) SELECT id, started_at, domain, mail_host FROM run",
        "UPDATE run SET incident = id",
    ),
)
OF_AN_INCIDENT = ("run", "entry")


def brought_up_to_date(database: sqlite3.Connection) -> int:
    """Do the steps this file still needs, inside the caller's transaction; returns the version it had.

    A file of a newer version is left as it is.
    """
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    for step in MIGRATIONS[version:]:
        for statement in step:
            database.execute(statement)
    if version < len(MIGRATIONS):
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    return version
