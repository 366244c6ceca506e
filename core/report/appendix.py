"""The pages behind page one, for the specialist: every finding, the raw exchange behind it, what we did and to whom.

Bounded: the other side chooses how long its answers are. What is cut is said, and stands whole in the JSON.
"""

from __future__ import annotations

from typing import Any

from core.clean import clean, clean_lines
from core.model import CheckResult, Evidence, Finding, Problem, Report, Severity, Table
from core.report.found import MOST, heavy
from core.report.playbook import playbook_of, refusal_lines
from core.report.words import cell_words, check_name, column_name, mark_of, phrase, words_for
from core.texts import Texts

# One exchange, and all of them together: an ordinary report stays under 500 KB.
EXCHANGE_LINES = 40
EXCHANGE_CHARACTERS = 3000
ALL_CHARACTERS = 60_000
_LINE_CHARACTERS = 1000
_MOST_FINDINGS = 120
_MOST_ROWS = 40
_CELL_CHARACTERS = 200
_MOST_LISTED = 150
_TRACE_LINES = 30
_ORDER = (Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN, Severity.OK)


def appendix(report: Report, texts: Texts) -> dict[str, Any]:
    """Findings with their evidence by check, then lists: addresses, hosts contacted, commands, versions."""
    room = _Room()
    pairs = [(result, finding) for weight in _ORDER for result, finding in _findings(report, weight)]
    told = {id(finding) for _, finding in heavy(report)[:MOST]}  # their meaning stands on the pages before
    shown = [_finding(result, finding, room, texts, id(finding) in told) for result, finding in pairs[:_MOST_FINDINGS]]
    cut = len(pairs) - len(shown)
    return {
        "heading": phrase(texts, "report.appendix.heading"),
        "findings": {
            "heading": phrase(texts, "report.appendix.findings"),
            "items": shown,
            "cut": phrase(texts, "report.cut.findings", count=cut) if cut else "",
        },
        "evidence_cut": phrase(texts, "report.cut.evidence", count=room.cut) if room.cut else "",
        "halved": phrase(texts, "report.cut.to_fit"),
        "labels": {
            "asked": phrase(texts, "report.evidence.asked"),
            "answered": phrase(texts, "report.evidence.answered"),
            "evidence": phrase(texts, "report.evidence.heading"),
        },
        "lists": [item for item in _lists(report, texts) if item["items"]],
        "traces": _traces(report, texts),
    }


_LEFT_OFF = ["…"]


