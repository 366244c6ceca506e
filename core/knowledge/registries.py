"""Who answers for a domain's registration, and which name servers mean that it is not in use.

Reads `resources/data/registries.toml` and `resources/data/parking.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from core.knowledge.domain_names import plain_domain
from core.resources import resources_dir

Parking = Literal["for_sale", "expired", "suspended"]
_PARKING: tuple[Parking, ...] = ("for_sale", "expired", "suspended")


@dataclass(frozen=True)
class Registry:
    """Where to ask. Both None: a top-level domain we do not know."""

    rdap: str | None = None  # base URL with its final slash
    whois: str | None = None


def _read(name: str, known: set[str]) -> Mapping[str, Any]:
    data = tomllib.loads((resources_dir() / "data" / name).read_text(encoding="utf-8"))
    if unknown := set(data) - known - {"checked", "example"}:
        raise ValueError(f"{name}: unknown keys {sorted(unknown)}")
    return data


@cache
def _registries() -> dict[str, Registry]:
    data = _read("registries.toml", {"rdap", "whois"})
    found: dict[str, Registry] = {}
    for base, ends in data["rdap"].items():
        found.update({end: Registry(rdap=base) for end in ends})
    for server, ends in data["whois"].items():
        found.update({end: Registry(found[end].rdap if end in found else None, server) for end in ends})
    return found


@cache
def _parking() -> dict[str, Parking]:
    data = _read("parking.toml", set(_PARKING))
    return {end: kind for kind in _PARKING for end in data[kind]}


def registry_of(domain: str) -> Registry:
    """Who answers for `domain`, by its last label."""
    return _registries().get(plain_domain(domain).rpartition(".")[2], Registry())


def all_parked(name_servers: Sequence[str]) -> bool:
    """Whether the domain's name servers are those of a parking place, every one of them."""
    return bool(name_servers) and all(parking_kind(server) for server in name_servers)


def parking_kind(name_server: str) -> Parking | None:
    """What this name server says about the domain; None for an ordinary one."""
    labels = plain_domain(name_server).split(".")
    ends = (".".join(labels[start:]) for start in range(len(labels)))
    return next((_parking()[end] for end in ends if end in _parking()), None)
