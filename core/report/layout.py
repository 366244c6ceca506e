"""A Report laid out in words: what stands on page one, and in which order the appendix follows.

One plain dict for every form (PDF, terminal), so that they never disagree. Received text leaves here cleaned and
bounded; what was cut is said. Page one answers in this order: is it bad, is it me, what do I do now, whom do I call.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.clean import clean
from core.diagnosis.ranking import beside_the_point
from core.first_aid import dns_lines
from core.incident import Incident
from core.model import PRACTICE_DOMAIN, Cause, CheckResult, Finding, Report, Severity
from core.report.appendix import appendix
from core.report.charts import drawings
from core.report.decisions import decisions
from core.report.enquiry import enquiry_steps
from core.report.found import found
from core.report.incident_part import incident_part
from core.report.options import LONGEST_COMPANY, ReportOptions, masked_report
from core.report.page_one import LONGEST_LINE, MOST_OPEN, summary, work
from core.report.state_now import StateNow, box, state_now, still_open
from core.report.timeline import timeline
from core.report.way import way
from core.report.words import Words, check_name, mark_of, phrase, sentences, words_for, words_of_problem
from core.texts import Texts

_WEIGHT = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.UNKNOWN: 2, Severity.OK: 3}
# Causes that say only that none was found.
NO_ANSWER = frozenset({"nothing_found", "could_not_look"})
_MOST_STEPS = 8
_MOST_OTHERS = 4
_SHORTEST_NAME = 3
_OF_ONE_RUN = ("checks", "found", "charts", "unseen", "appendix")  # parts that tell of a single run
LIGHTS = ("critical", "warning", "unknown", "ok", "not_applicable")


def lay_out(
    report: Report, texts: Texts, incident: Incident | None = None, options: ReportOptions | None = None
) -> dict[str, Any]:
    """Everything the report says, as strings, lists and dicts; with `incident`, what the notebook holds of it too."""
    options = options or ReportOptions()
    first = first_cause(report)
    now = state_now(incident)
    lines = line_steps(report, first, texts)
    steps = list(dict.fromkeys([*next_steps(report, texts), *lines, *enquiry_steps(report, first, texts)]))
    data = {
        "language": texts.language,
        "severity": report.severity.value,
        "head": _head(report, texts, incident, options),
        "verdict": box(now, texts) if now else _verdict(report, first, texts),
        "summary": summary(report, first, texts, incident),
        "way": _way(report, first, texts, now),
        "work": work(report, steps, first, texts, incident),
        "decide": {
            "heading": phrase(texts, "report.decide.heading"),
            "items": decisions(report, texts, incident),
        },
        "steps": _steps(steps, texts, incident, now),
        "others": still_open(now, texts) if now else _others(report, first, texts),
        "checks": _checks(report, texts),
        "found": found(report, texts),
        "unseen": _unseen(report, texts),
        "charts": _charts(report, texts),
        "incident": incident_part(incident, texts) if incident else None,
        "timeline": _timeline(report, texts, incident),
        "appendix": appendix(report, texts),
    }
    _say_when(data, report, texts, incident)
    return masked_report(data, options.masked, _account_names(report))


def _say_when(data: dict[str, Any], report: Report, texts: Texts, incident: Incident | None) -> None:
    """Where a later look stands above, what follows is of the first, and its headings say so."""
    if incident and any(run.report.started_at > report.started_at for run in incident.runs):
        for name in _OF_ONE_RUN:
            of = {"heading": data[name]["heading"], "at": report.started_at.isoformat()}
            data[name]["heading"] = phrase(texts, "report.of_first_look", **of)


def is_practice(report: Report) -> bool:
    """A run on the practice company: whatever it says is about nobody's mail."""
    return (report.target.domain or "").rstrip(".").lower() == PRACTICE_DOMAIN


def first_cause(report: Report) -> Cause | None:
    """The answer, if there is one."""
    return next((cause for cause in report.causes[:1] if cause.code not in NO_ANSWER), None)


def by_weight(findings: tuple[Finding, ...]) -> list[Finding]:
    """The worst first; equals keep their order."""
    return sorted(findings, key=lambda finding: _WEIGHT[finding.severity])


