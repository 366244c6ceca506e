"""What a clerk who saw only the window stumbled over, each told by what the window and its file then say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from core.knowledge.glossary import terms
from core.model import Report
from core.notebook import Notebook
from core.practice import practice_company
from core.report.fix_card import card_mail, card_title, tried_text
from core.report.layout import lay_out
from core.run import Run, RunFinished
from core.texts import Texts
from gui.widgets.fold import Fold
from gui.widgets.words_here import terms_on
from tests.patience import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LINE = "v=spf1 ip4:203.0.113.25 ~all"  # what the practice company without SPF has to register


RUNS: dict[str, Report] = {}  # a story always runs alike, and a report never changes


async def practised(story: str) -> Report:
    """The practice company's whole run."""
    if story not in RUNS:
        async with practice_company(story) as company:
            events = [event async for event in Run(company.target, doors=company.doors).events()]
        RUNS[story] = next(event.report for event in events if isinstance(event, RunFinished))
    return RUNS[story]


def keep(tmp_path: Path, runs: Sequence, practice: str = "") -> int:
    """In the notebook of the window, one incident; its number."""
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        first, *others = runs
        notebook.save_run(first, practice=practice)
        number = notebook.incidents()[0].id
        for other in others:
            notebook.save_run(other, incident=number, practice=practice)
        return number


def words(page) -> str:
    """All that the page says; a label with hints holds markup, and its words apart."""
    shown = (each for each in page.findChildren(QLabel) if each.isVisible())
    return "\n".join(getattr(each, "plain", "") or each.text() for each in shown)


def printed(wizard) -> str:
    """All that stands in the file the report page would save now, from the data its pages are made of."""
    saver = wizard.saver
    return str(lay_out(saver._report, wizard.texts, saver._incident, wizard.report_page.choices.options()))


async def to_report(wizard) -> None:
    """From the answer on to the report page."""
    while wizard.guide.page != "answer":
        wizard.go_back()
    wizard.go_on()
    assert wizard.guide.page == "report"


async def test_the_report_holds_every_tick_also_those_set_after_it_was_first_seen(open_wizard, tmp_path: Path) -> None:
    number = keep(tmp_path, [await practised("relay-2004")], "relay-2004")
    wizard = await open_wizard()
    aid = wizard.aftercare
    await aid.show_answer(number)
    await to_report(wizard)
    assert wizard.texts.text("report.work.nothing_done") in printed(wizard)

    aid.who.set("NK")
    wizard.go_back()
    wizard.show_aid("first_aid")
    aid.first_aid.boxes["hold_outgoing"].click()
    await until(lambda: "hold_outgoing" in aid.incident.ticks)
    await to_report(wizard)
    at = aid.incident.ticks["hold_outgoing"].at
    step, moment = wizard.texts.text("checklist.step.hold_outgoing"), wizard.texts.datetime(at)
    assert f"'✓', '{step}', 'NK', '{moment}'" in printed(wizard)
    assert wizard.texts.text("report.work.nothing_done") not in printed(wizard)


async def test_the_report_of_a_practice_tells_of_its_second_look(open_wizard, tmp_path: Path) -> None:
    number = keep(tmp_path, [await practised("relay-2004")], "relay-2004")
    wizard = await open_wizard()
    aid = wizard.aftercare
    await aid.show_answer(number)
    await to_report(wizard)
    aid.start_again()
    await until(lambda: len(aid.incident.runs) == 2 and aid.run_task is None, 90)
    said = printed(wizard)
    assert wizard.texts.text("again.verdict.still_wrong") in said
    assert wizard.texts.text("report.practice") in said
    assert wizard.texts.text("letters.practice") in said


async def test_ticks_stand_in_the_report_of_an_incident_opened_from_the_first_page(open_wizard, tmp_path: Path) -> None:
    from tests.gui.test_aftercare import listed_run

    number = keep(tmp_path, [listed_run()])
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.add(number, "tick", {"step": "tell_boss", "initials": "NK"})
        run = notebook.runs()[0].id
    wizard = await open_wizard()
    wizard.open_earlier(run)
    await until(lambda: wizard.aftercare.incident is not None)
    await to_report(wizard)
    assert f"'✓', '{wizard.texts.text('checklist.step.tell_boss')}', 'NK'" in printed(wizard)


async def first_aid_of(open_wizard, tmp_path: Path, story: str, language: str = "ja"):
    """The first-aid page about a practice story, nobody's initials entered."""
    number = keep(tmp_path, [await practised(story)], story)
    wizard = await open_wizard(language)
    await wizard.aftercare.show_answer(number)
    wizard.show_aid("first_aid")
    return wizard, wizard.aftercare.first_aid


