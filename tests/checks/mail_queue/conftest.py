"""Recorded listings of real mail servers, taken on 22 November 2026 about 01:34 UTC."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(scope="session")
def taken_at() -> datetime:
    """A moment shortly after all recordings."""
    return datetime(2026, 11, 22, 1, 40, tzinfo=UTC)


@pytest.fixture(scope="session")
def sample() -> Callable[[str], str]:
    """The text of a recording by its name without ".txt"."""
    return lambda name: (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
