"""What the log means: who sends spam, what broke, who refuses us. An amount or a failed login alone means nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from core.checks.mail_log import signs
from core.checks.mail_log.facts import LogFacts, Outage, Refusal, Sender, Trouble
from core.checks.mail_log.returned import returned, unexplained
from core.checks.mail_log.tables import refusal_table, sender_table
from core.clean import clean
from core.model import Evidence, Finding, Severity, Value

OLD = timedelta(days=2)  # a log that ends earlier tells nothing of today
OVER = timedelta(hours=24)  # trouble that ended this long before the log does is no longer today's
OUTAGE_NAMES, OUTAGE_COUNT = 3, 5  # domains that failed in a row, and how often
FILTER_CLIENTS = 20  # clients in a row that a list of ours turned away
REFUSED_FEW = 3
FEW_ENDED = 3  # callers that say that our certificate has ended
_CRITICAL, _WARNING, _OK, _UNKNOWN = Severity.CRITICAL, Severity.WARNING, Severity.OK, Severity.UNKNOWN
# Reasons other companies give -> finding, and how bad it is.
_REFUSED = {
    "ip_blocked": ("refused_listed", _CRITICAL),
    "bad_reputation": ("refused_reputation", _WARNING),
    "rate_limited": ("refused_rate", _WARNING),
    "sender_auth_failed": ("refused_sender_auth", _CRITICAL),
    "reverse_dns_missing": ("refused_reverse_dns", _CRITICAL),
    "helo_refused": ("refused_reverse_dns", _WARNING),
    "greylisted": ("greylisted", _OK),
}
# The same for a provider whose rules are known: of an unknown server it may be about one letter only.
_REFUSED_BY_PROVIDER = {"policy_refused": ("refused_reputation", _WARNING)}
# Trouble on the server -> finding, how bad it is while it lasts, and how often it must stand there.
_TROUBLES = {
    "disk_full": (_CRITICAL, 1),
    "helper_down": (_CRITICAL, 3),
    "login_helper_down": (_CRITICAL, 1),
    "relayhost_login": (_CRITICAL, 1),
    "service_dying": (_CRITICAL, 2),
    "tls": (_WARNING, 20),
    "overload": (_WARNING, 3),
    "over_quota": (_WARNING, 1),
}


def judge(facts: LogFacts) -> tuple[Finding, ...]:
    """What kept us from looking, who sends spam, what is broken, who refuses us; where nothing stands out, so."""
    if facts.refused:
        return (_finding(facts.refused, _UNKNOWN, source=clean(facts.source, 200)),)
    # A log of old days tells of those days: nothing in it is today's alarm.
    who = [*_who(facts)]
    accused = any(each.severity is _CRITICAL for each in who)
    came_back = [finding] if (finding := returned(facts, accused=accused)) else []
    found = [*who, *_broken(facts), *_outages(facts), *_refusals(facts), *came_back]
    told = [*found, *_beside(facts), *_limits(facts)]
    if not any(each.severity in (_CRITICAL, _WARNING) for each in found):
        told.insert(0, _nothing_stands_out(facts, told))
    first = replace(told[0], table=told[0].table or sender_table(facts.identities))
    return (first, *told[1:])


def suspects(facts: LogFacts) -> tuple[Sender, ...]:
    """Those whom the findings accuse, worst first."""
    found = [(signs.standing(each, facts), each) for each in facts.identities]
    order = {"abused": 0, "suspicious": 1}
    accused = [(order[word], each) for word, each in found if word in order]
    return tuple(each for _, each in sorted(accused, key=lambda pair: (pair[0], -pair[1].recipients)))


def _who(facts: LogFacts) -> Iterator[Finding]:
    by_kind: dict[str, list[tuple[str, Sender]]] = {}
    for each in facts.identities:
        by_kind.setdefault(each.kind, []).append((signs.standing(each, facts), each))
    for standing, sender in by_kind.get("account", [])[:50]:
        if standing in ("abused", "suspicious"):
            yield _sender("account_abused" if standing == "abused" else "account_suspicious", standing, sender)
    for standing, sender in by_kind.get("script", [])[:50]:
        if standing in ("abused", "suspicious"):
            code = "script_abused" if signs.is_web(sender.name) else "program_sends_much"
            yield _sender(code, standing, sender)
    for standing, sender in by_kind.get("machine", [])[:50]:
        if standing in ("abused", "suspicious"):
            yield _sender("machine_sends_much", standing, sender)
    yield from _strangers([pair for pair in by_kind.get("relay", []) if pair[0] in ("abused", "suspicious")])
    mailings = [each for each in facts.identities if signs.standing(each, facts) == "mailing"]
    for sender in mailings[:5]:
        yield _sender("mailing", "mailing", sender)


def _sender(code: str, standing: str, sender: Sender) -> Finding:
    severity = {"abused": _CRITICAL, "suspicious": _WARNING}.get(standing, _OK)
    finding = _finding(
        code, severity, name=clean(sender.name, 200), count=sender.messages, recipients=sender.recipients,
        peak=sender.peak_messages, addresses=len(sender.addresses), networks=sender.networks_in_a_day,
        senders=sender.senders, domains=sender.domains, refused=sender.refused,
        since=_iso(sender.first), until=_iso(sender.last),
    )  # fmt: skip
    return replace(finding, evidence=_lines(sender.lines, sender.first))


def _strangers(found: list[tuple[str, Sender]]) -> Iterator[Finding]:
    """All strangers together: one open door, however many use it."""
    if not found:
        return
    senders = [sender for _, sender in found]
    bad = len(found) >= 2 or any(word == "abused" for word, _ in found)
    first = min((each.first for each in senders if each.first), default=None)
    last = max((each.last for each in senders if each.last), default=None)
    finding = _finding(
        "strangers_relayed" if bad else "stranger_relayed", _CRITICAL if bad else _WARNING,
        count=sum(each.messages for each in senders), addresses=[clean(each.name, 60) for each in senders[:3]],
        clients=len(senders), domains=max(each.domains for each in senders), since=_iso(first), until=_iso(last),
    )  # fmt: skip
    yield replace(finding, evidence=_lines(senders[0].lines, first), table=sender_table(tuple(senders)))


def _broken(facts: LogFacts) -> Iterator[Finding]:
    for trouble in facts.troubles:
        if trouble.word not in _TROUBLES:
            continue
        severity, least = _TROUBLES[trouble.word]
        if trouble.count >= (FEW_ENDED if _certificate_ended(trouble) else least):
            yield _trouble(trouble.word, severity, trouble, facts)


def _certificate_ended(trouble: Trouble) -> bool:
    """Programs that say why: robots break off as often for reasons of their own."""
    return any("alert certificate expired" in line for line in trouble.lines)


def _trouble(code: str, severity: Severity, trouble: Trouble | Outage, facts: LogFacts) -> Finding:
    over = bool(trouble.last and facts.last and facts.last - trouble.last > OVER)
    if over and severity is _CRITICAL:
        severity = _WARNING
    values: dict[str, Value] = {"count": trouble.count, "since": _iso(trouble.first), "until": _iso(trouble.last)}
    if isinstance(trouble, Outage):
        values["domains"] = trouble.names
    values["example"] = clean(_said(trouble.lines[0]), 300) if trouble.lines else ""
    return replace(_finding(code, severity, **values), evidence=_lines(trouble.lines, trouble.first))


def _outages(facts: LogFacts) -> Iterator[Finding]:
    for code, outage in (("names_failing", facts.names_failing), ("all_timed_out", facts.timed_out)):
        # One name alone may be dead; Gmail's is not.
        if outage and (outage.names >= OUTAGE_NAMES or outage.known) and outage.count >= OUTAGE_COUNT:
            yield _trouble(code, _CRITICAL, outage, facts)
    lists = [each for each in facts.refusals if each.by == "us" and each.reason == "ip_blocked"]
    dead = [each for each in lists if each.dead]
    if dead:
        zones = [clean(each.where, 100) for each in dead]
        count = sum(each.count for each in dead)
        yield _finding("own_filter_dead", _CRITICAL, count=count, zones=zones, since=_iso(dead[0].first),
                       until=_iso(dead[0].last), example=clean(dead[0].example, 300))  # fmt: skip
    elif lists and facts.own_filter and facts.own_filter.names >= FILTER_CLIENTS and facts.own_filter.open:
        zones = [clean(each.where, 100) for each in lists[:3]]
        yield _finding("own_filter_all", _WARNING, count=facts.own_filter.count, clients=facts.own_filter.names,
                       zones=zones, since=_iso(facts.own_filter.first), until=_iso(facts.own_filter.last))  # fmt: skip


def _refusals(facts: LogFacts) -> Iterator[Finding]:
    theirs: dict[str, list[Refusal]] = {}
    for each in facts.refusals:
        if each.by == "them" and (meaning := _meaning(each)):
            theirs.setdefault(meaning[0], []).append(each)
    for code, group in theirs.items():
        count = sum(each.count for each in group)
        severity = (_meaning(group[0]) or ("", _OK))[1]
        if count < REFUSED_FEW and severity is not _CRITICAL:
            continue
        hosts = list(dict.fromkeys(clean(name, 100) for each in group for name in each.machines if name))[:3]
        providers = sorted({each.provider for each in group if each.provider})
        last = max((each.last for each in group if each.last), default=None)
        over = bool(last and facts.last and facts.last - last > OVER)
        finding = _finding(
            code, _WARNING if severity is _CRITICAL and (over or count < REFUSED_FEW) else severity, count=count,
            hosts=hosts, providers=providers, example=clean(group[0].example, 300), until=_iso(last),
        )  # fmt: skip
        yield replace(finding, table=refusal_table(facts.refusals))
    if facts.forwarded_refused >= REFUSED_FEW:
        yield _finding("forwarding_refused", _WARNING, count=facts.forwarded_refused, forwarded=facts.forwarded)


def _meaning(each: Refusal) -> tuple[str, Severity] | None:
    """The finding for a refusal by another company, and how bad it is; None where it is about one letter only."""
    return _REFUSED.get(each.reason) or (_REFUSED_BY_PROVIDER.get(each.reason) if each.provider else None)


def _beside(facts: LogFacts) -> Iterator[Finding]:
    """Good to know, and no alarm."""
    force = facts.brute_force
    if force.failures:
        yield replace(
            _finding("failed_logins", _OK, count=force.failures, addresses=force.distinct_addresses, names=force.names),
            evidence=_lines(force.lines, None),
        )
    if facts.banned:
        yield _finding(
            "banned", _OK, count=len(facts.banned), addresses=[clean(each, 60) for each in facts.banned[-20:]]
        )
    if (days := _days(facts)) and facts.backscatter / (24 * days) > 50:
        yield _finding("backscatter", _WARNING, count=facts.backscatter)
    us = [each for each in facts.refusals if each.by == "us"]
    if us:
        yield replace(_finding("refused_by_us", _OK, count=facts.rejected, reasons=_words(us)), table=refusal_table(us))


def _limits(facts: LogFacts) -> Iterator[Finding]:
    """What this log cannot tell."""
    if facts.last and facts.read_at - facts.last > OLD:
        seconds = int((facts.read_at - facts.last).total_seconds())
        yield _finding("old", _UNKNOWN, seconds=seconds, until=_iso(facts.last))
    if not facts.complete:
        yield _finding("incomplete", _UNKNOWN, count=facts.lines)
    if facts.dropped:
        yield _finding("dropped", _UNKNOWN, count=facts.dropped)


def _nothing_stands_out(facts: LogFacts, told: list[Finding]) -> Finding:
    """No alarm; "good" only where mail was seen to arrive, or something else was told of the log."""
    if not facts.sent and facts.deferred:
        return _none_arrived(facts)
    if finding := unexplained(facts):
        return finding
    return _ordinary(facts) if told or facts.sent or facts.bounced else _no_mail(facts)


def _none_arrived(facts: LogFacts) -> Finding:
    """All of the little mail there was waits: a slow minute of the other side, or a way out that is shut."""
    return _finding(
        "none_arrived", _UNKNOWN, count=facts.lines, deferred=facts.deferred, bounced=facts.bounced,
        since=_iso(facts.first), until=_iso(facts.last),
    )  # fmt: skip


def _ordinary(facts: LogFacts) -> Finding:
    return _finding(
        "ordinary", _OK, count=facts.lines, sent=facts.sent, deferred=facts.deferred, bounced=facts.bounced,
        since=_iso(facts.first), until=_iso(facts.last),
    )  # fmt: skip


def _no_mail(facts: LogFacts) -> Finding:
    """Lines of a mail program, but no mail: a fresh or cut log, or the wrong one. That is no good news."""
    return _finding("no_mail", _UNKNOWN, count=facts.lines, since=_iso(facts.first), until=_iso(facts.last))


def _days(facts: LogFacts) -> float:
    if not facts.first or not facts.last:
        return 0.0
    return max(1 / 24, (facts.last - facts.first).total_seconds() / 86400)


def _words(refusals: list[Refusal]) -> list[str]:
    return list(dict.fromkeys(each.reason for each in refusals))[:4]


def _said(line: str) -> str:
    """A log line without its stamp, host and program."""
    return line.partition("]: ")[2] or line


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _lines(lines: tuple[str, ...], at: datetime | None) -> tuple[Evidence, ...]:
    return (Evidence("mail log", "\n".join(clean(line, 600) for line in lines), at),) if lines else ()


def _finding(code: str, severity: Severity, **values: Value) -> Finding:
    return Finding(f"mail_log.{code}", severity, values)
