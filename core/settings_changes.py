"""What has changed in the mail server's settings since an earlier run: the copy the story's people never had.

Every run that read a server holds a copy of its settings, secrets blotted out, among its facts. Two copies are
compared file by file; a file that only one run could read (another account, another program) is left out, so that
nothing is called removed that merely was not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.clean import clean
from core.model import CheckResult, Finding, Report, Severity, Table, Value

CHECK = "server_health"
COLUMNS = ("name", "before", "now")
MOST_NAMED, MOST_SHOWN, LONGEST = 5, 200, 300


@dataclass(frozen=True)
class Change:
    """One setting; None before: it is new, None now: it is gone."""

    name: str
    before: str | None
    now: str | None


def copy_in(report: Report) -> dict[str, str]:
    """The settings a run copied; empty when it read no server. Works on a run just made and on one read again."""
    result = _health(report)
    facts = result.facts if result else None
    rows = facts.get("settings") if isinstance(facts, Mapping) else getattr(facts, "settings", ())
    pairs = [row for row in rows or () if isinstance(row, list | tuple) and len(row) == 2]
    return {str(name): str(value) for name, value in pairs}


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[Change, ...]:
    """What differs, in the order of the names; only in files both copies hold."""
    both = {_file(name) for name in before} & {_file(name) for name in now}
    names = [name for name in sorted({*before, *now}) if _file(name) in both and before.get(name) != now.get(name)]
    return tuple(Change(name, before.get(name), now.get(name)) for name in names)


def _file(name: str) -> str:
    """ "main.cf: relayhost" stands in main.cf."""
    return name.partition(":")[0]


def same_server(one: Report, other: Report) -> bool:
    """Whether both runs logged in to the same server, under whatever account."""
    hosts = [(each.target.ssh or "").rpartition("@")[2].lower() for each in (one, other)]
    return bool(hosts[0]) and hosts[0] == hosts[1]


def with_changes(report: Report, earlier: Report) -> Report:
    """`report` with what has changed since `earlier`; as it is when nothing has, or nothing can be compared.

    A change is no fault; where there is trouble it is a clue.
    """
    found = changes(copy_in(earlier), copy_in(report))
    result = _health(report)
    if not found or result is None or not same_server(report, earlier):
        return report
    trouble = report.target.symptom not in (None, "checkup")
    finding = _finding(found, earlier.started_at, Severity.WARNING if trouble else Severity.OK)
    told = replace(result, findings=(*_worse(result), finding, *_rest(result)))
    return replace(report, results=tuple(told if each is result else each for each in report.results))


def _health(report: Report) -> CheckResult | None:
    return next((each for each in report.results if each.check_id == CHECK), None)


def _worse(result: CheckResult) -> tuple[Finding, ...]:
    return tuple(each for each in result.findings if each.severity in (Severity.CRITICAL, Severity.WARNING))


def _rest(result: CheckResult) -> tuple[Finding, ...]:
    return tuple(each for each in result.findings if each.severity not in (Severity.CRITICAL, Severity.WARNING))


def _finding(found: tuple[Change, ...], since: datetime, severity: Severity) -> Finding:
    rows = tuple(
        tuple(clean(text, LONGEST) if text is not None else "—" for text in (each.name, each.before, each.now))
        for each in found[:MOST_SHOWN]
    )
    names = [clean(each.name, 80) for each in found[:MOST_NAMED]]
    values: dict[str, Value] = {"count": len(found), "since": since.isoformat(), "names": names}
    return Finding("server_health.settings_changed", severity, values, table=Table(COLUMNS, rows))
