"""A Report laid out in words: what stands on page one, and in which order the appendix follows.

One plain dict for every form (PDF, terminal), so that they never disagree. Received text leaves here cleaned and
bounded; what was cut is said. Page one answers in this order: is it bad, is it me, what do I do now, whom do I call.
"""

from __future__ import annotations

from typing import Any

from core.clean import clean
from core.diagnosis.ranking import RISKS
from core.incident import Incident
from core.model import Cause, CheckResult, Finding, Report, Severity
from core.report.appendix import appendix
from core.report.enquiry import enquiry_steps
from core.report.incident_part import incident_part
from core.report.way import way
from core.report.words import Words, check_name, mark_of, phrase, sentences, words_for, words_of_problem
from core.texts import Texts

_WEIGHT = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.UNKNOWN: 2, Severity.OK: 3}
# Causes that say only that none was found.
NO_ANSWER = frozenset({"nothing_found", "could_not_look"})
_MOST_STEPS = 8
_MOST_OTHERS = 4


def lay_out(report: Report, texts: Texts, incident: Incident | None = None) -> dict[str, Any]:
    """Everything the report says, as strings, lists and dicts; with `incident`, what the notebook holds of it too."""
    first = first_cause(report)
    steps = [*next_steps(report, texts), *enquiry_steps(report, first, texts)]
    return {
        "language": texts.language,
        "severity": report.severity.value,
        "head": _head(report, texts),
        "verdict": _verdict(report, first, texts),
        "summary": _summary(report, first, texts),
        "way": way(report.target, first, texts),
        "steps": {"heading": phrase(texts, "report.steps.heading"), "items": steps},
        "others": _others(report, first, texts),
        "checks": _checks(report, texts),
        "unseen": _unseen(report, texts),
        "incident": incident_part(incident, texts) if incident else None,
        "appendix": appendix(report, texts),
    }


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


def _head(report: Report, texts: Texts) -> dict[str, str]:
    about = report.target.domain or report.target.mail_host
    return {
        "title": phrase(texts, "report.title"),
        "about": clean(about, 60) if about else "",
        "confidential": phrase(texts, "report.confidential"),
        "app": f"{phrase(texts, 'app.name')} {clean(report.app_version, 30)}",
        "date": texts.datetime(report.started_at),
        "page_note": phrase(texts, "report.page_note"),
    }


def _verdict(report: Report, cause: Cause | None, texts: Texts) -> dict[str, str]:
    light = mark_of(report.severity.value, texts)
    if cause:
        words = words_for(texts, f"cause.{cause.code}", cause.values)
        label = phrase(texts, f"report.verdict.{'risk' if cause.code in RISKS else 'cause'}", certainty=cause.certainty)
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


def _summary(report: Report, cause: Cause | None, texts: Texts) -> list[dict[str, str]]:
    target = report.target
    rows = {
        "trouble": _trouble(report, texts),
        "since": clean(target.since, 200) if target.since else phrase(texts, "report.not_told"),
        "server": clean(texts.joined([name for name in (target.domain, target.mail_host) if name]), 200),
        "who_acts": phrase(texts, f"report.who_acts.{cause.who_acts}") if cause else "",
        "seen_from": _seen_from(report, texts),
    }
    return [{"name": phrase(texts, f"report.summary.{key}"), "text": text} for key, text in rows.items() if text]


def _trouble(report: Report, texts: Texts) -> str:
    """What the person told us, as far as they did."""
    target = report.target
    told = [
        phrase(texts, f"report.{question}.{answer}")
        for question, answer in (
            ("symptom", target.symptom),
            ("direction", target.direction),
            ("affected", target.affected),
            ("recipients", target.recipients),
        )
        if answer
    ]
    return sentences(told, texts)


def _seen_from(report: Report, texts: Texts) -> str:
    vantage = report.vantage
    place = phrase(texts, f"report.seen_from.{vantage.relation}")
    if vantage.address:
        place = phrase(texts, "report.seen_from.with_address", place=place, address=vantage.address)
    if vantage.port_25 == "blocked":
        place = phrase(texts, "report.seen_from.port_25_blocked", place=place)
    return place


def _others(report: Report, first: Cause | None, texts: Texts) -> dict[str, Any]:
    """The causes behind the first, one line each."""
    behind = [cause for cause in report.causes if cause is not first and cause.code not in NO_ANSWER]
    lines = [_other(cause, texts) for cause in behind[:_MOST_OTHERS]]
    return {"heading": phrase(texts, "report.others.heading"), "items": lines}


def _other(cause: Cause, texts: Texts) -> str:
    title = words_for(texts, f"cause.{cause.code}", cause.values).title
    return phrase(texts, "report.others.line", title=title, certainty=cause.certainty, who=cause.who_acts)


def _checks(report: Report, texts: Texts) -> dict[str, Any]:
    return {"heading": phrase(texts, "report.checks.heading"), "rows": [_check(one, texts) for one in report.results]}


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
    rows = []
    for result in report.results:
        blind = [finding for finding in result.findings if finding.severity is Severity.UNKNOWN]
        words = [words_of_problem(texts, result)] if result.problem else []
        words += [words_for(texts, finding.code, finding.values) for finding in blind]
        name = check_name(texts, result.check_id)
        rows += [{"name": name, "text": one.title, "way": sentences([one.meaning, *one.steps], texts)} for one in words]
    return {"heading": phrase(texts, "report.unseen.heading"), "rows": rows}
