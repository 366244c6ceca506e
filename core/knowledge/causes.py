"""What each cause stops, what follows from it, and which checks can show it: `resources/data/causes.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.resources import resources_dir

WAYS = frozenset({"out", "in", "connect"})
_KEYS = {"stops", "explains", "seen_by"}


@dataclass(frozen=True)
class CauseNature:
    """`stops`: words of `WAYS`; `explains`: codes of causes; `seen_by`: ids of checks."""

    stops: frozenset[str] = frozenset({"out", "in"})
    explains: frozenset[str] = frozenset()
    seen_by: tuple[str, ...] = ()


def nature_of(code: str) -> CauseNature:
    """What is known of this cause. A code that is none of them (such as "nothing_found") stops everything, and
    explains nothing."""
    return natures().get(code, CauseNature())


@cache
def natures() -> Mapping[str, CauseNature]:
    """Every cause the app can name, in the file's order. Raises `ValueError` for a key or a way nobody knows."""
    raw = tomllib.loads((resources_dir() / "data" / "causes.toml").read_text(encoding="utf-8"))
    return {code: _nature(code, entry) for code, entry in raw["cause"].items()}


def _nature(code: str, entry: Mapping[str, Any]) -> CauseNature:
    if unknown := set(entry) - _KEYS | set(entry["stops"]) - WAYS:
        raise ValueError(f"causes.toml, {code}: unknown {sorted(unknown)}")
    return CauseNature(frozenset(entry["stops"]), frozenset(entry.get("explains", ())), tuple(entry["seen_by"]))
