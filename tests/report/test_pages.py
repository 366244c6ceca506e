"""What a director finds on page one, what is hidden, what the pictures show, and the report of a whole incident."""

from __future__ import annotations

import email
import email.policy
import io
import struct
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pypdf import PdfReader

from core.checks.mail_queue.facts import QueueFacts
from core.incident import Entry, Incident, KeptRun
from core.letters import letter
from core.model import Cause, CheckResult, Evidence, Finding, Report, Severity
from core.report.charts import WIDTH, drawings
from core.report.decisions import _calm
from core.report.layout import lay_out
from core.report.mail_file import mail_file
from core.report.options import ReportOptions, default_paper
from core.report.pdf_file import made_pages, pdf_bytes
from core.report.text_file import report_text
from core.report.timeline import card_line
from core.report.words import words_for
from core.since import zoned
from core.texts import LANGUAGES, Language, Texts

JA, EN = Texts("ja"), Texts("en")
AT = datetime(2026, 11, 22, 1, 15, tzinfo=UTC)
LONG = "長い言葉 and words " * 600


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def since_row(report: Report, texts: Texts, incident: Incident | None = None) -> str:
    rows = {row["name"]: row["text"] for row in lay_out(report, texts, incident=incident)["summary"]}
    return str(rows[texts.text("report.summary.since")])


@pytest.fixture
def incident(relay_report: Report) -> Incident:
    """Found, repaired in part, checked again: ticks, a decision, a request to a list."""
    at = relay_report.started_at
    closed = Finding("open_relay.closed", Severity.OK, dict(relay_report.results[2].findings[0].values))
    results = (*relay_report.results[:2], replace(relay_report.results[2], findings=(closed,)))
    later = replace(relay_report, results=results, causes=(), started_at=at + timedelta(hours=3))
    entries = (
        Entry(1, at + timedelta(minutes=5), "tick", {"step": "keep_settings", "initials": "NK"}),
        Entry(2, at + timedelta(minutes=9), "decision", {"text": "送信を止める", "initials": "KB"}),
        Entry(3, at + timedelta(minutes=30), "note", {"text": "# *<b>電話した</b>", "initials": "NK"}),
    )
    return Incident(1, at, runs=(KeptRun(1, relay_report), KeptRun(2, later)), entries=entries)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_one_answers_what_a_director_asks(relay_report: Report, language: Language) -> None:
    texts = Texts(language)
    page = pages_of(pdf_bytes(relay_report, language))[0].replace("\n", "").replace(" ", "")
    for key in ("trouble", "since", "affected", "who_acts", "looked"):
        assert texts.text(f"report.summary.{key}").replace(" ", "") in page
    for key in ("work.heading", "work.nothing_done", "decide.heading", "way.heading", "decision.stop_sending"):
        assert texts.text(f"report.{key}").replace(" ", "") in page
    assert "8.9.3" in page, "the old server is for the reader to decide about"
    assert texts.text("report.checks.heading").replace(" ", "") not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_one_is_one_page_however_long_the_words(with_answer: Callable[[str], Report], language: Language) -> None:
    report = with_answer(LONG)
    causes = tuple(replace(report.causes[0], code=code) for code in ("server_unsupported", "open_relay"))
    pages = pages_of(pdf_bytes(replace(report, causes=causes), language, None, ReportOptions(company="社" * 60)))
    assert Texts(language).text("report.details.heading") in pages[1]


def test_could_not_look_asks_for_access_and_nothing_found_says_what_to_do(
    could_not_look: Report, nothing_found: Report
) -> None:
    assert lay_out(could_not_look, JA)["decide"]["items"] == [JA.text("report.decision.give_access")]
    assert lay_out(nothing_found, EN)["decide"]["items"] == [EN.text("report.decision.none")]


