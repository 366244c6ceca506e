"""What the rules look at: every finding by its code, and what the person told us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.checks.server_health.facts import ServerHealthFacts
from core.model import CheckResult, Context, Finding, Severity, Value


@dataclass(frozen=True)
class Clues:
    """The findings of a run, by code, worst checks and all."""

    findings: tuple[Finding, ...]
    context: Context
    health: ServerHealthFacts | None = None  # what the machine told of itself: for what speaks against a suspicion

    @classmethod
    def of(cls, results: Sequence[CheckResult], context: Context) -> Clues:
        """The clues of these results."""
        facts = (result.facts for result in results)
        health = next((each for each in facts if isinstance(each, ServerHealthFacts)), None)
        return cls(tuple(finding for result in results for finding in result.findings), context, health)

    def having(self, *codes: str) -> tuple[Finding, ...]:
        """The findings with one of these codes, in the order of the checks."""
        return tuple(finding for finding in self.findings if finding.code in codes)

    def seen(self, *codes: str) -> bool:
        """Whether there is a finding with one of these codes."""
        return bool(self.having(*codes))

    def bounced(self, *reasons: str) -> tuple[Finding, ...]:
        """Findings of the bounce check with one of these reason words."""
        return self.having(*(f"bounce.{reason}" for reason in reasons))

    @property
    def about_mail_going_out(self) -> bool:
        """Not when the person says that only receiving is affected."""
        return self.context.target.direction != "receiving" and self.context.target.symptom != "not_received"


def codes_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The codes of these findings, each once."""
    return tuple(dict.fromkeys(finding.code for finding in findings))


def value_list(findings: Sequence[Finding], name: str) -> list[str]:
    """The values called `name` of these findings as words, each once; lists are joined in."""
    words: dict[str, None] = {}
    for finding in findings:
        value: Value = finding.values.get(name)
        for word in value if isinstance(value, list) else [value]:
            if word is not None:
                words[str(word)] = None
    return list(words)


def critical(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Only the critical ones."""
    return tuple(finding for finding in findings if finding.severity is Severity.CRITICAL)
