"""How a command hands over what it found: JSON on standard output or into a file; a problem in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.clean import clean
from core.errors import CheckError, UsageError
from core.texts import Texts

USAGE_STATUS = 64  # EX_USAGE of sysexits.h


def write_json(value: dict[str, Any], where: str) -> None:
    """Print it ("-": with line breaks, "lines": in one line) or write it into a file. Raises UsageError."""
    from core.report.json_file import json_text  # not for those who only print words

    text = json_text(value, None if where == "lines" else 2)
    if where in ("-", "lines"):
        print(text)
        return
    try:
        Path(where).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError("file.unwritable", name=where, reason=error.strerror or "") from error


def problem_line(error: CheckError, texts: Texts) -> str:
    """What went wrong, cleaned for a terminal."""
    parts = [f"problem.{error.code}.title", f"problem.{error.code}.meaning"]
    return clean(" ".join(texts.text(key, error.values) for key in parts if texts.has(key)) or str(error), keep="\n")
