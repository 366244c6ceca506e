"""Logs that real servers wrote (see record_real_logs), with what was really done beside them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.checks.mail_log import LogFacts, LogReader
from core.clients.log_file import LogFile

REAL = Path(__file__).parent / "samples" / "real"


class RealLogs:
    """`real.facts("postfix-newsletter")`, `real.done(...)`, `real.lines(...)`."""

    names = sorted(path.name.removesuffix(".log.gz") for path in REAL.glob("*.log.gz"))

    def facts(self, name: str) -> LogFacts:
        """What the reader makes of a recording, read on the last day of the year it was made in."""
        reader = LogReader(datetime(self.done(name)["year"], 12, 31, tzinfo=UTC), UTC)
        for lines in LogFile(str(REAL / f"{name}.log.gz")).chunks():
            reader.feed(lines)
        return reader.facts(name)

    def lines(self, name: str) -> list[str]:
        """The recording itself."""
        return [line for lines in LogFile(str(REAL / f"{name}.log.gz")).chunks() for line in lines]

    def done(self, name: str) -> dict[str, Any]:
        """What the sending programs counted."""
        counted: dict[str, Any] = json.loads((REAL / f"{name}.json").read_text(encoding="ascii"))
        return counted


@pytest.fixture
def real() -> RealLogs:
    return RealLogs()


@pytest.fixture
def read():
    """Reads lines given as a list, in blocks of `size`."""

    def reads(lines: list[str], size: int = 100_000, at: datetime = datetime(2026, 12, 31, tzinfo=UTC)) -> LogFacts:
        reader = LogReader(at, UTC)
        for start in range(0, len(lines), size):
            reader.feed(lines[start : start + size])
        return reader.facts()

    return reads
