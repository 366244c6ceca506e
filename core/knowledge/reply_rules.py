"""Typed reader of `resources/data/replies/<provider>.toml`: who writes which refusal, and what it means.

A file is one provider, mail program or kind of knowledge; a rule is one meaning with its wordings. Each wording stands
beside an example that is its test. Unknown keys are refused, so that a typing error cannot switch a rule off.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from core.knowledge.reply_text import Stage
from core.model import WhoActs
from core.resources import resources_dir

ReasonWord = Literal[
    "user_unknown", "address_closed", "domain_cannot_receive", "mailbox_full", "recipient_refuses",
    "message_too_big", "attachment_blocked", "virus_found", "looks_like_spam", "bad_message_format",
    "sender_auth_failed", "sender_refused", "reverse_dns_missing", "helo_refused", "ip_blocked", "bad_reputation",
    "login_required", "relay_denied", "tls_failed", "rate_limited", "greylisted", "dns_problem", "unreachable",
    "mail_loop", "server_trouble", "policy_refused", "suppressed_by_service", "unclear",
    "delayed", "delivered", "complaint", "auto_reply",
]  # fmt: skip
REASONS: tuple[ReasonWord, ...] = get_args(ReasonWord)
# provider: only its own hosts use the codes so; software: stock texts of a mail program; words: anybody's wording;
# status: what the registry says when no words help. Asked in this order.
Kind = Literal["provider", "software", "words", "status"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_FILE_KEYS = {"provider", "kind", "checked", "source", "hosts", "signs", "domains", "rule", "links"}
_RULE_KEYS = {"reason", "says", "codes", "stage", "only_here", "permanent", "who_acts", "playbook", "example"}


class RuleFileError(ValueError):
    """A data file says something no rule can mean. A test finds it before a person does."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One pattern (on folded lower-case text), a literal every match contains, and its test."""

    literal: str
    pattern: str
    example: str

    def search(self, words: str) -> re.Match[str] | None:
        """Where the pattern stands in the words. Compiled when first asked for: of hundreds a reply needs a few."""
        return _compiled(self.pattern).search(words)


@dataclass(frozen=True, slots=True)
class Rule:
    """One meaning. With `codes` and wordings both must fit; a rule with codes alone needs its provider's host."""

    provider: str
    kind: Kind
    reason: ReasonWord
    wordings: tuple[Wording, ...] = ()
    codes: frozenset[str] = frozenset()
    stage: Stage | None = None
    only_here: bool = False
    permanent: bool | None = None
    who_acts: WhoActs | None = None
    playbook: str | None = None
    link: str | None = None
    example: str | None = None


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file: how its provider is recognised, and its rules."""

    provider: str
    kind: Kind
    checked: date
    source: str
    hosts: tuple[str, ...]
    signs: tuple[str, ...]
    domains: tuple[str, ...]
    rules: tuple[Rule, ...]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def rule_files() -> tuple[RuleFile, ...]:
    """All files, providers first, statuses last; within a kind by name. Read once a process."""
    folder = resources_dir() / "data" / "replies"
    files = [read_rule_file(path) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(files, key=lambda file: (KINDS.index(file.kind), file.provider)))


@cache
def large_receivers() -> frozenset[str]:
    """The domains of receivers so large that they are never simply gone."""
    return frozenset(domain for file in rule_files() if file.kind == "provider" for domain in file.domains)


@cache
def provider_codes() -> frozenset[str]:
    """The codes of all providers known by their words."""
    return frozenset(file.provider for file in rule_files() if file.kind == "provider")


@cache
def mailbox_providers() -> frozenset[str]:
    """The codes of providers that keep mailboxes under names of their own."""
    return frozenset(file.provider for file in rule_files() if file.kind == "provider" and file.domains)


@cache
def playbook_links() -> dict[str, str]:
    """Every playbook that a rule names -> the provider's own page, "" where it has none."""
    rules = [rule for file in rule_files() for rule in file.rules]
    return {rule.playbook: rule.link or "" for rule in rules if rule.playbook}


