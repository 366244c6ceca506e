"""What SQLite and the disk say, as codes that have a text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import CheckError


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raises what SQLite says of the notebook at `path` as CheckError "notebook.disk_full", "notebook.busy",
    "notebook.cannot_open", "notebook.cannot_write" or "notebook.damaged".
    """
    try:
        yield
    except sqlite3.OperationalError as refused:
        name = getattr(refused, "sqlite_errorname", "")
        if name == "SQLITE_FULL":
            raise CheckError("notebook.disk_full", folder=str(path.parent)) from refused
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise CheckError("notebook.busy") from refused
        if name.startswith("SQLITE_CANTOPEN"):
            raise cannot_open(path, refused) from refused
        raise CheckError("notebook.cannot_write", folder=str(path.parent), reason=name or str(refused)) from refused
    except sqlite3.DatabaseError as broken:
        raise CheckError("notebook.damaged", folder=str(path.parent)) from broken


def cannot_open(path: Path, refused: Exception) -> CheckError:
    """The file or its folder cannot be opened."""
    reason = refused.strerror if isinstance(refused, OSError) and refused.strerror else str(refused)
    return CheckError("notebook.cannot_open", folder=str(path.parent), reason=reason)
