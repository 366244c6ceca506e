"""How a command hands over what it found: JSON on standard output or into a file; a problem in one line."""

from __future__ import annotations

import os
import sys
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
        # It names people and addresses: a new file is its owner's alone.
        with open(where, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
            stream.write(text + "\n")
    except OSError as error:
        raise UsageError("file.unwritable", name=where, reason=error.strerror or "") from error


def tell_cut(name: str, texts: Texts) -> None:
    """Say on standard error that only a part of a file was read."""
    print(texts.text("cli.file_cut", name=clean(name, 150)), file=sys.stderr)


def problem_line(error: CheckError, texts: Texts) -> str:
    """What went wrong, and what to do now, in one line cleaned for a terminal."""
    from core.report.words import sentences, words_for  # not for those whose command went well

    prefix = f"problem.{error.code}"
    if not texts.has(f"{prefix}.title"):
        return clean(str(error), keep="\n")
    words = words_for(texts, prefix, error.values)
    return clean(sentences([words.title, words.meaning, *words.steps], texts), keep="\n")