def test_since_is_the_oldest_waiting_mail_where_nobody_told(relay_report: Report) -> None:
    facts = {"total": 3, "oldest_arrival": "2026-11-20T08:00:00+00:00"}
    queue = replace(relay_report.results[0], facts=facts)
    report = replace(relay_report, results=(queue,), target=replace(relay_report.target, since=None))
    assert since_row(report, EN) == EN.text("report.since.oldest", at=zoned(datetime(2026, 11, 20, 8, tzinfo=UTC), EN))
    broken = replace(queue, facts={"total": 3, "oldest_arrival": "yesterday", "reasons": 7, "ages": [None]})
    assert EN.text("letters.noticed", at=zoned(report.started_at, EN)) in since_row(
        replace(report, results=(broken,)), EN
    )


def test_since_is_not_told_where_nothing_was_found(nothing_found: Report) -> None:
    report = replace(nothing_found, target=replace(nothing_found.target, since=None))
    assert since_row(report, EN) == EN.text("report.not_told")


def test_since_at_the_end_of_the_calendar_is_a_date_and_no_fault(relay_report: Report) -> None:
    last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))
    report = replace(relay_report, target=replace(relay_report.target, since=None), started_at=last)
    assert "9999" in since_row(report, EN)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("told", [None, "金曜の夕方"])
@pytest.mark.parametrize("waiting", [0, 3])
def test_the_boss_reads_the_same_since_in_the_letter_and_in_the_report(
    relay_report: Report, language: Language, told: str | None, waiting: int
) -> None:
    """Also after a second check, by which the waiting mail has gone."""
    texts = Texts(language)
    oldest = AT - timedelta(days=2)
    queue = replace(relay_report.results[0], facts=QueueFacts("postfix", AT, total=waiting, oldest_arrival=oldest))
    target = replace(relay_report.target, since=told)
    first = replace(relay_report, target=target, results=(queue, *relay_report.results[1:]))
    later = replace(relay_report, target=target, started_at=first.started_at + timedelta(hours=2))
    incident = Incident(1, first.started_at, runs=(KeptRun(1, first), KeptRun(2, later)))
    said = since_row(later, texts, incident)
    assert said in letter("boss", incident, texts).body and (told or "") in said
    assert (zoned(oldest, texts) in said) == bool(waiting)
    assert zoned(oldest, texts) not in letter("customers", incident, texts).body


def test_the_appendix_hides_people_unless_told_otherwise(relay_report: Report) -> None:
    words = {"name": "nakamura", "addresses": ["198.51.100.9"], "since": AT.isoformat(), "until": AT.isoformat()}
    counts = dict.fromkeys(("count", "recipients", "peak", "networks", "senders", "domains", "refused"), 7)
    said = (Evidence("log", "nakamura in"),)
    login = Finding("mail_log.account_abused", Severity.CRITICAL, {**words, **counts}, said)
    results = (*relay_report.results, replace(relay_report.results[0], findings=(login,)))
    report = replace(relay_report, results=results)
    usual = report_text(report, JA, details=True)
    assert "a***@example.net" in usual and "<a@example.net>" not in usual
    assert "n*** in" in usual
    assert "203.0.113.25" in usual
    open_ = report_text(report, JA, details=True, options=ReportOptions(masked="nothing"))
    assert "RCPT TO:<a@example.net>" in open_ and "nakamura in" in open_
    hidden = report_text(report, JA, details=True, options=ReportOptions(masked="all"))
    assert "203.0.113.25" not in hidden and "a@example.net" not in hidden and "masked.invalid" in hidden