def halve_evidence(data: dict[str, Any]) -> bool:
    """Leave off half of the raw lines and table rows of a laid out report, and say so; False when none are left."""
    part, found = data["appendix"], 0
    for finding in part["findings"]["items"]:
        for holder, key in [(finding["table"], "rows"), *((one, "answered") for one in finding["evidence"])]:
            if holder and holder[key] and holder[key] != _LEFT_OFF:
                found += 1
                # An answer that is left off altogether must not look like an empty one.
                holder[key] = holder[key][: len(holder[key]) // 2] or (_LEFT_OFF if key == "answered" else [])
        if finding["table"] and not finding["table"]["rows"]:
            finding["table"] = None  # a heading over nothing would look like an empty answer
    for item in part["lists"]:
        found += len(item["items"]) > 1
        item["items"] = item["items"][: (len(item["items"]) + 1) // 2]
    part["evidence_cut"] = part["halved"] if found else part["evidence_cut"]
    return bool(found)


class _Room:
    """How much raw text still fits, and how many characters were left off."""

    def __init__(self) -> None:
        self.left = ALL_CHARACTERS
        self.cut = 0

    def take(self, text: str) -> list[str]:
        """As many lines as fit, each cleaned."""
        lines, more = clean_lines(text, EXCHANGE_LINES, _LINE_CHARACTERS)
        budget = min(self.left, EXCHANGE_CHARACTERS)
        kept: list[str] = []
        for line in lines:
            if budget <= 0:
                break
            kept.append(line if len(line) <= budget else line[: max(1, budget - 1)] + "…")
            budget -= len(line) + 1
        taken = sum(map(len, kept))
        self.left -= taken
        if more or len(kept) < len(lines) or taken < sum(map(len, lines)) or len(text) > taken + 2 * len(lines):
            self.cut += max(1, len(text) - taken)
        return kept


def _findings(report: Report, weight: Severity) -> list[tuple[CheckResult, Finding]]:
    return [(result, one) for result in report.results for one in result.findings if one.severity is weight]


def _finding(result: CheckResult, finding: Finding, room: _Room, texts: Texts, told: bool) -> dict[str, Any]:
    words = words_for(texts, finding.code, finding.values)
    return {
        **mark_of(finding.severity.value, texts),
        "check": check_name(texts, result.check_id),
        "code": clean(finding.code, 80),
        "title": words.title,
        "meaning": "" if told else words.meaning,
        "steps": list(words.steps),
        "refusal": list(refusal_lines(finding.values, texts)),
        "playbook": _playbook(finding, texts),
        "table": _table(finding.table, result.check_id, texts),
        "evidence": [_exchange(evidence, room, texts) for evidence in finding.evidence],
    }


def _playbook(finding: Finding, texts: Texts) -> dict[str, Any] | None:
    found = playbook_of(finding.values, texts)
    if not found:
        return None
    return {
        "title": phrase(texts, "refusal.playbook", title=found.title),
        "steps": list(found.steps),
        "link": phrase(texts, "refusal.link", link=found.link) if found.link else "",
        "letter_title": phrase(texts, "refusal.letter"),
        "letter": found.letter.split("\n") if found.letter else [],
    }


def _exchange(evidence: Evidence, room: _Room, texts: Texts) -> dict[str, Any]:
    at = texts.datetime(evidence.at) if evidence.at else ""
    return {"asked": room.take(evidence.asked), "answered": room.take(evidence.answered), "at": at}


def _table(table: Table | None, check_id: str, texts: Texts) -> dict[str, Any] | None:
    if table is None or not table.columns or not table.rows:
        return None
    cut = len(table.rows) - _MOST_ROWS
    return {
        "columns": [column_name(texts, check_id, column) for column in table.columns],
        "rows": [_cells(table.columns, row, texts) for row in table.rows[:_MOST_ROWS]],
        "cut": phrase(texts, "report.cut.rows", count=cut) if cut > 0 else "",
    }


def _cells(columns: tuple[str, ...], row: tuple[str, ...], texts: Texts) -> list[str]:
    told = (cell_words(texts, *pair) for pair in zip(columns, row, strict=False))
    return [clean(cell, _CELL_CHARACTERS) for cell in (*told, *row[len(columns) :])]


def _lists(report: Report, texts: Texts) -> list[dict[str, Any]]:
    addresses = [
        phrase(texts, "report.address_line", address=one.address, source=one.source) for one in report.addresses
    ]
    made = [
        phrase(texts, "report.versions.app", version=report.app_version),
        phrase(texts, "report.versions.data", date=clean(report.data_checked_on, 40) or "—"),
        phrase(texts, "report.versions.started", at=report.started_at.isoformat()),
        phrase(texts, "report.versions.finished", at=report.finished_at.isoformat()),
    ]
    return [
        _list("addresses", addresses, False, texts),
        _list("commands", list(report.commands), True, texts),
        _list("contacted", list(report.contacted), True, texts),
        _list("versions", made, False, texts),
    ]


def _list(name: str, items: list[str], raw: bool, texts: Texts) -> dict[str, Any]:
    cut = len(items) - _MOST_LISTED
    return {
        "heading": phrase(texts, f"report.appendix.{name}"),
        "items": [clean(item, 600) for item in items[:_MOST_LISTED]],
        "raw": raw,
        "cut": phrase(texts, "report.cut.rows", count=cut) if cut > 0 else "",
    }


def _traces(report: Report, texts: Texts) -> dict[str, Any]:
    """Records of faults in the app itself, for its makers."""
    problems = [(result, result.problem) for result in report.results if result.problem and result.problem.trace]
    return {
        "heading": phrase(texts, "report.appendix.traces"),
        "items": [_trace(result, problem) for result, problem in problems],
    }


def _trace(result: CheckResult, problem: Problem) -> dict[str, Any]:
    lines = clean(problem.trace, 20_000, keep="\n").split("\n")
    return {"name": f"{result.check_id}: {clean(problem.code, 80)}", "lines": lines[-_TRACE_LINES:]}