def next_steps(report: Report, texts: Texts) -> list[str]:
    """What to do, in order: the first cause's steps; without one, those of the worst findings, then of the problems."""
    first = report.causes[0] if report.causes else None
    if first and (steps := words_for(texts, f"cause.{first.code}", first.values).steps):
        return list(steps)
    found = by_weight(tuple(finding for result in report.results for finding in result.findings))
    bad = [finding for finding in found if finding.severity is not Severity.OK]
    steps_of_findings = [step for one in bad for step in words_for(texts, one.code, one.values).steps]
    blind = [step for result in report.results for step in words_of_problem(texts, result).steps]
    return list(dict.fromkeys(steps_of_findings or blind))[:_MOST_STEPS]


def line_steps(report: Report, cause: Cause | None, texts: Texts) -> list[str]:
    """The DNS lines the repair comes down to, to be handed over as they stand."""
    lines = dns_lines(cause.code, report) if cause else ()
    doubtful = list(dict.fromkeys(address for line in lines for address in line.doubtful))
    first = [phrase(texts, "fix.line.doubtful", addresses=doubtful)] if doubtful else []
    return first + [phrase(texts, "report.dns_line", name=line.name, text=line.text) for line in lines]


def _head(report: Report, texts: Texts, incident: Incident | None, options: ReportOptions) -> dict[str, str]:
    target = report.target
    about = target.domain or target.mail_host or (target.address[0] if target.address else "")
    number = len(incident.runs) if incident else 0
    title = phrase(texts, "report.title_numbered", number=number) if number > 1 else phrase(texts, "report.title")
    return {
        "title": f"{phrase(texts, 'report.practice')} {title}" if is_practice(report) else title,
        "about": clean(about, 60),
        "practice": phrase(texts, "report.practice") if is_practice(report) else "",
        "company": clean(options.company, LONGEST_COMPANY),
        "confidential": phrase(texts, "report.confidential") if options.confidential else "",
        "app": f"{phrase(texts, 'app.name')} {clean(report.app_version, 30)}",
        "date": phrase(
            texts, "report.date_in_zone", at=texts.datetime(report.started_at), zone=texts.zone(report.started_at)
        ),
        "page_note": phrase(texts, "report.page_note"),
        "masked": phrase(texts, f"report.masked.{options.masked}"),
    }


def _way(report: Report, first: Cause | None, texts: Texts, now: StateNow | None) -> dict[str, Any] | None:
    """The picture of now: after the repair free, or held up by the lists that still name us."""
    if now is None:
        return way(report.target, first, texts)
    then = now.incident.runs[0].report
    was = next((cause for cause in now.incident.causes if cause.code in now.causes), None)
    return way(then.target, was, texts, "listed" if now.is_listed else "free")


def _steps(steps: list[str], texts: Texts, incident: Incident | None, now: StateNow | None) -> dict[str, Any]:
    """All steps in full; `repeat`: page one could not hold them, or shows the checklist instead."""
    whole = len(steps) <= MOST_OPEN and all(len(step) <= LONGEST_LINE and "\n" not in step for step in steps)
    return {
        "heading": phrase(texts, "report.steps.done" if now else "report.steps.heading"),
        "page_heading": phrase(texts, "report.details.heading"),
        "items": steps,
        "repeat": bool(steps) and (incident is not None or not whole),
    }


def _account_names(report: Report) -> frozenset[str]:
    """Accounts that findings name without a domain: a person's, mostly. Very short ones would hide half the words."""
    names = (
        finding.values.get("name")
        for result in report.results
        for finding in result.findings
        if finding.code in ("mail_log.account_abused", "mail_log.account_suspicious")
    )
    told = (name for name in names if isinstance(name, str) and "@" not in name)
    return frozenset(name for name in told if len(name) >= _SHORTEST_NAME)


def _charts(report: Report, texts: Texts) -> dict[str, Any]:
    return {"heading": phrase(texts, "report.chart.heading"), "items": [asdict(one) for one in drawings(report, texts)]}


def _timeline(report: Report, texts: Texts, incident: Incident | None) -> dict[str, Any]:
    return {
        "heading": phrase(texts, "report.timeline.heading"),
        "columns": [
            phrase(texts, "report.column.when_in_zone", zone=texts.zone(report.started_at)),
            phrase(texts, "report.column.what"),
        ],
        "rows": [[texts.datetime(at), text] for at, text in timeline(report, texts, incident)],
    }


