"""Which trouble a complaint in a mail log tells of: a full disk, a helper that is gone, names that nobody answers.

Data: `resources/data/log_troubles.toml`, its examples are its tests. Plain words instead of patterns: a log may hold
a million complaints.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from core.resources import resources_dir

_LONGEST = 700
TROUBLES = (
    "disk_full", "login_helper_down", "relayhost_login", "helper_down", "resolver_broken", "timed_out", "unreachable",
    "service_dying", "tls", "overload",
)  # fmt: skip


@dataclass(frozen=True)
class Pattern:
    """All of `every` and one of `any_of` must stand in the text, which is lower case."""

    word: str
    every: tuple[str, ...]
    any_of: tuple[str, ...]

    def fits(self, text: str) -> bool:
        """Whether this pattern fits a lower-case text."""
        return all(part in text for part in self.every) and any(part in text for part in self.any_of)


@dataclass(frozen=True)
class LogTroubles:
    """The whole data file; examples as (text, word), the word "" where nothing may fit."""

    checked: date
    patterns: tuple[Pattern, ...]
    examples: tuple[tuple[str, str], ...]


class LogTroublesError(ValueError):
    """The data file is not as it must be."""


@cache
def log_troubles() -> LogTroubles:
    """The data, read once. Raises LogTroublesError on unknown or missing keys."""
    path = resources_dir() / "data" / "log_troubles.toml"
    return parse(tomllib.loads(path.read_text(encoding="utf-8")))


def parse(data: dict[str, object]) -> LogTroubles:
    """The typed form of the data file's content. Raises LogTroublesError on unknown or missing keys."""
    if set(data) != {"checked", "trouble", "example"} or not isinstance(data["checked"], date):
        raise LogTroublesError(sorted(data))
    patterns = tuple(_pattern(row) for row in _rows(data["trouble"]))
    examples = tuple(_example(row) for row in _rows(data["example"]))
    return LogTroubles(data["checked"], patterns, examples)


def trouble_of(text: str) -> str | None:
    """The kind of trouble a complaint tells of; None where it is of no known kind."""
    return _trouble_of(text[:_LONGEST])


@lru_cache(maxsize=4096)
def _trouble_of(text: str) -> str | None:
    lower = text.lower()
    return next((pattern.word for pattern in log_troubles().patterns if pattern.fits(lower)), None)


def _rows(rows: object) -> list[dict[str, object]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LogTroublesError(rows)
    return rows


def _pattern(row: dict[str, object]) -> Pattern:
    if not {"word", "any"} <= set(row) <= {"word", "any", "all"} or row["word"] not in TROUBLES:
        raise LogTroublesError(row)
    return Pattern(str(row["word"]), _words(row.get("all", [])), _words(row["any"]))


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word == word.lower() for word in value):
        raise LogTroublesError(value)
    return tuple(value)


def _example(row: dict[str, object]) -> tuple[str, str]:
    if set(row) != {"text", "word"} or not all(isinstance(value, str) for value in row.values()):
        raise LogTroublesError(row)
    return str(row["text"]), str(row["word"])