async def test_a_tick_without_initials_is_kept_and_stays_in_its_place(open_wizard, tmp_path: Path) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    page.views["open_relay"].boxes[2].click()
    await until(lambda: any(entry.kind == "card" for entry in wizard.aftercare.incident.entries))
    assert page.views["open_relay"].boxes[2].isChecked()
    page.boxes["tell_boss"].click()
    await until(lambda: "tell_boss" in wizard.aftercare.incident.ticks)
    assert page.boxes["tell_boss"].isChecked()
    at = wizard.aftercare.incident.ticks["tell_boss"].at.isoformat()
    assert wizard.texts.text("checklist.done", at=at) in words(page).splitlines()


async def test_done_without_a_tick_is_asked_about_once(open_wizard, tmp_path: Path) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    page.views["open_relay"].outcomes["done"].click()
    assert wizard.texts.text("gui.fix.none_ticked") in words(page)
    assert wizard.guide.page == "first_aid"
    assert not wizard.aftercare.incident.entries
    page.views["open_relay"].outcomes["done"].click()
    await until(lambda: "repair_cause" in wizard.aftercare.incident.ticks)
    assert wizard.guide.page == "again"


async def test_where_to_type_and_the_warning_stand_before_the_first_command(open_wizard, tmp_path: Path) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    view = page.views["open_relay"]
    said = words(view)
    first = said.index(view.made.steps[0].command.splitlines()[0])
    warning = tried_text(view.made, wizard.texts)
    assert view.made.version in warning  # an old Sendmail: the commands differ there
    assert said.index(warning) < said.index(wizard.texts.text("fix.where.root")) < first
    hand = next(each for each in view.findChildren(Fold)).button
    assert hand.mapTo(view, QPoint(0, 0)).y() < view.copies[0].mapTo(view, QPoint(0, 0)).y()


async def test_the_list_of_what_comes_first_comes_first(open_wizard, tmp_path: Path) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    said = words(page)
    assert said.index(wizard.texts.text("gui.first_aid.checklist")) < said.index(card_title("open_relay", wizard.texts))


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_line_to_register_stands_on_the_card_with_its_button(open_wizard, tmp_path, language: str) -> None:
    _, page = await first_aid_of(open_wizard, tmp_path, "spf-missing", language)
    view = page.views["sender_auth_failing"]
    assert LINE in words(view).splitlines()
    view.copies[0].click()
    assert QGuiApplication.clipboard().text() == LINE
    assert LINE in card_mail(view.made, Texts(language))[1]


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_letters_begin_with_the_company_that_must_act_and_ask_for_the_line(open_wizard, tmp_path, language):
    wizard, _ = await first_aid_of(open_wizard, tmp_path, "spf-missing", language)
    wizard.show_aid("letters")
    page = wizard.aftercare.letters
    assert page.kinds.currentData() == "dns"
    body = page.body_text.toPlainText()
    assert LINE in body
    assert wizard.texts.text("letters.trouble.sending", domain="midori-shoji.example") in body
    assert wizard.texts.text("letters.matter.dns.sender_auth_failing", domain="midori-shoji.example") not in body


async def test_the_letters_to_another_incident_begin_anew(open_wizard, tmp_path: Path) -> None:
    wizard, _ = await first_aid_of(open_wizard, tmp_path, "spf-missing")
    wizard.show_aid("letters")
    await wizard.aftercare.keep_run(await practised("stolen-password"), "stolen-password")
    assert wizard.aftercare.letters.kinds.currentData() == "hosting"


async def test_a_sender_that_the_queue_named_is_filled_in(open_wizard, tmp_path: Path) -> None:
    _, page = await first_aid_of(open_wizard, tmp_path, "stolen-password")
    assert page.views["account_hijacked"].made.blanks == ()
    assert page.views["account_hijacked"].made.values["sender"] == "tanaka@midori-shoji.example"


@pytest.mark.parametrize("story", ["relay-2004", "stolen-password", "expired-domain", "spf-missing"])
async def test_page_one_keeps_the_steps_of_the_repair_and_names_who_does_them(open_wizard, tmp_path, story) -> None:
    wizard, _ = await first_aid_of(open_wizard, tmp_path, story)
    await to_report(wizard)
    saver, texts = wizard.saver, wizard.texts
    data = lay_out(saver._report, texts, saver._incident)
    told = [row[1] for row in data["work"]["rows"]]
    steps = texts.steps(f"cause.{saver._report.causes[0].code}", saver._report.causes[0].values)
    assert [step for step in steps[:3] if step not in told] == []
    assert "あなた" not in str(
        {name: data[name] for name in ("verdict", "summary", "work", "decide", "steps", "others")}
    )
    assert {row[2] for row in data["work"]["rows"] if row[0] == "□"} <= {
        texts.text("report.who.you"),
        texts.text("report.who.asks", who="domain_company"),
    }


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_line_to_register_stands_on_page_one_and_two(open_wizard, tmp_path, language: str) -> None:
    wizard, _ = await first_aid_of(open_wizard, tmp_path, "spf-missing", language)
    await to_report(wizard)
    data = lay_out(wizard.saver._report, wizard.texts, wizard.saver._incident)
    assert any(LINE in row[1] for row in data["work"]["rows"])
    assert data["steps"]["repeat"] and any(LINE in step for step in data["steps"]["items"])


