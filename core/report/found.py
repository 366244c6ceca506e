"""The findings that need attention, the heaviest first, with their plain meaning: for a reader in a hurry."""

from __future__ import annotations

from typing import Any

from core.model import CheckResult, Finding, Report, Severity
from core.report.words import check_name, mark_of, phrase, words_for
from core.texts import Texts

MOST = 40


def heavy(report: Report) -> list[tuple[CheckResult, Finding]]:
    """Every critical finding, then every warning, with its check."""
    return [
        (result, finding)
        for weight in (Severity.CRITICAL, Severity.WARNING)
        for result in report.results
        for finding in result.findings
        if finding.severity is weight
    ]


def found(report: Report, texts: Texts) -> dict[str, Any]:
    """Rows of light, check, title and meaning; how many more there are is said."""
    pairs = heavy(report)
    cut = len(pairs) - MOST
    return {
        "heading": phrase(texts, "report.found.heading"),
        "columns": [phrase(texts, f"report.column.{name}") for name in ("check", "state", "result")],
        "rows": [_row(result, finding, texts) for result, finding in pairs[:MOST]],
        "cut": phrase(texts, "report.found.more", count=cut) if cut > 0 else "",
    }


def _row(result: CheckResult, finding: Finding, texts: Texts) -> dict[str, str]:
    words = words_for(texts, finding.code, finding.values)
    light = mark_of(finding.severity.value, texts)
    return {**light, "name": check_name(texts, result.check_id), "title": words.title, "meaning": words.meaning}
