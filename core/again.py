"""Check again: what to repeat, what has changed since, and whether a cause is proven to be repaired. Pure.

"Repaired" needs a later look that was really taken and that no longer shows what pointed to the cause. A check that
could not look, was left out, or looked at another server proves nothing: then the cause is "not_seen", never
"repaired". A later run that could not look does not undo an earlier proof; one that shows the cause again does.

For the window: `checks_to_repeat(report)` gives `Run(only=...)`; `compare(incident)` gives the page (rows side by
side, then each cause with why it is still there). After a repair the window adds `watch_entries(now)` to the notebook;
`Incident.due(now)` says which of them have come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from core.diagnosis.clues import is_over
from core.diagnosis.ranking import RISKS
from core.incident import NO_CAUSE, Incident, KeptRun, reminder_content, watch
from core.knowledge.causes import nature_of, natures
from core.model import CheckResult, Finding, Report, Severity, Target

# "of_then": what was bad is still told, but by a record of the time before; nothing new came to it.
Change = Literal[
    "repaired", "better", "changed", "still_wrong", "worse", "still_good", "not_seen", "not_repeated", "of_then"
]
RepairState = Literal["repaired", "still", "not_seen", "not_looked"]
# "repaired_with_rest": what is left follows from what was repaired, such as spam still waiting in the queue.
Verdict = Literal[
    "repaired", "repaired_but_listed", "repaired_with_rest", "still_wrong", "not_seen", "nothing_to_compare"
]
REPAIRED: frozenset[Verdict] = frozenset({"repaired", "repaired_but_listed", "repaired_with_rest"})

# What follows from abuse of our server, and is asked for at a list's desk, not repaired on the server.
LISTINGS = frozenset({"address_listed", "domain_listed", "shared_host_listed", "provider_blocked"})
# What a time of waiting brings: nothing there is repaired by anybody, so it decides no verdict.
WAITING = frozenset({"greylisted_wait"})
# What is handed over once, tells of then, and cannot be looked at anew.
_OF_THEN = frozenset({"bounce"})
_BAD = {Severity.OK: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}
# What others say and do about abuse: it goes on after the repair until the lists let go, and asks nothing of us there.
_AFTERMATH = frozenset({"dnsbl.listed", "mail_log.refused_listed", "mail_log.refused_reputation"})
# That settings differ from those of the look before is what a repair does.
_BY_REPAIR = frozenset({"server_health.settings_changed"})
_RELAY_OPEN = ("open_relay.accepted", "open_relay.accepted_unknown_vantage")


@dataclass(frozen=True)
class Row:
    """One check, before and after; None where it was not part of that run."""

    check_id: str
    before: CheckResult | None
    after: CheckResult | None
    change: Change


@dataclass(frozen=True)
class Repair:
    """What is known of one cause by now.

    `found_at`: the newest run that named it; `seen_at`: the run that proved it repaired, or shows it still.
    `because`: finding codes that still speak for it, or codes of what kept us from looking.
    """

    cause: str
    state: RepairState
    found_at: datetime
    seen_at: datetime | None = None
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side, and every cause with what became of it. `fresh`: causes that only the newer run named."""

    before_at: datetime
    after_at: datetime
    verdict: Verdict
    rows: tuple[Row, ...]
    repairs: tuple[Repair, ...]
    fresh: tuple[str, ...] = ()


def checks_to_repeat(report: Report) -> frozenset[str]:
    """The checks that found something wrong or could not look, those that can show the causes found, and those that
    show what follows from these causes."""
    wrong = {one.check_id for one in report.results if one.applies and one.severity is not Severity.OK}
    causes = {cause.code for cause in report.causes if cause.code not in NO_CAUSE}
    causes |= {follows for cause in causes for follows in nature_of(cause).explains}
    return frozenset(wrong | {check for cause in causes for check in nature_of(cause).seen_by})


def target_again(report: Report) -> Target:
    """What to check again. Pasted texts are not: they tell of then, not of now, and are kept by name only."""
    return replace(report.target, bounce=None, log=None, queue=None)


def watch_entries(start: datetime) -> list[tuple[str, dict[str, str]]]:
    """The reminders of the watch after a repair, as entries for `Notebook.add_all`."""
    return [("reminder", reminder_content(reminder)) for reminder in watch(start)]


def compare(incident: Incident) -> Comparison | None:
    """The first run and the newest side by side; None with fewer than two runs."""
    if len(incident.runs) < 2:
        return None
    before, after = incident.runs[0].report, incident.runs[-1].report
    repairs = repairs_of(incident.runs)
    known = {cause.code for cause in before.causes}
    fresh = tuple(cause.code for cause in after.causes if cause.code not in known | NO_CAUSE)
    return Comparison(before.started_at, after.started_at, _verdict(repairs), rows_of(before, after), repairs, fresh)


def rows_of(before: Report, after: Report) -> tuple[Row, ...]:
    """Every check that applied in either run, in the order of the first."""
    old = {result.check_id: result for result in before.results}
    new = {result.check_id: result for result in after.results}
    return tuple(
        Row(check, old.get(check), new.get(check), _change_of(old.get(check), new.get(check), before, after))
        for check in {**old, **new}
        if any(result is not None and result.applies for result in (old.get(check), new.get(check)))
    )


