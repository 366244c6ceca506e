"""The small files the app keeps for itself (settings, records of tests): whole or not at all.

A file is replaced as a whole, so that a power cut, a full disk or a kill leaves the old one or the new one. One that
cannot be understood is set aside as `.bad`, never written over; one that cannot be read at all stays where it is.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def read_kept(path: Path, most: int, parse: Callable[[bytes], T], aside: Path) -> T | None:
    """What `parse` makes of the file (at most `most` bytes long), or None: then begin afresh. Never raises `OSError`.

    `parse` refuses by ValueError, TypeError, KeyError or RecursionError; the file is then renamed to `aside`.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(most + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        import logging  # takes longer than the first window has

        logging.getLogger(__name__).info("%s cannot be read: %s", path.name, error.strerror)
        return None
    try:
        if len(raw) > most:
            raise ValueError("too long")
        return parse(raw)
    except (ValueError, TypeError, KeyError, RecursionError):
        with contextlib.suppress(OSError):  # a place where nothing may be written keeps it as it is
            path.replace(aside)
        return None


def replace_kept(path: Path, text: str) -> None:
    """Put `text` in the file's place, for its owner alone. Raises `OSError`; the old file then stands as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # 0600 from the start
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise
