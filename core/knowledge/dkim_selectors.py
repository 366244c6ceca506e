"""Under which names DKIM keys usually stand: a list of our own and what the known companies use."""

from __future__ import annotations

import tomllib
from functools import cache

from core.knowledge.hosts import load_hosts
from core.resources import resources_dir


@cache
def usual_selectors() -> tuple[str, ...]:
    """Every selector worth asking for, each once. Raises when the data file is wrong: a bug of ours."""
    path = resources_dir() / "data" / "dkim_selectors.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(raw) != {"checked", "selectors", "example"}:
        raise ValueError(f"{path.name}: unknown keys")
    of_companies = [selector for host in load_hosts() for selector in host.selectors]
    return tuple(dict.fromkeys([*raw["selectors"], *of_companies]))
