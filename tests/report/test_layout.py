"""What the report says, in which order, and that it never says more than was seen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.model import Cause, CheckResult, Evidence, Finding, Problem, Report, Severity, Target
from core.report.appendix import ALL_CHARACTERS
from core.report.layout import lay_out
from core.report.line_breaks import columns
from core.report.text_file import findings_text, report_text
from core.report.way import STOPS, way
from core.texts import LANGUAGES, Language, Texts

JA, EN = Texts("ja"), Texts("en")


def test_the_verdict_stands_first(relay_report: Report) -> None:
    verdict = lay_out(relay_report, JA)["verdict"]
    assert verdict["label"] == "原因（確認しました）"
    assert verdict["sentence"] == JA.text("cause.open_relay.title")
    lines = report_text(relay_report, JA).splitlines()
    assert lines[0] == "● 原因（確認しました）"
    assert verdict["sentence"] in lines[1]


def test_every_check_has_a_shape_and_a_word(relay_report: Report) -> None:
    rows = lay_out(relay_report, EN)["checks"]["rows"]
    assert [(row["mark"], row["word"]) for row in rows] == [
        ("●", "Problem"),
        ("●", "Problem"),
        ("▲", "Caution"),
        ("？", "Could not look"),
        ("－", "Does not apply"),
    ]
    assert rows[0]["text"].startswith("2,321 messages")


def test_what_was_not_looked_at_is_named_with_its_reason(relay_report: Report) -> None:
    rows = lay_out(relay_report, JA)["unseen"]["rows"]
    assert [row["text"] for row in rows] == [
        JA.text("problem.run.timed_out.title"),
        JA.text("problem.run.needs.title"),
    ]
    assert "会社のドメイン名" in rows[1]["way"]


def test_the_same_reason_is_said_once_for_all_checks_it_stopped(relay_report: Report) -> None:
    silent = Problem("dns.timed_out", {"name": "midori.example.jp", "server": "192.0.2.53:53"})
    when = relay_report.started_at
    stopped = tuple(CheckResult(name, when, when, problem=silent) for name in ("dns_health", "hosting"))
    rows = lay_out(replace(relay_report, results=stopped), JA)["unseen"]["rows"]
    assert [row["name"] for row in rows] == ["、".join(JA.text(f"check.{one.check_id}.name") for one in stopped)]


def test_nothing_found_never_says_all_is_well(nothing_found: Report) -> None:
    verdict = lay_out(nothing_found, JA)["verdict"]
    assert verdict["sentence"] == "調べた1項目では、届かない原因は見つかりませんでした"
    assert "「問題がない」という意味ではありません" in verdict["meaning"]
    assert "原因（" not in report_text(nothing_found, JA)


def test_could_not_look_is_neither_good_nor_bad(could_not_look: Report) -> None:
    data = lay_out(could_not_look, JA)
    assert (data["severity"], data["verdict"]["mark"]) == ("unknown", "？")
    assert data["verdict"]["sentence"] == "原因は、まだ分かりません"
    assert "よし" not in report_text(could_not_look, JA)
    assert data["steps"]["items"], "the reader is told what to try instead"


def test_trouble_without_a_cause_is_not_called_a_cause(relay_report: Report) -> None:
    data = lay_out(replace(relay_report, causes=()), EN)
    assert data["verdict"]["label"] == "Problem"
    assert "2 things need attention" in data["verdict"]["sentence"]
    assert (
        data["steps"]["items"]
        == [
            *EN.steps("mail_queue.long", {"count": 2321}),
            *EN.steps("open_relay.accepted", relay_report.results[2].findings[0].values),
            *EN.steps("smtp_banner.unsupported", relay_report.results[1].findings[0].values),
        ][:8]
    )


@pytest.mark.parametrize("code", ["nothing_found", "could_not_look"])
def test_a_cause_that_names_none_is_shown_as_a_result(relay_report: Report, code: str) -> None:
    cause = Cause(code, "confirmed", "you", values={"count": 3, "unknown": 2, "topic": "sending"})
    data = lay_out(replace(relay_report, causes=(cause,)), JA)
    assert data["verdict"]["sentence"] == JA.text(f"cause.{code}.title", cause.values)
    assert "原因（" not in data["verdict"]["label"]
    assert data["way"] is None
    assert JA.text("report.summary.who_acts") not in [row["name"] for row in data["summary"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("certainty", ["confirmed", "possible"])
@pytest.mark.parametrize("code", sorted(STOPS))
def test_every_place_where_mail_stops_has_its_words(code: str, certainty: str, language: Language) -> None:
    picture = way(Target(), Cause(code, certainty, "you"), Texts(language))  # type: ignore[arg-type]
    assert picture is not None
    assert picture["label"] in picture["alt"]
    states = [picture["nodes"][0]["state"], picture["links"][0], picture["nodes"][1]["state"], picture["links"][1]]
    assert [*states, picture["nodes"][2]["state"]].count("stops") == 1


def test_incoming_mail_runs_the_other_way() -> None:
    picture = way(Target(direction="receiving"), Cause("disk_full", "confirmed", "you"), EN)
    assert picture is not None
    assert [node["state"] for node in picture["nodes"]] == ["passes", "stops", "beyond"]
    assert picture["nodes"][0]["name"] == EN.text("report.way.other")


def test_a_suspicion_is_drawn_as_one() -> None:
    picture = way(Target(), Cause("open_relay", "possible", "you"), JA)
    assert picture is not None
    assert picture["label"] == "ここで断られている疑い"


def test_old_software_stops_no_mail() -> None:
    assert way(Target(), Cause("server_unsupported", "confirmed", "you"), JA) is None


def test_a_cut_is_said(relay_report: Report) -> None:
    long = Evidence("LIST", "\n".join("x" * 500 for _ in range(500)))
    finding = Finding("mail_queue.long", Severity.CRITICAL, {"count": 2321}, (long,) * 60)
    result = replace(relay_report.results[0], findings=(finding,))
    data = lay_out(replace(relay_report, results=(result,)), EN)["appendix"]
    kept = sum(len(line) for one in data["findings"]["items"] for e in one["evidence"] for line in e["answered"])
    assert kept <= ALL_CHARACTERS
    assert "left out" in data["evidence_cut"]
    assert lay_out(relay_report, EN)["appendix"]["evidence_cut"] == ""


def test_r03_many_findings_are_bounded_and_counted(relay_report: Report) -> None:
    finding = relay_report.results[0].findings[0]
    result = replace(relay_report.results[0], findings=(finding,) * 200)
    data = lay_out(replace(relay_report, results=(result,)), EN)
    assert len(data["appendix"]["findings"]["items"]) == 120
    assert data["appendix"]["findings"]["cut"].startswith("80 findings")
    assert data["checks"]["rows"][0]["text"].endswith("(and 199 more)")


@pytest.mark.logs_warnings
def test_a_code_without_text_shows_itself(relay_report: Report, caplog: pytest.LogCaptureFixture) -> None:
    odd = Finding("weather.rain\u202e", Severity.CRITICAL, {"amount": "much\x1b"})
    odd_cause = Cause("thunder", "likely", "wait")
    at = relay_report.started_at
    result = CheckResult("weather", at, at, None, (odd,), Problem("weather.storm"))
    with caplog.at_level(logging.ERROR):
        shown = report_text(replace(relay_report, results=(result,), causes=(odd_cause,)), JA, details=True)
    assert "weather.rain⟨U+202E⟩ (amount=much⟨U+001B⟩)" in shown
    assert "cause.thunder" in shown
    assert "problem.weather.storm" in shown
    assert "weather.rain" in caplog.text


@pytest.mark.logs_warnings
def test_a_value_of_another_kind_does_not_stop_the_report(
    relay_report: Report, caplog: pytest.LogCaptureFixture
) -> None:
    old = replace(relay_report.results[1].findings[0], values={"released": "long ago", "age": "old"})
    shown = report_text(replace(relay_report, results=(replace(relay_report.results[1], findings=(old,)),)), EN)
    assert "smtp_banner.unsupported" in shown
    assert "does not fit" in caplog.text


@pytest.mark.parametrize("width", [40, 60, 78])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_the_terminal(relay_report: Report, language: Language, width: int) -> None:
    for line in report_text(relay_report, Texts(language), width).splitlines():
        assert columns(line) <= width + 2, line  # one closing mark may hang over


def test_a_received_text_cannot_command_the_terminal(with_answer: Callable[[str], Report]) -> None:
    shown = report_text(with_answer("\x1b]0;evil\x07\r\n● forged\u202e\x9b"), JA, details=True)
    assert not set("\x1b\x07\r\u202e\x9b") & set(shown)
    assert "⟨U+001B⟩" in shown


def test_findings_alone_stand_by_weight(relay_report: Report) -> None:
    findings = [finding for result in relay_report.results for finding in result.findings]
    shown = findings_text(list(reversed(findings)), EN)
    assert shown.index("● Problem") < shown.index("▲ Caution")


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_the_same_words(language: Language) -> None:
    other: Language = "en" if language == "ja" else "ja"
    ours = ("report.", "problem.report.", "problem.notebook.")
    keys = list(Texts(language).keys())
    mine = {key for key in keys if key.startswith(ours)}
    assert mine
    assert mine <= set(Texts(other).keys())


def test_every_word_asked_for_exists() -> None:
    """Each fixed key named in the report's code has a text."""
    source = "".join(path.read_text() for path in (Path(__file__).resolve().parents[2] / "core/report").glob("*.py"))
    named = {part.split('"')[0] for part in source.split('"report.')[1:]}
    fixed = {f"report.{name}" for name in named if name and "{" not in name}
    codes = {"report.pdf_failed", "report.bad_logo", "report.no_fonts", "report.typ"}
    words = {f"report.verdict.{name}" for name in ("could_not_look", "nothing_found", "no_single_cause")}
    for key in fixed - codes:
        assert JA.has(f"{key}.title" if key in words else key), key
    for code in codes - {"report.typ"}:
        assert JA.has(f"problem.{code}.title")


def test_a_danger_of_its_own_is_never_called_why_mail_does_not_get_through(relay_report: Report) -> None:
    risk = Cause("server_unsupported", "confirmed", "you", values={"product": "Sendmail", "version": "8.9.3"})
    label = lay_out(replace(relay_report, causes=(risk,)), JA)["verdict"]["label"]
    assert label == JA.text("report.verdict.risk", certainty="confirmed")
    assert "見つかっていません" in label
