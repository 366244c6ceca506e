"""The JSON scripts rely on, and a saved run read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.model import PRACTICE_DOMAIN, Report
from core.report.json_file import json_text, report_from_json, report_from_text, report_to_json
from core.saved_run import plain
from core.texts import LANGUAGES, Language, Texts


def test_every_key_of_the_contract_is_there(relay_report: Report) -> None:
    document = report_to_json(relay_report, Texts("en"))
    assert document["schema"] == "mail-first-aid/1"
    assert document["severity"] == "critical"
    assert document["started_at"] == "2026-11-22T01:15:30+00:00"
    assert document["target"]["domain"] == "midori.example.jp"
    assert document["target"]["addresses"] == [{"address": "203.0.113.25", "source": "mx"}]
    assert document["vantage"] == {"relation": "outside", "address": "198.51.100.7", "port_25": "open"}
    result = next(result for result in document["results"] if result["check"] == "open_relay")
    assert {"check", "severity", "seconds", "problem", "facts", "findings"} <= set(result)
    assert (result["seconds"], result["problem"], result["facts"]) == (2.0, None, {})
    finding = result["findings"][0]
    assert {"code", "severity", "values", "title", "meaning", "steps", "evidence"} <= set(finding)
    assert finding["evidence"][0]["at"] == "2026-11-22T01:15:30+00:00"
    assert {"asked", "answered"} < set(finding["evidence"][0])
    cause = document["causes"][0]
    assert {"code", "certainty", "who_acts", "findings", "title", "steps"} <= set(cause)
    assert cause["title"] == "The server passes on mail for anyone"


def test_a_problem_says_why_in_words(relay_report: Report) -> None:
    results = report_to_json(relay_report, Texts("en"))["results"]
    blind = {result["check"]: result for result in results if result["problem"]}
    assert blind["dnsbl"]["severity"] == "unknown"
    assert blind["dnsbl"]["problem"]["title"] == "This did not finish in time"
    assert blind["dnsbl"]["problem"]["steps"]
    assert blind["dns_health"]["severity"] == "not_applicable"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_comes_back_and_prints_in_the_other_language(relay_report: Report, language: Language) -> None:
    written = json_text(report_to_json(relay_report, Texts(language)))
    again = report_from_text(written)
    facts_lost = tuple(replace(result, facts=None) for result in relay_report.results)
    assert again == replace(relay_report, results=facts_lost)
    other: Language = "en" if language == "ja" else "ja"
    assert report_to_json(again, Texts(other)) == report_to_json(relay_report, Texts(other))


def test_the_json_says_whether_it_is_about_the_practice_company(relay_report: Report) -> None:
    practised = replace(relay_report, target=replace(relay_report.target, domain=PRACTICE_DOMAIN))
    said = [report_to_json(one, Texts("en"))["practice"] for one in (relay_report, practised)]
    assert said == [False, True]


def test_r01_received_text_is_kept_and_harmless_on_a_terminal(with_answer: Callable[[str], Report]) -> None:
    received = 'a"\\\x1b[2J\x9b\u202e\udc80\U000e0041'
    written = json_text(report_to_json(with_answer(received), Texts("ja")))
    assert not set("\x1b\x9b\u202e\udc80\U000e0041") & set(written)
    written.encode("utf-8")
    again = report_from_text(written)
    assert again.results[0].findings[0].evidence[0].answered == received
    assert again.target.domain == received


@given(st.text(alphabet=st.characters()))
def test_json_text_reads_back_whatever_it_holds(text: str) -> None:
    assert json.loads(json_text({"text": text})) == {"text": text}


class _Word(Enum):
    GREYLISTED = "greylisted"


@dataclass(frozen=True)
class _Facts:
    reason: _Word
    arrival_time: datetime
    waited: timedelta
    by_domain: dict[tuple[str, _Word], int]
    ratio: float
    zones: frozenset[str]


def test_facts_become_plain_values() -> None:
    facts = _Facts(
        _Word.GREYLISTED,
        datetime(2004, 5, 6, tzinfo=UTC),
        timedelta(minutes=2),
        {("example.jp", _Word.GREYLISTED): 3},
        float("nan"),
        frozenset({"b.example", "a.example"}),
    )
    assert plain(facts) == {
        "reason": "greylisted",
        "arrival_time": "2004-05-06T00:00:00+00:00",
        "waited": 120.0,
        "by_domain": {"example.jp/greylisted": 3},
        "ratio": None,
        "zones": ["a.example", "b.example"],
    }


def _drop(document: dict[str, Any], *path: Any) -> None:
    for key in path[:-1]:
        document = document[key]
    del document[path[-1]]


def _put(value: object, *path: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda document: _drop(document, "results"),
        lambda document: _drop(document, "causes", 0, "certainty"),
        _put("soon", "started_at"),
        _put(7, "started_at"),
        _put(None, "vantage"),
        _put("elsewhere", "vantage", "relation"),
        _put(None, "causes", 0, "who_acts"),
        _put("fatal", "results", 0, "findings", 0, "severity"),
        _put("not a list", "results"),
        _put(["one"], "results"),
        _put([["too", "short"]], "results", 2, "findings", 0, "table", "rows"),
        _put("dead", "target", "symptom"),
        _put({}, "target", "domain"),
    ],
)
def test_an_altered_run_is_refused_with_words(relay_report: Report, change: Callable[[dict[str, Any]], None]) -> None:
    document = report_to_json(relay_report, Texts("en"))
    change(document)
    with pytest.raises(UsageError) as refused:
        report_from_json(document)
    assert refused.value.code == "report.broken"
    assert Texts("ja").text(f"problem.{refused.value.code}.meaning", refused.value.values)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "report.not_json"),
        ("[" * 100_000, "report.not_json"),
        ("[]", "report.broken"),
        ("{}", "report.unknown_schema"),
        ('{"schema": "mail-first-aid/2"}', "report.unknown_schema"),
    ],
)
def test_another_file_is_refused_with_words(text: str, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        report_from_text(text)
    assert refused.value.code == code
    for language in LANGUAGES:
        assert Texts(language).text(f"problem.{code}.title", refused.value.values)


def test_an_extra_key_of_a_later_version_is_ignored(relay_report: Report) -> None:
    document = report_to_json(relay_report, Texts("en"))
    document["weather"] = "fine"
    document["results"][0]["mood"] = "calm"
    assert report_from_json(document) == relay_report