def _verdict(report: Report, cause: Cause | None, texts: Texts) -> dict[str, str]:
    light = mark_of(report.severity.value, texts)
    if cause:
        words = words_for(texts, f"cause.{cause.code}", cause.values)
        kind = "risk" if beside_the_point(cause, report.target) else "cause"
        label = phrase(texts, f"report.verdict.{kind}", certainty=cause.certainty)
        return {**light, "label": label, "sentence": words.title, "meaning": words.meaning}
    none = report.causes[0] if report.causes else None
    words = words_for(texts, f"cause.{none.code}", none.values) if none else _words_without_cause(report, texts)
    # "Could not look" above "nothing was found in what we looked at" would contradict itself.
    calm = report.severity is Severity.OK or (none and none.code == "nothing_found")
    label = phrase(texts, "report.verdict.result") if calm else light["word"]
    return {**light, "label": label, "sentence": words.title, "meaning": words.meaning}


def _words_without_cause(report: Report, texts: Texts) -> Words:
    looked = [result for result in report.results if result.applies and not result.problem]
    blind = [result for result in report.results if result.problem]
    bad = [one for result in report.results for one in result.findings if one.severity is report.severity]
    if report.severity is Severity.UNKNOWN:
        return words_for(texts, "report.verdict.could_not_look", {"count": len(blind)})
    if report.severity is Severity.OK:
        return words_for(texts, "report.verdict.nothing_found", {"count": len(looked), "unseen": len(blind)})
    return words_for(texts, "report.verdict.no_single_cause", {"count": len(bad)})


def _others(report: Report, first: Cause | None, texts: Texts) -> dict[str, Any]:
    """The causes behind the first, one line each."""
    behind = [cause for cause in report.causes if cause is not first and cause.code not in NO_ANSWER]
    lines = [_other(cause, texts) for cause in behind[:_MOST_OTHERS]]
    return {"heading": phrase(texts, "report.others.heading"), "items": lines}


def _other(cause: Cause, texts: Texts) -> str:
    title = words_for(texts, f"cause.{cause.code}", cause.values).title
    return phrase(texts, "report.others.line", title=title, certainty=cause.certainty, who=cause.who_acts)


def _checks(report: Report, texts: Texts) -> dict[str, Any]:
    return {
        "heading": phrase(texts, "report.checks.heading"),
        "columns": [phrase(texts, f"report.column.{name}") for name in ("check", "state", "result")],
        "rows": sorted((_check(one, texts) for one in report.results), key=lambda row: LIGHTS.index(row["severity"])),
    }


def _check(result: CheckResult, texts: Texts) -> dict[str, str]:
    light = mark_of(result.state, texts)
    return {**light, "name": check_name(texts, result.check_id), "text": _headline(result, texts)}


def _headline(result: CheckResult, texts: Texts) -> str:
    """The worst thing this check found, and how many more of that weight."""
    worst = [finding for finding in result.findings if finding.severity is result.severity]
    if not worst:
        problem = words_of_problem(texts, result).title
        return problem or phrase(
            texts, "report.checks.nothing_bad" if result.applies else "report.checks.not_applicable"
        )
    title = words_for(texts, worst[0].code, worst[0].values).title
    if len(worst) == 1:
        return title
    return phrase(texts, "report.checks.and_more", title=title, count=len(worst) - 1)


def _unseen(report: Report, texts: Texts) -> dict[str, Any]:
    """What was not looked at, and why: a reader must never take silence for good news."""
    names: dict[tuple[str, str], list[str]] = {}  # the same reason is said once, for all checks it stopped
    for result in report.results:
        blind = [finding for finding in result.findings if finding.severity is Severity.UNKNOWN]
        words = [words_of_problem(texts, result)] if result.problem else []
        words += [words_for(texts, finding.code, finding.values) for finding in blind]
        for one in words:
            why = one.title, sentences([one.meaning, *one.steps], texts)
            names.setdefault(why, []).append(check_name(texts, result.check_id))
    rows = [
        {"name": texts.joined(list(dict.fromkeys(checks))), "text": text, "way": way}
        for (text, way), checks in names.items()
    ]
    columns = [phrase(texts, f"report.column.{name}") for name in ("check", "why")]
    return {"heading": phrase(texts, "report.unseen.heading"), "columns": columns, "rows": rows}
