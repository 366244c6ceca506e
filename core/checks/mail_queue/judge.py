"""Is the queue too long, and what does its shape say? Sizes are for a company with a few dozen mailboxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.checks.mail_queue import shapes
from core.checks.mail_queue.facts import QueueFacts
from core.clean import clean
from core.model import Evidence, Finding, Severity, Table, Values

# One to ten messages wait on any day; a hosting company's server with many customers has 180 to 500.
NORMAL, RAISED, THOUSANDS = 10, 100, 1000
YOUNG, OLD = 3600.0, 86400.0  # seconds
USUALLY_FROZEN = 2
STRAY_LINES = 10  # prompts and banners copied along with a listing
_REFUSALS = {
    "permission_denied": Severity.UNKNOWN,
    "not_found": Severity.UNKNOWN,
    "daemon_down": Severity.CRITICAL,
}
_PART_ONLY = {"own": "own_only", "own_or_all": "own_or_all", "submission": "submission_only"}
_CODES = {"daemon_down": "system_down"}
_ROWS = 10


def judge(facts: QueueFacts) -> tuple[Finding, ...]:
    """The verdict first: what kept us from looking, how long the queue is, then what its shape says."""
    found = [*_refused(facts), *_level(facts), *_shape(facts)]
    if not found:
        return ()
    return (replace(found[0], evidence=(_listing(facts),), table=_table(facts)), *found[1:])


def _refused(facts: QueueFacts) -> Iterator[Finding]:
    if facts.running is False and facts.refused != "daemon_down":  # some tools list a stopped program's queue
        yield _finding("system_down", Severity.CRITICAL, command=clean(facts.command, 200))
    if facts.refused:
        code = _CODES.get(facts.refused, facts.refused)
        yield _finding(code, _REFUSALS[facts.refused], command=clean(facts.command, 200))


def _level(facts: QueueFacts) -> Iterator[Finding]:
    if facts.total is None:
        return
    count, complete = facts.total, facts.complete and not _mostly_unreadable(facts)
    if not complete and facts.refused != "permission_denied":
        yield _finding("incomplete", Severity.UNKNOWN, count=count)
    if count > RAISED:
        yield from _too_long(facts, count)
    elif count > NORMAL:
        yield from _raised(facts, count)
    elif complete and facts.shows == "all":
        code = "normal" if count else "empty"
        yield _finding(code, Severity.OK, **({"count": count} if count else {}))
    if facts.shows != "all":
        yield _finding(_PART_ONLY[facts.shows], Severity.UNKNOWN, count=count)


def _mostly_unreadable(facts: QueueFacts) -> bool:
    """A prompt or a stray line is no harm; more lines that are no listing than a few hide messages."""
    return facts.unparsed > max(STRAY_LINES, (facts.total or 0) // 10)


def _too_long(facts: QueueFacts, count: int) -> Iterator[Finding]:
    if not shapes.newsletter(facts):
        yield _finding("long", Severity.CRITICAL, count=count)
        return
    if count >= THOUSANDS:
        yield _finding("long", Severity.CRITICAL, count=count)
    leading = shapes.leading_sender(facts)
    sender = clean(leading[0], 200) if leading else ""
    yield _finding("newsletter", Severity.WARNING, count=count, sender=sender, domains=facts.distinct_domains)


def _raised(facts: QueueFacts, count: int) -> Iterator[Finding]:
    age = facts.oldest_age
    suspicious = shapes.strangers(facts) or shapes.null_senders_many(facts) or shapes.leading_sender(facts)
    if facts.shows == "all" and not suspicious and age is not None and age < YOUNG:
        yield _finding("young", Severity.OK, count=count, seconds=int(age))
    elif suspicious or not _one_cause(facts):
        yield _finding("raised", Severity.WARNING, count=count)


def _one_cause(facts: QueueFacts) -> bool:
    """Whether a finding of its own explains the whole queue."""
    listed = shapes.share_of(facts, "ip_blocked") >= shapes.NEARLY_ALL
    return bool(shapes.leading_domain(facts)) or shapes.all_timed_out(facts) or shapes.names_fail(facts) or listed


def _shape(facts: QueueFacts) -> Iterator[Finding]:
    if facts.total:
        # Mail of one user has one sender: that says something of a great heap only.
        if facts.shows == "all" or facts.total > RAISED:
            yield from _who(facts)
        yield from _why(facts)
        yield from _stuck(facts)


def _who(facts: QueueFacts) -> Iterator[Finding]:
    spared = shapes.newsletter(facts)
    leading = shapes.leading_sender(facts)
    if leading and not (spared and facts.total and facts.total < THOUSANDS):
        sender, count = clean(leading[0], 200), leading[1]
        yield _finding("one_sender", Severity.WARNING, sender=sender, count=count, percent=_percent(count, facts))
    if shapes.strangers(facts) and not spared:
        domains = [clean(domain.name, 100) for domain in facts.recipient_domains[:3]]
        yield _finding("strangers", Severity.WARNING, count=facts.distinct_domains, domains=domains)
    if shapes.null_senders_many(facts):
        count = facts.null_sender
        yield _finding("null_senders", Severity.WARNING, count=count, percent=_percent(count, facts))


def _why(facts: QueueFacts) -> Iterator[Finding]:
    reasons = {each.reason: each for each in facts.reasons}
    if listed := reasons.get("ip_blocked"):
        zones = [clean(name, 100) for name in facts.lists_named] or ["?"]  # a line cut short names none
        example = clean(listed.example, 300)
        yield _finding("blocked_using_list", Severity.CRITICAL, count=listed.count, zone=zones, example=example)
    if shapes.all_timed_out(facts):
        severity = _if_many(facts, Severity.CRITICAL, Severity.WARNING)
        yield _finding("all_timed_out", severity, count=facts.timed_out, domains=facts.distinct_domains)
    elif shapes.names_fail(facts):
        waiting = [reasons[word].count for word in ("dns_problem", "domain_cannot_receive") if word in reasons]
        severity = _if_many(facts, Severity.CRITICAL, Severity.WARNING)
        yield _finding("name_service", severity, count=sum(waiting), domains=facts.distinct_domains)
    elif (domain := shapes.leading_domain(facts)) and (facts.total or 0) > NORMAL:
        severity = Severity.OK if (facts.total or 0) <= RAISED else Severity.WARNING
        yield _finding("one_domain", severity, domain=clean(domain[0], 100), count=domain[1])


def _stuck(facts: QueueFacts) -> Iterator[Finding]:
    severity = _if_many(facts, Severity.WARNING, Severity.OK)
    if facts.hold:
        yield _finding("held", severity, count=facts.hold)
    if facts.frozen:
        usual = facts.frozen <= USUALLY_FROZEN
        yield _finding("frozen", Severity.OK if usual else severity, count=facts.frozen)
    age = facts.oldest_age
    if age is not None and age >= OLD and facts.oldest_arrival:
        yield _finding("old", severity, seconds=int(age), since=facts.oldest_arrival.isoformat())


def _if_many(facts: QueueFacts, many: Severity, few: Severity) -> Severity:
    """A normal number of waiting messages is never an alarm by itself."""
    return many if (facts.total or 0) > NORMAL else few


def _finding(code: str, severity: Severity, **values: str | int | list[str]) -> Finding:
    filled: Values = values
    return Finding(f"mail_queue.{code}", severity, filled)


def _percent(count: int, facts: QueueFacts) -> int:
    return min(100, round(100 * count / max(1, shapes.listed(facts))))


def _listing(facts: QueueFacts) -> Evidence:
    return Evidence(facts.command, facts.excerpt, facts.read_at)


def _table(facts: QueueFacts) -> Table | None:
    """The most frequent senders, recipient domains and reasons side by side."""
    senders = [(clean(each.name, 200), str(each.count)) for each in facts.senders[:_ROWS]]
    domains = [(clean(each.name, 200), str(each.count)) for each in facts.recipient_domains[:_ROWS]]
    reasons = [(clean(each.example, 120), str(each.count)) for each in facts.reasons[:_ROWS]]
    length = max(len(senders), len(domains), len(reasons))
    if not length:
        return None
    columns = ("sender", "sender_count", "domain", "domain_count", "reason", "reason_count")
    padded = [each + [("", "")] * (length - len(each)) for each in (senders, domains, reasons)]
    return Table(columns, tuple((*a, *b, *c) for a, b, c in zip(*padded, strict=True)))
