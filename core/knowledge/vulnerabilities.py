"""Grave holes of mail server programs, by version: `resources/data/vulnerabilities.toml`.

A hole is known by the maker's number only; whether a distribution repaired it under the old number is asked of
`core.knowledge.distributions`. Nothing is ever tried out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from core.knowledge.mta import numbers
from core.resources import resources_dir

Danger = Literal["takeover", "local", "forgery", "crash"]
DANGERS: tuple[Danger, ...] = ("takeover", "local", "forgery", "crash")
_KEYS = {"checked", "hole", "example"}


@dataclass(frozen=True)
class Hole:
    """One hole; `affected` are inclusive ranges of the maker's version numbers."""

    product: str
    id: str
    affected: tuple[tuple[str, str], ...]
    fixed: str
    danger: Danger
    also: tuple[str, ...] = ()
    closed_by: str | None = None  # a setting that closes it without a new version

    def concerns(self, version: str) -> bool:
        """Whether this version, as its maker released it, has the hole."""
        return any(_between(version, first, last) for first, last in self.affected)


@dataclass(frozen=True)
class Example:
    """A version and the holes it must be found to have: the data file's own test."""

    product: str
    version: str
    ids: tuple[str, ...]


def _read() -> dict[str, Any]:
    path = resources_dir() / "data" / "vulnerabilities.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := set(data) - _KEYS:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    return data


@cache
def holes() -> tuple[Hole, ...]:
    """Every hole of the file, in its order."""
    rows = _read()["hole"]
    return tuple(
        Hole(**{**row, "affected": tuple(map(tuple, row["affected"])), "also": tuple(row.get("also", ()))})
        for row in rows
    )


@cache
def examples() -> tuple[Example, ...]:
    """The examples of the file."""
    return tuple(Example(row["product"], row["version"], tuple(row["ids"])) for row in _read()["example"])


def holes_of(product: str, version: str, closed_settings: Collection[str] = ()) -> tuple[Hole, ...]:
    """The holes of this version, the gravest first; `closed_settings` are settings known to be switched on."""
    found = [hole for hole in holes() if hole.product == product and hole.concerns(version)]
    open_still = [hole for hole in found if hole.closed_by not in closed_settings or hole.closed_by is None]
    return tuple(sorted(open_still, key=lambda hole: DANGERS.index(hole.danger)))


def _between(version: str, first: str, last: str) -> bool:
    """ "4.92" is 4.92.0; "4.84_2" is 4.84.2; the p of a portable release does not count."""
    padded = [_padded(each) for each in (first, version.partition("p")[0], last)]
    return padded[0] <= padded[1] <= padded[2]


def _padded(version: str) -> tuple[int, ...]:
    return (*numbers(version), 0, 0, 0, 0)[:4]
