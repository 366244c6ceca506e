"""Reads keep_list.toml: what goes into the built program. Used by the PyInstaller spec and by the tests."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Rule:
    """One line of the list: what it matches, and why."""

    match: str
    why: str


@dataclass(frozen=True)
class KeepList:
    """The rules by what they speak of."""

    plugins: tuple[Rule, ...]
    translations: tuple[Rule, ...]
    dropped: tuple[Rule, ...]
    modules: tuple[Rule, ...]

    def keeps(self, path: str) -> bool:
        """Whether the file with this path inside the bundle goes in."""
        name = re.sub(r"(^|/)lib(?=[^/]+$)", r"\1", path.replace("\\", "/"))
        if any(re.search(rule.match, path.replace("\\", "/")) for rule in self.dropped):
            return False
        if "/plugins/" in name:
            return any(re.search(f"/plugins/{rule.match}", name) for rule in self.plugins)
        if "/translations/" in name:
            return any(re.search(rule.match, name) for rule in self.translations)
        return True

    def excluded_modules(self) -> list[str]:
        """Modules PyInstaller shall not follow."""
        return [name for rule in self.modules for name in rule.match.split("|")]


def read_keep_list(file: Path = FILE) -> KeepList:
    """The list. Raises KeyError for a rule without `match` or `why`, ValueError for an unknown kind."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    unknown = set(tables) - {"plugin", "translation", "library", "module"}
    if unknown:
        raise ValueError(f"{file.name}: unknown {sorted(unknown)}")
    rules = {
        kind: tuple(Rule(row["match"], row["why"]) for row in tables.get(kind, []))
        for kind in ("plugin", "translation", "library", "module")
    }
    return KeepList(rules["plugin"], rules["translation"], rules["library"], rules["module"])
