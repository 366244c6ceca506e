"""Well-known mail domains, for telling a line that blocks port 25 from a server that is down."""

from __future__ import annotations

import tomllib
from functools import cache

from core.resources import resources_dir

_KEYS = {"checked", "domains"}


@cache
def landmark_domains() -> tuple[str, ...]:
    """The domains of `resources/data/port_25_landmarks.toml`, in the order they are tried.

    Raises ValueError on unknown keys.
    """
    path = resources_dir() / "data" / "port_25_landmarks.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := set(data) - _KEYS:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    return tuple(data["domains"])