@pytest.mark.skipif(sys.platform != "linux", reason="Windows and Macs are asked for their own setting")
def test_a_system_without_a_place_prints_on_a4(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LC_ALL", "LC_PAPER", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    assert default_paper("en") == "a4"  # Python itself calls the C locale "en_US"
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert default_paper("en") == "letter"


def test_letter_where_offices_use_it(relay_report: Report) -> None:
    assert [default_paper("en", name) for name in ("en_US.UTF-8", "en-US", "en_GB", "C", "")] == [
        "letter", "letter", "a4", "a4", "a4",
    ]  # fmt: skip
    assert default_paper("ja", "en_US") == "a4"
    page = PdfReader(io.BytesIO(pdf_bytes(relay_report, "en", None, ReportOptions(paper="letter")))).pages[0]
    assert [float(side) for side in page.mediabox[2:]] == [612, 792]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_incident_shows_ticks_before_and_after_and_the_timeline(incident: Incident, language: Language) -> None:
    texts, report = Texts(language), incident.latest
    assert report
    pages = pages_of(pdf_bytes(report, language, incident))
    words = "".join(pages).replace("\n", "").replace(" ", "")
    for key in ("notebook.part.checklist", "again.heading.causes", "again.heading.rows", "report.timeline.heading"):
        assert texts.text(key).replace(" ", "") in words
    assert texts.text("report.title_numbered", number=2).replace(" ", "") in words
    assert "送信を止める" in pages[0] and "NK" in pages[0]
    assert "#*<b>電話した</b>" in words
    times = [at for at, _ in lay_out(report, texts, incident)["timeline"]["rows"]]
    assert len(times) >= 5


def chart_report(report: Report) -> Report:
    """A queue with reasons and ages, and three senders over two days; names as a hostile log may hold them."""
    queue = {
        "total": 12,
        "reasons": [{"reason": "ip_blocked", "count": 9}, {"reason": "#eval(1)\u202e" * 50, "count": 3}],
        "ages": [{"name": "hour", "count": 2}, {"name": "older", "count": 10}, {"name": "odd", "count": 1}],
    }
    stamps = [f"2026-11-{day}T{hour:02}:00:00+09:00" for day in (20, 21) for hour in (1, 9, 20)]
    hours = [{"at": at, "messages": number + 1} for number, at in enumerate(stamps)]
    log = {"identities": [{"name": name, "hours": hours} for name in ("nakamura", "<b>x</b>" * 30, "web")]}
    of_log = CheckResult("mail_log", report.started_at, report.started_at, log)
    return replace(report, results=(replace(report.results[0], facts=queue), of_log))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pictures_stay_in_their_frame_and_say_their_numbers(relay_report: Report, language: Language) -> None:
    texts = Texts(language)
    made, narrow = (drawings(chart_report(relay_report), texts, narrow=small) for small in (False, True))
    assert [one.name for one in made] == [one.name for one in narrow] == ["reasons", "ages", "senders"]
    assert [one.alt for one in made] == [one.alt for one in narrow]
    assert all(wide.width == WIDTH > small.width for wide, small in zip(made, narrow, strict=True))
    for drawing in (*made, *narrow):
        assert drawing.title in drawing.alt
        for shape in drawing.shapes:
            assert 0 <= shape.x <= WIDTH and shape.y >= 0 and shape.x + shape.width <= drawing.width + 1
            assert shape.y + shape.height <= drawing.height
            assert len(shape.text) <= 40
    assert {shape.text for shape in made[0].shapes} >= {"9", "3"}
    assert {shape.pattern for shape in made[2].shapes if shape.pattern} == {"solid", "stripes", "dots"}
    words = "".join(pages_of(pdf_bytes(chart_report(relay_report), language))).replace("\n", "")
    assert all(drawing.title.replace(" ", "") in words.replace(" ", "") for drawing in made)


@pytest.mark.parametrize(
    "facts",
    [{"reasons": "x"}, {"reasons": [{"count": -1}], "ages": {}}, {"identities": [{"hours": [{"at": 5}]}]}],
)
def test_bent_facts_draw_nothing(relay_report: Report, facts: dict[str, object]) -> None:
    bent = replace(relay_report.results[0], facts=facts)
    assert drawings(replace(relay_report, results=(bent, replace(bent, check_id="mail_log"))), JA) == []


def test_thirty_findings_with_lines_of_ten_thousand_characters(relay_report: Report) -> None:
    line = "x" * 10_000
    one = Finding("mail_queue.long", Severity.CRITICAL, {"count": 2321}, (Evidence(line, line),))
    found = tuple(replace(one, values={"count": number}) for number in range(30))
    report = replace(relay_report, results=(replace(relay_report.results[0], findings=found),))
    content = pdf_bytes(report, "ja")
    assert len(content) < 500_000
    assert len(pages_of(content)) < 60
    assert "省きました" in "".join(pages_of(content))


def test_what_is_seen_is_what_is_saved(relay_report: Report) -> None:
    pages = made_pages(relay_report, "ja")
    assert pages.pdf == pdf_bytes(relay_report, "ja")
    pictures = pages.pictures(40)
    assert len(pictures) == len(pages_of(pages.pdf))
    assert all(struct.unpack(">II", one[16:24]) == (331, 468) for one in pictures)


def test_the_draft_carries_the_report_and_is_not_sent(relay_report: Report) -> None:
    pdf = pdf_bytes(relay_report, "ja")
    hostile = replace(relay_report, target=replace(relay_report.target, domain="x\r\nBcc: all@example.com"))
    content = mail_file(lay_out(hostile, JA), pdf, "報告.pdf", JA)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert message["X-Unsent"] == "1" and message["To"] is None and message["Bcc"] is None
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "報告.pdf" and attached.get_content() == pdf
    assert JA.text("cause.open_relay.title") in message.get_body().get_content()


def test_a_cause_without_a_repair_of_ours_asks_for_another_way(relay_report: Report) -> None:
    cause = Cause("recipient_side", "confirmed", "recipient", values={"reasons": ["mailbox_full"]})
    items = lay_out(replace(relay_report, causes=(cause,)), EN)["decide"]["items"]
    assert items == [EN.text("report.decision.other_channel")]


def repaired_since(report: Report, listed: bool) -> Incident:
    """Found open with 2,321 waiting mails; closed when it was looked at again, with 3; perhaps still on a list."""
    at = report.started_at + timedelta(hours=3)
    relay = report.results[2]
    closed = Finding("open_relay.closed", Severity.OK, dict(relay.findings[0].values))
    queue = CheckResult("mail_queue", at, at, {"total": 3})
    cause = Cause(
        "address_listed", "confirmed", "you", ("dnsbl.listed",), {"zones": ["bl.spamcop.net"], "addresses": []}
    )
    causes = (cause,) if listed else ()
    others = tuple(one for one in report.results if one.check_id not in ("mail_queue", "open_relay"))
    then = replace(report, results=(*others, relay, replace(queue, facts={"total": 2321})))
    later = replace(report, results=(*others, replace(relay, findings=(closed,)), queue), causes=causes, started_at=at)
    return Incident(1, report.started_at, runs=(KeptRun(1, then), KeptRun(2, later)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("listed", [False, True])
def test_after_the_repair_page_one_says_the_state_of_now(
    relay_report: Report, language: Language, listed: bool
) -> None:
    texts, incident = Texts(language), repaired_since(relay_report, listed)
    assert incident.first and incident.latest
    data = lay_out(incident.first, texts, incident)
    verdict = "repaired_but_listed" if listed else "repaired"
    box = data["verdict"]
    assert (box["severity"], box["sentence"]) == (
        "warning" if listed else "ok",
        texts.text(f"again.verdict.{verdict}"),
    )
    assert texts.datetime(incident.latest.started_at) in box["label"]
    was = words_for(texts, f"cause.{relay_report.causes[0].code}", relay_report.causes[0].values).title
    assert was in box["meaning"].split("\n")[-1]
    states = [*(node["state"] for node in data["way"]["nodes"]), *data["way"]["links"]]
    assert ("stops" in states) == listed
    assert data["way"]["label"] == (texts.text("report.way.stop.listed") if listed else "")
    rows = {row["name"]: row["text"] for row in data["summary"]}
    affected = rows[texts.text("report.summary.affected")]
    assert "2,321" in affected and "3" in affected and texts.datetime(incident.latest.started_at) in affected
    assert texts.text("report.summary.who_acts") not in rows
    assert data["steps"]["heading"] == texts.text("report.steps.done")
    again = texts.text("report.work.checked_again", result=box["sentence"])
    assert [row[1] for row in data["work"]["rows"] if row[0] == "✓"] == [again]
    done = texts.text("checklist.step.check_again")
    assert done not in [row[1] for row in data["work"]["rows"]]
    steps = next(one for one in data["incident"]["sections"] if done in [row[2] for row in one["rows"] if len(row) > 2])
    assert next(row[0] for row in steps["rows"] if row[2] == done) == "✓"
    title = words_for(texts, "cause.address_listed", {"zones": [], "addresses": []}).title
    assert any(item.startswith(title) for item in data["others"]["items"]) == listed
    assert pages_of(pdf_bytes(incident.first, language, incident))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_look_is_told_by_the_words_the_window_had_for_it(relay_report: Report, language: Language) -> None:
    """The one that proved the repair is no "problem", also when it is no longer the newest."""
    texts, incident = Texts(language), repaired_since(relay_report, True)
    last = incident.runs[1].report
    last = replace(last, started_at=last.started_at + timedelta(hours=1))
    incident = replace(incident, runs=(*incident.runs, KeptRun(3, last)))
    rows = [row[1] for row in lay_out(incident.runs[0].report, texts, incident)["work"]["rows"] if row[0] == "✓"]
    words = [texts.text(f"again.verdict.{word}") for word in ("repaired_but_listed",) * 2]
    assert rows == [texts.text("report.work.checked_again", result=word) for word in words]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_watch_nobody_started_is_not_promised(language: Language) -> None:
    texts = Texts(language)
    incident = Incident(1, AT)
    assert _calm(incident) == "look_again"
    due = {"key": "again-1", "due": AT.isoformat(), "what": "again", "about": "1"}
    assert _calm(replace(incident, entries=(Entry(1, AT, "reminder", due),))) == "watch"
    assert texts.text("report.decision.look_again") != texts.text("report.decision.watch")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_done_is_told_with_its_words(language: Language) -> None:
    texts = Texts(language)
    step = {"card": "open_relay", "outcome": "step_done", "text": "3", "say": "hijack_end_sessions", "initials": "NK"}
    said = card_line(Entry(1, AT, "card", step), texts)
    stop = "。" if language == "ja" else ". "  # what follows the first sentence is advice: nobody did that
    assert texts.text("fix.say.hijack_end_sessions").partition(stop)[0] in said
    assert texts.text("fix.say.hijack_end_sessions") not in said
    del step["say"]
    assert "3" in card_line(Entry(1, AT, "card", step), texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_first_check_found_is_dated_where_a_later_one_stands_above(
    incident: Incident, language: Language
) -> None:
    texts, first = Texts(language), incident.runs[0].report
    alone, both = lay_out(first, texts), lay_out(first, texts, incident=incident)
    for part in ("checks", "found", "charts", "unseen", "appendix"):
        plain = alone[part]["heading"]
        assert both[part]["heading"] == texts.text(
            "report.of_first_look", heading=plain, at=first.started_at.isoformat()
        )
        assert texts.datetime(first.started_at) in both[part]["heading"]
        assert texts.datetime(first.started_at) not in plain
    only = replace(incident, runs=incident.runs[:1])
    assert lay_out(first, texts, incident=only)["checks"]["heading"] == alone["checks"]["heading"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_light_its_word_and_its_number_stay_in_one_line(relay_report: Report, language: Language) -> None:
    texts = Texts(language)
    rows = {row["name"]: row["text"] for row in lay_out(relay_report, texts)["summary"]}
    told = rows[texts.text("report.summary.looked")]
    for state in {result.state for result in relay_report.results}:
        words = texts.text(f"severity.{state}").replace(" ", "\u00a0")
        assert f"\u00a0{words}\u00a0" in told