def _change_of(old: CheckResult | None, new: CheckResult | None, before: Report, after: Report) -> Change:
    change = _change(old, new)
    if change not in ("still_wrong", "changed", "better") or new is None:
        return change
    bad = [one for one in new.findings if one.severity in (Severity.WARNING, Severity.CRITICAL)]
    return "of_then" if bad and all(_told_before(one, before, after) for one in bad) else change


def _change(before: CheckResult | None, after: CheckResult | None) -> Change:
    if after is None:
        return "not_repeated"
    if not _was_seen(after):
        return "not_seen"
    now = _weight(after)
    if before is None or not _was_seen(before):
        return "worse" if now else "still_good"
    then = _weight(before)
    if now == then:
        return "still_good" if not now else "still_wrong" if _worst(before) == _worst(after) else "changed"
    if now > then:
        return "worse"
    return "better" if now else "repaired"


def _weight(result: CheckResult) -> int:
    """How bad it is, without what a repair itself brings about."""
    by_repair = [one for one in result.findings if one.code in _BY_REPAIR and one.severity is Severity.WARNING]
    rest = [_BAD.get(one.severity, 0) for one in result.findings if one not in by_repair]
    return max(rest, default=0) if by_repair else _BAD[result.severity]


def _worst(result: CheckResult) -> str:
    return next((one.code for one in result.findings if one.severity is result.severity), "")


def _was_seen(result: CheckResult) -> bool:
    """Whether it got an answer; a look that was taken in part only, with nothing bad in it, does not count."""
    return result.applies and result.problem is None and result.severity is not Severity.UNKNOWN


def repairs_of(runs: Sequence[KeptRun]) -> tuple[Repair, ...]:
    """Every cause that any run named, and what became of it. Risks (old software) are among them."""
    codes = dict.fromkeys(cause.code for run in runs for cause in run.report.causes if cause.code not in NO_CAUSE)
    return tuple(repair_of(code, [run.report for run in runs]) for code in codes)


def repair_of(code: str, reports: Sequence[Report]) -> Repair:
    """What became of the cause `code`, which at least one of `reports` (oldest first) named."""
    named = [number for number in range(len(reports)) if _names(code, number, reports)]
    found_at = reports[named[-1]].started_at
    later = reports[named[-1] + 1 :]
    if not later:
        because = _supporting(code, reports[named[-1]])
        if len(reports) < 2:
            return Repair(code, "not_looked", found_at, None, because)
        return Repair(code, "still", found_at, found_at, because)
    return _newest_proof(code, [reports[number] for number in named], later)


def _names(code: str, number: int, reports: Sequence[Report]) -> bool:
    """Whether this run names the cause for what it saw anew: a log goes on telling of what is over. Nothing new since
    the run before, and an hour of quiet, is no new sign."""
    report = reports[number]
    if code not in {cause.code for cause in report.causes}:
        return False
    if not number:
        return True
    seen = [one for one in _bad_findings(report) if one.code in _supporting(code, report)]
    closed = code == "open_relay" and _same_doors_closed(reports[:number], report)
    return not seen or not all(
        _told_before(one, reports[number - 1], report) or (closed and _ended(one, report.started_at)) for one in seen
    )


def _ended(finding: Finding, by: datetime) -> bool:
    """Whether a log tells of it, and its last line about it is older than `by`."""
    until = finding.values.get("until")
    return isinstance(until, str) and datetime.fromisoformat(until) <= by


def _told_before(finding: Finding, before: Report, after: Report) -> bool:
    return is_over(finding, after.finished_at) and _ended(finding, before.finished_at)


def _newest_proof(code: str, named: Sequence[Report], later: Sequence[Report]) -> Repair:
    """The newest later run that could tell decides."""
    found_at = named[-1].started_at
    blind: tuple[str, ...] = ()
    for report in reversed(later):
        state, because = _told(code, named, report)
        if state != "not_seen":
            seen = _with_closed_doors(named, later) if (code, state) == ("open_relay", "repaired") else None
            return Repair(code, state, found_at, (seen or report).started_at, because)
        blind = blind or because
    return Repair(code, "not_seen", found_at, None, blind)


def _with_closed_doors(named: Sequence[Report], later: Sequence[Report]) -> Report | None:
    """The newest look that found the doors themselves closed: of the newest of all maybe the settings alone speak,
    since a server is asked so often and no more."""
    return next((report for report in reversed(later) if _doors_closed(named, report)), None)


