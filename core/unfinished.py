"""What the window was looking at when it ended without being asked to: offered again at the next start.

A small file stands beside the settings while a run goes on. It holds what the settings hold (server, domain, symptom),
so nothing pasted, no consent and no secret, and is removed when the run ends, however it ends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from core.settings import settings_file

_FORM = 1
_LONGEST = 20_000  # bytes


class Unfinished:
    """The file of one user; `beside` the settings file."""

    def __init__(self, beside: Path | None = None) -> None:
        self._path = (beside or settings_file()).with_name("unfinished.json")

    def begin(self, answers: Mapping[str, str]) -> None:
        """A run starts. That the file cannot be written must not keep anybody from looking."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps({"form": _FORM, "answers": dict(answers)}), encoding="utf-8")
        except OSError as error:
            import logging  # takes longer than the first window has

            logging.getLogger(__name__).info("the run in progress could not be noted: %s", error)

    def end(self) -> None:
        """The run ended, or its offer was answered."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            import logging  # takes longer than the first window has

            logging.getLogger(__name__).info("the note of a run could not be removed: %s", error)

    def left(self) -> dict[str, str] | None:
        """The answers of a run that never ended; None when there is none, or the file is none of ours."""
        try:
            with self._path.open("rb") as stream:
                kept = json.loads(stream.read(_LONGEST).decode("utf-8"))
        except (OSError, ValueError):
            return None
        answers = kept.get("answers") if isinstance(kept, dict) and kept.get("form") == _FORM else None
        if not isinstance(answers, dict):
            return None
        return {str(key): value for key, value in answers.items() if isinstance(value, str)}
