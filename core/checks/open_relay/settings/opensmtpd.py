"""OpenSMTPD: the rules of smtpd.conf(5), first match wins. A stranger has no login and comes from anywhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.checks.open_relay.settings.verdict import Verdict, is_everyone, is_network, too_wide

_ACTION = re.compile(r'action\s+"?([\w-]+)"?\s+(\w+)')
_TABLE = re.compile(r"table\s+<?([\w-]+)>?\s*\{(.*)\}")


@dataclass(frozen=True)
class _Rule:
    line: str
    words: tuple[str, ...]

    @property
    def source(self) -> str:
        """Behind "from": any, local, a network, a table. Without it: local."""
        return self._after("from") if self._after("from") != "src" else self._after("src")

    @property
    def destination(self) -> str:
        return self._after("for") or "local"

    @property
    def with_login(self) -> bool:
        return "auth" in self.words and "!" not in self.words

    @property
    def action(self) -> str:
        return "reject" if "reject" in self.words else self._after("action")

    def _after(self, word: str) -> str:
        return self.words[self.words.index(word) + 1] if word in self.words[:-1] else ""


def verdict(lines: Sequence[str]) -> Verdict:
    """Walk the rules as for a stranger's mail to a stranger."""
    text = _joined(lines)
    tables = {found[1]: found[2] for line in text if (found := _TABLE.match(line))}
    relaying = {found[1] for line in text if (found := _ACTION.match(line)) and found[2] == "relay"}
    rules = [_Rule(line, tuple(_split(line))) for line in text if line.startswith("match")]
    wide = too_wide(n for rule in rules if rule.action in relaying for n in _networks(rule.source, tables))
    for rule in rules:
        if rule.with_login or rule.destination != "any":
            continue
        reached = _reaches_stranger(rule.source, tables)
        if reached and (rule.action in relaying or rule.action == "reject"):
            return Verdict("open" if rule.action in relaying else "closed", (rule.line,), wide)
        if reached is None and rule.action in relaying:
            return Verdict("unclear", (rule.line,), wide)
    return Verdict("closed" if rules else "unclear", (), wide)


def _reaches_stranger(source: str, tables: Mapping[str, str]) -> bool | None:
    """Whether a rule's "from" holds for anyone; None when its table cannot be seen."""
    if source == "any":
        return True
    networks = _networks(source, tables)
    if source.startswith("<") and not networks:
        return None
    return any(map(is_everyone, networks))


def _networks(source: str, tables: Mapping[str, str]) -> list[str]:
    named = tables.get(source.strip("<>"), "") if source.startswith("<") else source
    return [word for word in re.split(r"[\s,{}\"]+", named) if is_network(word)]


def _joined(lines: Sequence[str]) -> list[str]:
    """Without comments; a backslash at the end goes on in the next line."""
    whole = "\n".join(line.split("#", 1)[0].rstrip() for line in lines).replace("\\\n", " ")
    return [line.strip() for line in whole.split("\n") if line.strip()]


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # an odd quotation mark: the words as they stand
        return line.split()