async def test_the_ssh_page_has_its_terms_behind_f1(open_wizard) -> None:
    wizard = await open_wizard("ja", mail_host="127.0.0.1", how_inside="ssh")
    wizard.guide.page = "inside"
    wizard._show_page()
    assert "ssh" in terms_on(wizard.inside, wizard.texts)
    assert set(terms_on(wizard.inside, wizard.texts)) <= set(terms())


@pytest.mark.parametrize(("page", "answers", "field"), [
    ("server", {"domain": "example.co.jp", "mail_host": "mail server"}, "mail_host"),
    ("server", {"domain": "not a name", "mail_host": ""}, "domain"),
    ("inside", {"mail_host": "127.0.0.1", "how_inside": "ssh", "ssh": ""}, "ssh"),
])  # fmt: skip
async def test_a_complaint_takes_the_keyboard_to_its_field(open_wizard, page: str, answers, field: str) -> None:
    wizard = await open_wizard("ja", **answers)
    wizard.guide.page = page
    wizard._show_page()
    wizard.footer.on.setFocus()
    wizard.go_on()
    assert wizard.guide.page == page
    assert wizard.focusWidget() is getattr(wizard.page, field).edit


async def test_which_way_suffers_is_not_asked_twice(open_wizard) -> None:
    wizard = await open_wizard("ja", symptom="not_delivered", direction="receiving")
    page = wizard.questions
    wizard.guide.page = "questions"
    wizard._show_page()
    assert wizard.texts.text("gui.questions.direction.question") not in words(page)
    assert wizard.texts.text("gui.questions.incoming.question") in words(page)
    page.read_answers(wizard.guide.answers)
    assert wizard.guide.answers.direction is None  # what was said of an earlier trouble is not said of this one
    page.questions["direction"].buttons["both"].click()
    page.read_answers(wizard.guide.answers)
    assert wizard.guide.answers.direction == "both"
    wizard.guide.answers.symptom = "slow"
    wizard._show_page()
    assert wizard.texts.text("gui.questions.direction.question") in words(page)
    assert page.questions["direction"].value() == "both"


async def test_the_file_dialog_is_wholly_japanese(open_wizard) -> None:
    await open_wizard("ja")
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    said = [label.text() for label in dialog.findChildren(QLabel) if label.text()]
    dialog.deleteLater()
    assert said and [each for each in said if each.isascii()] == []


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_an_opened_part_says_what_its_button_hides(open_wizard, tmp_path: Path, language: str) -> None:
    number = keep(tmp_path, [await practised("relay-2004")], "relay-2004")
    wizard = await open_wizard(language)
    await wizard.aftercare.show_answer(number)
    ways = [fold.button for fold in wizard.answer.findChildren(Fold)][:3]
    for button in ways:
        button.setChecked(True)
    said = [button.text() for button in ways]
    assert len(set(said)) == len(said)
    assert not {"閉じる", "Close"} & set(said)


async def test_the_letters_can_be_reached_from_the_top_of_first_aid(open_wizard, tmp_path: Path) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    button = page.findChild(QPushButton, "letters-here")
    assert button.mapTo(page.widget(), QPoint(0, 0)).y() < page.boxes["tell_boss"].mapTo(page.widget(), QPoint()).y()
    button.click()
    assert wizard.guide.page == "letters"


async def test_steps_ticked_on_a_card_stand_in_the_report_until_taken_back(open_wizard, tmp_path: Path) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    aid = wizard.aftercare
    for number in (1, 2):
        page.views["open_relay"].boxes[number].click()
        await until(lambda done=number: len(aid.incident.card_steps) == done)
    page.views["open_relay"].boxes[2].click()
    await until(lambda: len(aid.incident.card_steps) == 1)
    await to_report(wizard)
    data = lay_out(wizard.saver._report, wizard.texts, wizard.saver._incident)
    title = card_title("open_relay", wizard.texts)
    (told,) = [row[1] for row in data["work"]["rows"] if row[0] == "✓"]
    assert told.startswith(wizard.texts.text("notebook.card.step_done", title=title, number="1"))
    say = page.views["open_relay"].made.steps[0].say
    assert wizard.texts.text(f"fix.say.{say}").partition("。")[0].partition(". ")[0][:40] in told, (
        "what was done, not its number alone"
    )
    assert told.rstrip("…") in str(data["incident"]["sections"])
