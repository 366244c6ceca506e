"""What the rules look at: every finding by its code, and what the person told us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.checks.mail_queue.facts import QueueFacts
from core.checks.server_health.facts import ServerHealthFacts
from core.model import CheckResult, Context, Finding, Severity, Value

QUIET = timedelta(hours=1)  # without a new sign: what a log tells may be over


@dataclass(frozen=True)
class Clues:
    """The findings of a run, by code, worst checks and all."""

    findings: tuple[Finding, ...]
    context: Context
    looked_until: datetime | None = None  # when the last check ended
    health: ServerHealthFacts | None = None  # what the machine told of itself: for what speaks against a suspicion
    queue: QueueFacts | None = None

    @classmethod
    def of(cls, results: Sequence[CheckResult], context: Context) -> Clues:
        """The clues of these results."""
        facts = [result.facts for result in results]
        health = next((each for each in facts if isinstance(each, ServerHealthFacts)), None)
        queue = next((each for each in facts if isinstance(each, QueueFacts)), None)
        findings = tuple(finding for result in results for finding in result.findings)
        return cls(findings, context, max((result.finished_at for result in results), default=None), health, queue)

    def going_on(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Those of a log that go on: seen within the last hour, or without a time."""
        return tuple(each for each in findings if not is_over(each, self.looked_until))

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
    def all_that_waits_is_for_one_domain(self) -> bool:
        """Whether mail waits, and none of it for a second domain."""
        return bool(self.queue and self.queue.deferred and self.queue.distinct_domains == 1)

    @property
    def mail_program_runs(self) -> bool:
        """Whether the machine was seen with its mail program running."""
        return bool(self.health and any(service.runs for service in self.health.services or ()))

    @property
    def about_mail_going_out(self) -> bool:
        """Not when the person says that only receiving is affected."""
        return self.context.target.direction != "receiving" and self.context.target.symptom != "not_received"


def is_over(finding: Finding, by: datetime | None) -> bool:
    """Whether what the finding tells ended an hour or more before `by` (its `until`, RFC 3339)."""
    until = finding.values.get("until")
    if by is None or not isinstance(until, str):
        return False
    return by - datetime.fromisoformat(until) >= QUIET


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