def read_rule_file(path: Path) -> RuleFile:
    """Read one file. Raises `RuleFileError` naming the file and what is wrong in it."""
    try:
        return _rule_file(tomllib.loads(path.read_text(encoding="utf-8")))
    except (RuleFileError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise RuleFileError(f"{path.name}: {error}") from error


def _rule_file(raw: dict[str, Any]) -> RuleFile:
    _refuse_unknown(raw, _FILE_KEYS)
    kind = _one_of(raw["kind"], KINDS)
    links = dict(raw.get("links", {}))
    rules = tuple(_rule(entry, raw["provider"], cast(Kind, kind), links) for entry in raw["rule"])
    hosts, signs, domains = (tuple(map(str.lower, raw.get(key, ()))) for key in ("hosts", "signs", "domains"))
    source = raw.get("source", "")
    return RuleFile(raw["provider"], cast(Kind, kind), raw["checked"], source, hosts, signs, domains, rules)


def _rule(raw: dict[str, Any], provider: str, kind: Kind, links: dict[str, str]) -> Rule:
    _refuse_unknown(raw, _RULE_KEYS)
    wordings = tuple(_wording(pattern, example) for pattern, example in raw.get("says", ()))
    if not wordings and not (raw.get("codes") and raw.get("example")):
        raise RuleFileError(f"a rule for {raw['reason']} has neither wordings nor codes with an example")
    playbook = raw.get("playbook")
    return Rule(
        provider,
        kind,
        cast(ReasonWord, _one_of(raw["reason"], REASONS)),
        wordings,
        frozenset(code for entry in raw.get("codes", ()) for code in expand_codes(entry)),
        raw.get("stage"),
        raw.get("only_here", False),
        raw.get("permanent"),
        raw.get("who_acts"),
        playbook,
        links.get(playbook or ""),
        raw.get("example"),
    )


def _wording(pattern: str, example: str) -> Wording:
    return Wording(required_literal(pattern), pattern, example)


def expand_codes(entry: str) -> list[str]:
    """ "x.1.1" -> 4.1.1 and 5.1.1; "5.7.606-649" -> each of them; "550" -> itself."""
    if entry.startswith("x."):
        return [code for digit in "45" for code in expand_codes(digit + entry[1:])]
    head, dash, last = entry.partition("-")
    if not dash:
        return [entry]
    stem, _, first = head.rpartition(".")
    return [f"{stem}.{number}" for number in range(int(first), int(last) + 1)]


_TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]])+\]|\{[\d,]+\}|.", re.S)


def required_literal(pattern: str) -> str:
    """The longest plain text every match of `pattern` contains; "" when alternatives or classes leave none.

    Looking for it first (`in` is fast) spares nearly every regular expression its run.
    """
    pieces: list[str] = []
    depth = 0
    for token in _TOKEN.findall(pattern):
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
            pieces.append("\0")
        elif depth:
            continue
        elif token == "|":
            return ""
        elif token in ("?", "*") or (token[0] == "{" and len(token) > 1):
            pieces[-1] = "\0"
        else:
            pieces.append(_plain(token))
    return max("".join(pieces).split("\0"), key=len)


def alternatives(pattern: str) -> tuple[str, ...]:
    """The alternatives of `pattern` outside of all groups, as they stand in it."""
    found, depth = [""], 0
    for token in _TOKEN.findall(pattern):
        depth += (token == "(") - (token == ")")
        if token == "|" and not depth:
            found.append("")
        else:
            found[-1] += token
    return tuple(found)


def _plain(token: str) -> str:
    """The character a token stands for, NUL when it stands for several."""
    if token[0] == "\\":
        return "\0" if token[1].isalnum() else token[1]
    return "\0" if token in ("+", ".", "^", "$") or token[0] == "[" else token


def _refuse_unknown(raw: dict[str, Any], known: set[str]) -> None:
    if unknown := set(raw) - known:
        raise RuleFileError(f"unknown keys {sorted(unknown)}")


def _one_of(word: str, words: tuple[str, ...]) -> str:
    if word not in words:
        raise RuleFileError(f"unknown word {word!r}")
    return word
