"""Mail server programs: how their greetings look, when each version was released, who still repairs it.

Reads `resources/data/mta/<product>.toml` and `resources/data/distributions.toml`. A greeting is what the server
says of itself, not proof of what is installed; distributions keep an old number and repair it (`shipped`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from core.resources import resources_dir

Kind = Literal["server", "filter", "firewall", "hosted"]
# newest: only the newest release is repaired; series: each series has its end; nobody: no one repairs it any more.
Rule = Literal["newest", "series", "nobody", "unknown"]
State = Literal["supported", "unsupported", "old_number", "hidden", "unknown"]


@dataclass(frozen=True)
class Release:
    """One release, or the first of a series; `ended` is the last day its maker repaired that series."""

    version: str
    released: date
    ended: date | None = None


@dataclass(frozen=True)
class Distribution:
    """An operating system release that brings mail programs along and repairs them under the old number."""

    id: str
    name: str  # as its makers write it
    until: date  # free updates, the long kind included
    paid_until: date | None = None
    marks: tuple[str, ...] = ()  # what a greeting says when it comes from here

    def repairs_on(self, today: date) -> bool:
        """Whether someone still repairs its packages, be it for money."""
        return today <= max(self.until, self.paid_until or self.until)


@dataclass(frozen=True)
class Example:
    """A greeting and what must be read from it: the data file's own test."""

    greeting: str
    version: str | None = None
    config_version: str | None = None
    distribution: str | None = None


@dataclass(frozen=True)
class Product:
    """One mail server program, filter or service."""

    id: str
    name: str
    checked: date
    kind: Kind
    rule: Rule
    patterns: tuple[re.Pattern[str], ...]
    releases: tuple[Release, ...] = ()
    series: tuple[Release, ...] = ()
    shipped: Mapping[str, str] = field(default_factory=dict)  # distribution id -> version
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Identity:
    """What a greeting claims."""

    product: str
    version: str | None = None
    config_version: str | None = None  # Sendmail: of the configuration file; older than the program = carried over
    distribution: str | None = None


@dataclass(frozen=True)
class Support:
    """How old a version is and whether it is still repaired, on one day."""

    state: State
    released: date | None = None
    exact: bool = True  # `released` is that very version's date, not its series' first
    ended: date | None = None
    newest: str | None = None
    distributions: tuple[str, ...] = ()  # those that still repair this number


_KEYS = {"checked", "name", "kind", "rule", "greeting", "release", "series", "shipped", "example"}


def _read(path: Path) -> Product:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    _refuse_unknown(path, data, _KEYS)
    return Product(
        id=path.stem,
        name=data["name"],
        checked=data["checked"],
        kind=data["kind"],
        rule=data["rule"],
        patterns=tuple(re.compile(pattern, re.IGNORECASE) for pattern in data["greeting"]),
        releases=tuple(Release(version, day) for version, day in data.get("release", {}).items()),
        series=tuple(Release(**row) for row in data.get("series", [])),
        shipped=data.get("shipped", {}),
        examples=tuple(Example(**row) for row in data["example"]),
    )


def _refuse_unknown(path: Path, data: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(data) - known:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")


@cache
def products() -> dict[str, Product]:
    """Every product by its id (the file's name)."""
    folder = resources_dir() / "data" / "mta"
    return {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}


@cache
def distributions() -> dict[str, Distribution]:
    """Every operating system release we know, by its id."""
    path = resources_dir() / "data" / "distributions.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    _refuse_unknown(path, data, {"checked", "distribution"})
    rows = [{**row, "marks": tuple(row.get("marks", ()))} for row in data["distribution"]]
    return {row["id"]: Distribution(**row) for row in rows}


def identify(greeting: str) -> Identity | None:
    """What the greeting (without its code) says the server is; None when no product is named."""
    found = matches(greeting)
    return found[0] if found else None


def matches(greeting: str) -> list[Identity]:
    """Every product a greeting fits; the data is right when that is never more than one."""
    text = greeting[:2000]
    found = []
    for product in products().values():
        match = next((m for pattern in product.patterns if (m := pattern.search(text))), None)
        if match is not None:
            groups = match.groupdict()
            system = _distribution_in(text)
            found.append(Identity(product.id, groups.get("version"), groups.get("config_version"), system))
    return found


def _distribution_in(greeting: str) -> str | None:
    return next((d.id for d in distributions().values() if any(mark in greeting for mark in d.marks)), None)


def numbers(version: str) -> tuple[int, ...]:
    """A version for comparing: "4.100" is after "4.99"; "4.84_2" and "4.84.2" are the same."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def support_of(identity: Identity, today: date) -> Support:
    """Whether what the greeting claims is still repaired by anyone on `today`."""
    product = products()[identity.product]
    if product.rule == "nobody" and identity.version is None:
        return Support("unsupported")
    if identity.version is None:
        return Support("hidden")
    version = numbers(identity.version)
    released, exact = _released(product, version)
    ended = _ended(product, version)
    newest = max((r.version for r in product.releases or product.series), key=numbers, default=None)
    if product.rule == "unknown":
        return Support("unknown", released, exact, None, newest)
    if not _abandoned(product, version, ended, newest, today):
        return Support("supported", released, exact, ended, newest)
    repairing = _repairing(product, identity, version, today)
    return Support("old_number" if repairing else "unsupported", released, exact, ended, newest, repairing)


def _abandoned(product: Product, version: tuple[int, ...], ended: date | None, newest: str | None, today: date) -> bool:
    """Whether its maker repairs it no longer."""
    if product.rule == "nobody":
        return True
    if product.rule == "newest":
        return newest is not None and version < numbers(newest)
    return ended is not None and ended < today


def _released(product: Product, version: tuple[int, ...]) -> tuple[date | None, bool]:
    """The date of the version, else of the nearest release it extends, else of its series."""
    by_number = {numbers(release.version): release.released for release in product.releases}
    if version in by_number:
        return by_number[version], True
    for length in range(len(version), 1, -1):
        if version[:length] in by_number:
            return by_number[version[:length]], False
    series = _series(product, version)
    return (series.released if series else None), False


def _series(product: Product, version: tuple[int, ...]) -> Release | None:
    fitting = [s for s in product.series if version[: len(numbers(s.version))] == numbers(s.version)]
    return max(fitting, key=lambda s: len(numbers(s.version)), default=None)


def _ended(product: Product, version: tuple[int, ...]) -> date | None:
    """The end of its series; where only the newest release is repaired, the day the next one came."""
    if product.rule == "newest":
        later = [r.released for r in product.releases if numbers(r.version) > version]
        return min(later, default=None)
    series = _series(product, version)
    return series.ended if series else None


def _repairing(product: Product, identity: Identity, version: tuple[int, ...], today: date) -> tuple[str, ...]:
    """Distributions in support that bring this number along; only the named one when the greeting names it."""
    known = distributions()
    names = [identity.distribution] if identity.distribution in product.shipped else list(product.shipped)
    return tuple(
        name
        for name in names
        if name is not None and numbers(product.shipped[name])[:2] == version[:2] and known[name].repairs_on(today)
    )
