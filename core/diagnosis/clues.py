"""What the rules look at: every finding by its code, and what the person told us."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from core.checks.bounce.our_address import said_by_ours
from core.checks.mail_log.facts import LogFacts, Refusal
from core.checks.mail_queue.facts import QueueFacts, Reason
from core.checks.server_health.facts import ServerHealthFacts
from core.knowledge.domain_names import plain_domain, registrable_domain
from core.knowledge.log_troubles import trouble_of
from core.model import CheckResult, Context, Finding, Severity, Value

_Facts = TypeVar("_Facts")
QUIET = timedelta(hours=1)  # without a new sign: what a log tells may be over
NEARLY_ALL, MOST = 0.8, 0.5
# Refusals that speak of our server when it is ours that refuses; the others are about one mailbox or one letter.
_ABOUT_THE_SENDER = re.compile(
    r"sender address|\bsender\b[^.\n]{0,20}\b(?:rejected|refused|denied|blocked|not accepted)", re.I
)
_ABOUT_THE_SERVER = frozenset({
    "bounce.server_trouble", "bounce.dns_problem", "bounce.domain_cannot_receive", "bounce.unreachable",
    "bounce.tls_failed", "bounce.relay_denied", "bounce.mail_loop", "bounce.ip_blocked", "bounce.bad_reputation",
    "bounce.policy_refused", "bounce.looks_like_spam", "bounce.reverse_dns_missing", "bounce.helo_refused",
    "bounce.sender_auth_failed", "bounce.sender_refused", "bounce.unclear",
})  # fmt: skip
# How long a queue is: there is one of these whenever one was read.
_LEVELS = ("normal", "young", "raised", "one_domain", "newsletter", "long", "incomplete", "own_or_all", "own_only")
# Reasons that are told before any server of a recipient has been spoken to.
_BEFORE_THE_DOOR = ("tls_failed", "login_required", "dns_problem", "domain_cannot_receive", "unreachable")


@dataclass(frozen=True)
class Clues:
    """The findings of a run, by code, worst checks and all."""

    findings: tuple[Finding, ...]
    context: Context
    looked_until: datetime | None = None  # when the last check ended
    health: ServerHealthFacts | None = None  # what the machine told of itself: for what speaks against a suspicion
    queue: QueueFacts | None = None
    log: LogFacts | None = None
    facts: tuple[object, ...] = ()  # of all checks, for the few rules that read them

    @classmethod
    def of(cls, results: Sequence[CheckResult], context: Context) -> Clues:
        """The clues of these results."""
        facts = [result.facts for result in results]
        health = next((each for each in facts if isinstance(each, ServerHealthFacts)), None)
        queue = next((each for each in facts if isinstance(each, QueueFacts)), None)
        log = next((each for each in facts if isinstance(each, LogFacts)), None)
        findings = tuple(finding for result in results for finding in result.findings)
        ended = max((result.finished_at for result in results), default=None)
        return cls(findings, context, ended, health, queue, log, tuple(facts))

    def facts_of(self, kind: type[_Facts]) -> _Facts | None:
        """What the check with facts of this kind measured; None when it did not."""
        return next((each for each in self.facts if isinstance(each, kind)), None)

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
        """Findings of the bounce check with one of these reason words, told by others about our mail."""
        ours = self.told_by_us
        return tuple(each for each in self.having(*(f"bounce.{reason}" for reason in reasons)) if each not in ours)

    @property
    def told_by_us(self) -> tuple[Finding, ...]:
        """Refusals of our own server's, by what customers sent on, but those about one mailbox or one letter."""
        target, hosts = self.context.target, self.context.mail_hosts
        domains = [name for name in (target.domain, *target.also_domain) if name]
        bounced = [each for each in self.findings if each.code in _ABOUT_THE_SERVER]
        return tuple(
            each
            for each in bounced
            if not _ABOUT_THE_SENDER.search(str(each.values.get("said", "")))  # then the address told is the sender's
            and said_by_ours(value_list([each], "recipients"), _word(each, "remote_mta"), domains, hosts)
        )

    def most_wait_for(self, *reasons: str) -> tuple[Finding, ...]:
        """What tells of the queue, where most of the mail put off in it waits for one of these reasons."""
        return self._most_wait(lambda each: each.reason in reasons)

    def most_wait_through(self, trouble: str) -> tuple[Finding, ...]:
        """The same for a trouble of our own server, as its complaints in a log are read."""
        return self._most_wait(lambda each: trouble_of(each.example) == trouble and not _said_elsewhere(each.example))

    def _most_wait(self, fits: Callable[[Reason], bool]) -> tuple[Finding, ...]:
        queue = self.queue
        if not queue or not queue.reasons:
            return ()
        waiting = queue.deferred + queue.hold + queue.frozen or sum(each.count for each in queue.reasons)
        share = sum(each.count for each in queue.reasons if fits(each)) / max(1, waiting)
        if share <= MOST or (self.seen("mail_queue.normal") and self.seen("mail_log.ordinary")):
            return ()  # a usual number waits and the log shows that the rest goes out: that is any good day
        return self.having(*(f"mail_queue.{level}" for level in _LEVELS))

    def queue_names(self, words: Sequence[str]) -> tuple[Finding, ...]:
        """What tells of the queue, where a reason that mail waits for holds one of these words."""
        reasons = self.queue.reasons if self.queue else ()
        if not any(word.lower() in each.example.lower() for each in reasons for word in words):
            return ()
        return self.having(*(f"mail_queue.{level}" for level in _LEVELS))

    @property
    def all_that_waits_is_for_one_domain(self) -> bool:
        """Whether mail waits, and none of it for a second domain. Part of a list cannot tell."""
        queue = self.queue
        return bool(queue and queue.shows == "all" and queue.deferred and queue.distinct_domains == 1)

    @property
    def relayhost(self) -> str | None:
        """The server all our mail leaves through, without its port; None when it leaves directly, or nobody looked."""
        named = self.health.relayhost if self.health else None
        return named.strip("[]").rpartition("]:")[0].strip("[]") or named.partition(":")[0] if named else None

    @property
    def stuck_at_the_relayhost(self) -> tuple[str, ...]:
        """Why all that waits waits, where it never came past our own relay host: reason words; none otherwise."""
        if not self.relayhost or not self.queue or not self.queue.reasons:
            return ()
        waiting = sum(each.count for each in self.queue.reasons)
        stuck = [
            each for each in self.queue.reasons if each.reason in _BEFORE_THE_DOOR and " said: " not in each.example
        ]
        if sum(each.count for each in stuck) < NEARLY_ALL * waiting:
            return ()
        return tuple(each.reason for each in stuck)

    def refused_by_others(self, *reasons: str) -> tuple[Refusal, ...]:
        """Refusals of the log by other companies, for one of these reasons."""
        refusals = self.log.refusals if self.log else ()
        return tuple(each for each in refusals if each.by == "them" and each.reason in reasons)

    @property
    def own_addresses(self) -> frozenset[str]:
        """The addresses of the server we know: of its name as told, and of the login."""
        told = self.context.mail_hosts if self.context.target.mail_host else ()
        inside = [one.address for one in self.context.addresses if {"ssh", "relayed"} & {one.source, *one.also}]
        return frozenset([*(address for host in told for address in host.addresses), *inside])

    @property
    def about_mail_coming_in(self) -> bool:
        """Whether the person says that mail does not come in."""
        return self.context.target.direction == "receiving" or self.context.target.symptom == "not_received"

    @property
    def mail_program_runs(self) -> bool:
        """Whether the machine was seen with its mail program running."""
        return bool(self.health and any(service.runs for service in self.health.services or ()))

    @property
    def nobody_waits_at_the_door(self) -> bool:
        """Whether the machine the mail is led to was seen to have no port 25 open at all."""
        health = self.health
        return bool(health and health.ports == () and health.takes_mail_here and not health.in_containers)

    @property
    def sending_alone(self) -> bool:
        """Whether the person says that it is our letters which do not arrive."""
        target = self.context.target
        return target.direction == "sending" or (not target.direction and target.symptom == "not_delivered")

    @property
    def about_mail_going_out(self) -> bool:
        """Not when the person says that only receiving is affected."""
        return self.context.target.direction != "receiving" and self.context.target.symptom != "not_received"


def _word(finding: Finding, name: str) -> str | None:
    value = finding.values.get(name)
    return str(value) if value else None


def _said_elsewhere(example: str) -> bool:
    """Whether another machine said it: then the trouble is that one's."""
    here = ("[private/", "[127.", "[::1]", "localhost", "[/")
    return " said: " in example and not any(word in example for word in here)


def is_over(finding: Finding, by: datetime | None) -> bool:
    """Whether what the finding tells ended an hour or more before `by` (its `until`, RFC 3339)."""
    until = finding.values.get("until")
    if by is None or not isinstance(until, str):
        return False
    return by - datetime.fromisoformat(until) >= QUIET


def said_by_the_recipient(finding: Finding) -> bool:
    """Whether a refusal is the recipient's own server's; another one takes our mail only from who has logged in."""
    theirs = {registrable_domain(plain_domain(name.rpartition("@")[2])) for name in value_list([finding], "recipients")}
    return registrable_domain(plain_domain(_word(finding, "remote_mta") or "")) in theirs


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
