"""What a refusal means: host and provider first, then codes, then words, and last what the registry says of the code.

    >>> explain_reply("550 5.1.1 <taro@example.co.jp>: Recipient address rejected: User unknown").word
    'user_unknown'

Providers contradict the registry of enhanced status codes (RFC 3463, RFC 5248): Gmail's 5.7.27 is SPF, the registry's
a null MX. So a provider's own rules are asked before the registry's meaning, and a code alone never gives more than
what the registry says of it. Where nothing is known the word is "unclear".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from core.knowledge.reply_rules import REASONS, ReasonWord, Rule, RuleFile, rule_files
from core.knowledge.reply_text import Reply, read_reply
from core.model import WhoActs

__all__ = ["REASONS", "Reason", "ReasonWord", "explain_parsed", "explain_reply", "provider_of", "who_acts_for"]

_MOST_LABELS = 8  # of a host name; no provider is known by more
DecidedBy = Literal["provider", "software", "words", "status", "nothing"]

_WHO: dict[ReasonWord, WhoActs] = {
    "mailbox_full": "recipient",
    "recipient_refuses": "recipient",
    "dns_problem": "recipient",
    "unreachable": "recipient",
    "server_trouble": "recipient",
    "policy_refused": "recipient",
    "unclear": "recipient",
    "suppressed_by_service": "hosting_company",
    "greylisted": "wait",
    "delayed": "wait",
    "delivered": "wait",
    "auto_reply": "wait",
}
# Passes by waiting when no code says otherwise.
_TEMPORARY: frozenset[ReasonWord] = frozenset(
    {"mailbox_full", "rate_limited", "greylisted", "dns_problem", "unreachable", "server_trouble", "delayed"}
)


@dataclass(frozen=True)
class Reason:
    """Why a message was refused. `provider` and `playbook` are codes with texts; `link` is the provider's own page."""

    word: ReasonWord
    permanent: bool
    who_acts: WhoActs
    decided_by: DecidedBy
    reply: Reply
    provider: str | None = None
    playbook: str | None = None
    link: str | None = None


def explain_reply(text: str, host: str | None = None, status: str | None = None, domain: str | None = None) -> Reason:
    """Explain one reply, log line, queue reason or bounce paragraph.

    `host` is the machine that answered, `status` an enhanced code reported beside the text, `domain` the recipient's
    (used to name the provider only when no host is known). Never raises; reads at most `reply_text.MOST` characters.
    """
    return explain_parsed(read_reply(text, host, status), domain)


def explain_parsed(reply: Reply, domain: str | None = None) -> Reason:
    """The same for a reply already taken apart."""
    file = _provider_file(reply.host, reply.words, domain)
    rule = file and _first_fitting(_rules_of(file.provider), reply)
    if not rule and (quoted := _by_signs(reply.words)):  # another's words, which this one passes on
        rule = _first_fitting(_rules_of(quoted.provider), reply)
        file = quoted if rule else file
    rule = rule or _first_fitting(_rules_for_anybody(), reply)
    if rule:
        return _reason(rule, reply, file)
    permanent = not _temporary_code(reply)
    return Reason("unclear", permanent, who_acts_for("unclear"), "nothing", reply, file.provider if file else None)


def who_acts_for(word: ReasonWord) -> WhoActs:
    """Whose move a reason is when no rule knows better."""
    return _WHO.get(word, "you")


def provider_of(host: str | None, words: str = "", domain: str | None = None) -> str | None:
    """The code of the provider behind a host name, its typical words, or (weakest) the recipient's domain."""
    file = _provider_file(host, words.lower(), domain)
    return file.provider if file else None


def _provider_file(host: str | None, words: str, domain: str | None) -> RuleFile | None:
    by_host, _, by_domain = _identities()
    named = (_by_suffix(host, by_host) if host else None) or _by_signs(words)
    return named or (_by_suffix(domain, by_domain) if domain and not host else None)


def _by_signs(words: str) -> RuleFile | None:
    """The provider whose own words these are."""
    return next((file for sign, file in _identities()[1] if sign in words), None) if words else None


def _by_suffix(name: str, table: dict[str, RuleFile]) -> RuleFile | None:
    name = name.lower().rstrip(".")
    if name.count(".") >= _MOST_LABELS:
        name = ".".join(name.split(".")[-_MOST_LABELS:])
    while name:
        if file := table.get(name):
            return file
        name = name.partition(".")[2]
    return None


@cache
def _identities() -> tuple[dict[str, RuleFile], list[tuple[str, RuleFile]], dict[str, RuleFile]]:
    files = [file for file in rule_files() if file.kind == "provider"]
    return (
        {host: file for file in files for host in file.hosts},
        [(sign, file) for file in files for sign in file.signs],
        {domain: file for file in files for domain in file.domains},
    )


# A rule laid out flat for speed, once for each of its wordings: (literal, pattern, rule).
Flat = tuple[str, Callable[[str], object] | None, Rule]


@cache
def _rules_of(provider: str) -> tuple[Flat, ...]:
    return tuple(
        flat for file in rule_files() if file.provider == provider for rule in file.rules for flat in _lay(rule)
    )


@cache
def _rules_for_anybody() -> tuple[Flat, ...]:
    """The rules that hold for anybody's reply; the others only for their own provider's."""
    rules = [rule for file in rule_files() for rule in file.rules]
    held = [rule for rule in rules if rule.kind == "status" or (rule.wordings and not rule.only_here)]
    return tuple(flat for rule in held for flat in _lay(rule))


def _lay(rule: Rule) -> Iterator[Flat]:
    if not rule.wordings:
        yield "", None, rule
    for wording in rule.wordings:
        yield wording.literal, wording.search, rule


def _first_fitting(flats: tuple[Flat, ...], reply: Reply) -> Rule | None:
    words, codes, stage = reply.words, {reply.enhanced, str(reply.code)}, reply.stage
    for literal, search, rule in flats:
        if literal not in words or (rule.codes and rule.codes.isdisjoint(codes)):
            continue
        if (rule.stage is None or rule.stage == stage) and (search is None or search(words)):
            return rule
    return None


def _reason(rule: Rule, reply: Reply, file: RuleFile | None) -> Reason:
    provider = file.provider if file else rule.provider if rule.kind == "provider" else None
    permanent = rule.permanent
    if permanent is None:
        permanent = not _temporary_code(reply) if (reply.code or reply.enhanced) else rule.reason not in _TEMPORARY
    who = rule.who_acts or who_acts_for(rule.reason)
    return Reason(rule.reason, permanent, who, rule.kind, reply, provider, rule.playbook, rule.link)


def _temporary_code(reply: Reply) -> bool:
    return (reply.enhanced or str(reply.code or "")).startswith("4")