def _told(code: str, named: Sequence[Report], after: Report) -> tuple[RepairState, tuple[str, ...]]:
    """What one later run, which does not name the cause, says about it."""
    telling = {finding for report in named for finding in _supporting(code, report)}
    seen = [one for one in _bad_findings(after) if one.code in telling and not _told_before(one, named[-1], after)]
    if seen and code == "open_relay" and _same_doors_closed(named, after):  # then the log tells of the time before
        seen = [one for one in seen if not _ended(one, named[-1].finished_at)]
        if seen and all(_ended(one, after.started_at) for one in seen):
            return "not_seen", ("again.too_fresh",)
    if seen:
        return "still", tuple(sorted({one.code for one in seen}))
    if blind := tuple(_blind(_repeatable(telling), after)):
        return "not_seen", blind
    if code == "open_relay" and not _same_doors_closed(named, after):
        unsure = dict.fromkeys(one.code for one in _relay(after) if one.severity is Severity.UNKNOWN)
        return "not_seen", tuple(unsure) or ("again.other_door",)
    return "repaired", ()


def _repeatable(telling: set[str]) -> set[str]:
    """Without what tells of then only, where something else told it too: that is looked at anew in its place."""
    return {finding for finding in telling if finding.partition(".")[0] not in _OF_THEN} or telling


def _supporting(code: str, report: Report) -> tuple[str, ...]:
    """The findings that point to the cause itself, not to what follows from it (a listing stays after the repair)."""
    findings = next((cause.findings for cause in report.causes if cause.code == code), ())
    checks = nature_of(code).seen_by
    own = tuple(finding for finding in findings if finding.partition(".")[0] in checks)
    if code in listing_roots():
        own = tuple(finding for finding in own if finding not in _AFTERMATH) or own
    return own or findings


def _bad_findings(report: Report) -> Iterator[Finding]:
    for result in report.results:
        yield from (one for one in result.findings if one.severity in (Severity.WARNING, Severity.CRITICAL))


def _blind(telling: set[str], after: Report) -> Iterator[str]:
    """Why the checks that showed the cause cannot say that it is gone."""
    results = {result.check_id: result for result in after.results}
    for check in sorted({finding.partition(".")[0] for finding in telling}):
        result = results.get(check)
        if result is None:
            yield "again.not_repeated"
        elif result.problem is not None:
            yield result.problem.code
        elif not result.applies:
            yield "run.needs"
        elif result.severity is Severity.UNKNOWN and check != "open_relay" and not _shows_servers(telling, result):
            yield next((one.code for one in result.findings if one.severity is Severity.UNKNOWN), "again.not_repeated")
    if not telling:
        yield "again.not_repeated"


def _shows_servers(telling: set[str], result: CheckResult) -> bool:
    """Whether a parked name is told by its name servers alone, and they were seen: no registry is needed for that."""
    told = {finding for finding in telling if finding.startswith(f"{result.check_id}.")}
    facts = result.facts
    servers = facts.get("name_servers") if isinstance(facts, Mapping) else getattr(facts, "name_servers", ())
    return told == {"domain_life.parked"} and bool(servers)


def _same_doors_closed(named: Sequence[Report], after: Report) -> bool:
    """Every door that took strangers' mail now refuses it (as thoroughly as it was tried), and settings that were
    open now read closed."""
    before = [finding for report in named for finding in _relay(report)]
    settings_closed = any(finding.code == "open_relay.config_closed" for finding in _relay(after))
    if any(finding.code == "open_relay.config_open" for finding in before) and not settings_closed:
        return False
    return _doors_closed(named, after) or (settings_closed and len(_open_doors(named)) <= 1)


def _open_doors(named: Sequence[Report]) -> set[tuple[str, str]]:
    return {_door(finding) for report in named for finding in _relay(report) if finding.code in _RELAY_OPEN}


def _doors_closed(named: Sequence[Report], after: Report) -> bool:
    closed_codes = ["open_relay.closed_thorough"]
    if not any(report.target.thorough for report in named):
        closed_codes.append("open_relay.closed")
    return _open_doors(named) <= {_door(finding) for finding in _relay(after) if finding.code in closed_codes}


def _relay(report: Report) -> list[Finding]:
    return [one for result in report.results if result.check_id == "open_relay" for one in result.findings]


def _door(finding: Finding) -> tuple[str, str]:
    return str(finding.values.get("host")), str(finding.values.get("address"))


def _verdict(repairs: Sequence[Repair]) -> Verdict:
    """Over all causes but mere risks and times of waiting. What is asked for at a list's desk stands apart from what
    is repaired here."""
    counted = [repair for repair in repairs if repair.cause not in RISKS | WAITING]
    if not counted:
        return "nothing_to_compare"
    follows = {code for repair in counted if repair.state == "repaired" for code in nature_of(repair.cause).explains}
    rest = [one for one in counted if one.cause not in LISTINGS and one.cause in follows and one.state == "still"]
    roots = [repair.state for repair in counted if repair.cause not in LISTINGS and repair not in rest]
    listings = [repair.state for repair in counted if repair.cause in LISTINGS]
    states = set(roots or listings)
    if "still" in states:
        return "still_wrong"
    if states != {"repaired"}:
        return "not_seen"
    if rest:
        return "repaired_with_rest"
    return "repaired_but_listed" if set(listings) - {"repaired"} else "repaired"


def listing_roots() -> frozenset[str]:
    """The causes that get an address or a name onto lists."""
    return frozenset(
        code for code, nature in natures().items() if {"address_listed", "domain_listed"} & nature.explains
    )
