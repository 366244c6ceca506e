"""The notebook's file: where it lies, how it is opened, and what becomes of a damaged one."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_data_path

from core.errors import CheckError
from core.notebook.schema import MIGRATIONS, brought_up_to_date
from core.notebook.trouble import told

_BUSY_SECONDS = 5.0


def notebook_path() -> Path:
    """Where the notebook lies when nobody says otherwise."""
    return user_data_path("mail-first-aid", appauthor=False) / "notebook.sqlite3"


def opened(path: Path) -> sqlite3.Connection:
    """The file, sound and with its tables. Raises `CheckError` "notebook.*" as `Notebook` does."""
    database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        with told(path):
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
    version = brought_up_to_date(database)
    database.execute("COMMIT")
    if version > len(MIGRATIONS):
        raise CheckError("notebook.too_new")


def make_private(path: Path) -> None:
    """Create the file for its owner alone before SQLite does, which would let the group read it."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def set_aside(path: Path) -> Path:
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
