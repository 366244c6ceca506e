"""A Report as JSON for scripts: the saved form of the run with the words of one language beside the codes.

The schema "mail-first-aid/1" is a public interface (see README). `report_from_json` needs no words: a run made in
one language prints in the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from core.model import CheckResult, Finding, Report
from core.report.layout import is_practice
from core.report.playbook import playbook_fields
from core.report.words import Words, check_name, column_name, words_for, words_of_problem
from core.saved_run import finding_to_plain, report_from_json, report_from_text, report_to_plain
from core.texts import Texts

__all__ = ["finding_to_json", "json_text", "report_from_json", "report_from_text", "report_to_json"]

# Would act on a terminal or hide in an editor when written raw: DEL, C1, bidi, zero width, tags, surrogates.
_RISKY = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)


def report_to_json(report: Report, texts: Texts) -> dict[str, Any]:
    """The report as plain JSON values, with the words of one language."""
    document = report_to_plain(report)
    document["language"] = texts.language
    document["practice"] = is_practice(report)  # of the invented company: about nobody's mail
    for result, item in zip(report.results, document["results"], strict=True):
        _add_words_to_result(result, item, texts)
    for cause, item in zip(report.causes, document["causes"], strict=True):
        item.update(_fields(words_for(texts, f"cause.{cause.code}", cause.values)))
    return document


def finding_to_json(finding: Finding, texts: Texts) -> dict[str, Any]:
    """One finding with its words, as it stands in every JSON the app writes."""
    item = finding_to_plain(finding)
    item.update(_fields(words_for(texts, finding.code, finding.values)))
    item.update(playbook_fields(finding.values, texts))
    if finding.table:
        check_id = finding.code.partition(".")[0]
        item["table"]["headings"] = [column_name(texts, check_id, column) for column in finding.table.columns]
    return item


def json_text(document: Mapping[str, Any], indent: int | None = 2) -> str:
    """`document` as JSON text: Japanese readable, hidden characters escaped, so that it is safe on a terminal."""
    written = json.dumps(document, ensure_ascii=False, indent=indent, allow_nan=False)
    return _RISKY.sub(_escape, written)


def _add_words_to_result(result: CheckResult, item: dict[str, Any], texts: Texts) -> None:
    item["name"] = check_name(texts, result.check_id)
    if result.problem:
        item["problem"].update(_fields(words_of_problem(texts, result)))
    item["findings"] = [finding_to_json(finding, texts) for finding in result.findings]


def _fields(words: Words) -> dict[str, Any]:
    return {"title": words.title, "meaning": words.meaning, "steps": list(words.steps)}


def _escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
