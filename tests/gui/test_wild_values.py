"""A run that somebody made up, or a server that sends the strangest dates: every row stands in the window (R01)."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from core.checks import ALL
from core.checks.tls_health import judge as judge_tls
from core.checks.tls_health.facts import Certificate, Facts, PortTls
from core.diagnosis import diagnose
from core.model import CheckResult, Context, Evidence, Finding, Problem, Report, Severity, Target, Value
from core.report.text_file import report_text
from core.report.words import words_for
from core.texts import LANGUAGES, Language, Texts
from gui.pages.answer import AnswerPage
from gui.widgets.finding import problem_row, result_rows

NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
WILD: tuple[Value, ...] = (
    5, -(10**30), "x", None, ["a", "b"], [], True, float("nan"), float("inf"), "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00+00:00", "\u202e{0.__class__}{host}%s", "99999-99",
)  # fmt: skip


@pytest.fixture(params=["Asia/Tokyo", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """East and west of Greenwich: at one end of the calendar each of them has no such day."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def wild_results() -> tuple[CheckResult, ...]:
    """Every finding of every check, each with values of the wrong kind; and one of a check nobody knows."""
    values = itertools.cycle(WILD)
    results = [
        CheckResult(
            check.id, NOW, NOW, None,
            tuple(
                Finding(code, Severity.WARNING, {name: next(values) for name in names}, (Evidence("a", "b", _end()),))
                for code, names in check.codes.items()
            ),
        )
        for check in ALL
    ]  # fmt: skip
    unknown = Finding("nobody.knows", Severity.CRITICAL, {"a": 1})
    return (*results, CheckResult("nobody", NOW, NOW, None, (unknown,), Problem("nobody.knows_either", {"x": 1})))


def _end() -> datetime:
    return datetime.max.replace(tzinfo=UTC)


@pytest.mark.logs_warnings
@pytest.mark.parametrize("language", LANGUAGES)
def test_r01_values_of_the_wrong_kind_cost_their_own_place_only(qtbot: QtBot, language: Language) -> None:
    logging.disable(logging.ERROR)
    try:
        results = wild_results()
        rows = result_rows(results, Texts(language))
        rows += [problem_row(one, one.problem, Texts(language)) for one in results if one.problem]
    finally:
        logging.disable(logging.NOTSET)
    for row in rows:
        qtbot.addWidget(row)
    assert len(rows) == sum(len(result.findings) for result in results) + 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("moment", [datetime.max, datetime.min])
def test_s15_a_certificate_of_the_end_of_the_calendar_is_shown(
    qtbot: QtBot, language: Language, moment: datetime, zone: str
) -> None:
    """99991231235959Z is what RFC 5280 gives those that never end; a hostile one may begin then."""
    moment = moment.replace(tzinfo=UTC)
    certificate = Certificate("mx", "mx", ("mx",), (), moment, moment, True, "", "")
    port = PortTls("mx", "203.0.113.25", 993, False, "encrypted", "TLSv1.3", certificate, 1, 18)
    findings = judge_tls(Facts(NOW, "example.jp", True, (port, replace(port, port=25, starttls=True))))
    results = (CheckResult("tls_health", NOW, NOW, None, findings),)
    context = Context(Target(domain="example.jp"))
    report = Report(context.target, results, diagnose(results, context), NOW, NOW, "1", "2026-11-22")
    assert {one.code for one in findings} & {"tls_health.not_yet_valid", "tls_health.expired"}
    shown = [words_for(Texts(language), one.code, one.values).meaning for one in findings]
    assert any(str(moment.year) in meaning for meaning in shown)
    assert report_text(report, Texts(language))
    page = AnswerPage()
    qtbot.addWidget(page)
    page.say(Texts(language))
    page.show_report(report)
