"""The pages before the run: walked with the mouse and with the keyboard, back and forth, in both languages."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.clients import Doors
from core.clients.remote_script import SECTIONS
from core.guide import SIDES, Answers
from core.model import MailHost
from core.texts import Texts
from gui.pages.inside import InsidePage
from gui.widgets.commands import CommandList
from gui.widgets.text import say_all
from gui.wizard import Wizard
from tests.patience import HANG, until


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def walk_to_consent(wizard: Wizard, qtbot: QtBot) -> None:
    press(qtbot, wizard.start.choices.cards["not_delivered"])
    press(qtbot, wizard.footer.on)
    wizard.questions.questions["affected"].buttons["everyone"].click()
    wizard.questions.since.set_text("金曜")
    press(qtbot, wizard.footer.on)
    qtbot.keyClicks(wizard.server.mail_host.edit, "mail.example.co.jp")
    press(qtbot, wizard.footer.on)
    press(qtbot, wizard.inside.choices.cards["ssh"])
    qtbot.keyClicks(wizard.inside.ssh.edit, "admin@mail.example.co.jp")
    press(qtbot, wizard.footer.on)
    assert wizard.guide.page == "consent"


async def test_back_and_forward_keep_what_was_entered(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    walk_to_consent(wizard, qtbot)
    while wizard.guide.page != "start":
        press(qtbot, wizard.footer.back)
    while wizard.guide.page != "consent":
        press(qtbot, wizard.footer.on)
    answers = wizard.guide.answers
    assert (answers.symptom, answers.affected, answers.since) == ("not_delivered", "everyone", "金曜")
    assert (answers.mail_host, answers.how_inside, answers.ssh) == (
        "mail.example.co.jp",
        "ssh",
        "admin@mail.example.co.jp",
    )
    assert wizard.inside.ssh.text() == "admin@mail.example.co.jp"


async def test_the_language_changes_at_once_and_keeps_entries(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    walk_to_consent(wizard, qtbot)
    wizard.change_language("en")
    assert wizard.footer.on.text() == wizard.texts.text("gui.footer.run")
    assert wizard.sidebar.promise.text().startswith("It only looks")
    assert "mail.example.co.jp" in wizard.consent._target.text()
    wizard.go_back()
    assert wizard.inside.ssh.text() == "admin@mail.example.co.jp"
    assert wizard.settings.language == "en"


async def test_the_promise_stands_on_every_page(open_wizard) -> None:
    wizard = await open_wizard()
    for page in wizard.pages.values():
        wizard.stack.setCurrentWidget(page)
        shown = wizard.place.promise if wizard.sidebar.isHidden() else wizard.sidebar.promise
        assert shown.isVisible()
        assert "メールは送りません" in shown.text()


async def test_a_narrow_window_spends_one_line_on_where_one_is(open_wizard) -> None:
    wizard = await open_wizard("en")
    wizard.resize(683, 350)
    await until(wizard.place.isVisible)
    assert wizard.place.words.text().startswith("1 / 8")
    assert wizard.place.height() < 3 * wizard.place.fontMetrics().height()
    assert not wizard.place.promise.isVisible()
    assert "changes nothing" in wizard.place.toolTip()
    wizard.place.resize(2000, wizard.place.height())
    assert wizard.place.promise.isVisible()


async def test_a_tool_beside_the_way_is_no_step_of_it(open_wizard) -> None:
    wizard = await open_wizard("en")
    for tool in SIDES:
        wizard.open_side(tool)
        assert all(line.property("state") != "now" for line in wizard.sidebar.lines.values())
        assert "/" not in wizard.place.words.text()
        assert wizard.texts.text(f"gui.{tool}.title") in wizard.windowTitle()
        wizard.go_back()
    assert wizard.sidebar.lines["start"].property("state") == "now"


async def test_nothing_chosen_is_said_and_keeps_the_page(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    press(qtbot, wizard.footer.on)
    assert wizard.guide.page == "start"
    assert wizard.texts.text("problem.guide.no_symptom.title") in wizard.start._wrong.text()
    assert wizard.start._wrong.isVisible()


async def test_a_wrong_server_name_is_said_under_its_field(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard(symptom="slow")
    wizard.go_on()
    wizard.go_on()
    wizard.server.mail_host.set_text("no such host")
    wizard.go_on()
    assert wizard.guide.page == "server"
    assert wizard.server.mail_host._wrong.isVisible()
    assert not wizard.server.domain._wrong.isVisible()


async def test_a_failed_look_up_leaves_the_way_on_free(open_wizard, qtbot: QtBot, silent_dns: str) -> None:
    wizard = await open_wizard(doors=Doors(resolver=silent_dns), symptom="slow")
    wizard.go_on()
    wizard.go_on()
    wizard.server.domain.set_text("info@example.co.jp")
    wizard.go_on()
    assert wizard.guide.page == "server"
    assert wizard.texts.text("gui.server.looking") in wizard.server.result.text()
    await asyncio.wait_for(asyncio.gather(*wizard.tasks._tasks), HANG)
    assert wizard.texts.text("gui.server.lookup_failed") in wizard.server.result.text()
    wizard.go_on()
    assert wizard.guide.page == "inside"


@pytest.mark.parametrize("name", ["no such name", "日本" * 30 + ".jp"])
async def test_a_name_that_cannot_be_one_gets_one_complaint_and_keeps_the_page(
    open_wizard, silent_dns: str, name: str
) -> None:
    """The second has the form of a name, but is longer than the DNS can carry once it is encoded."""
    wizard = await open_wizard(doors=Doors(resolver=silent_dns), symptom="slow")
    wizard.go_on()
    wizard.go_on()
    wizard.server.domain.set_text(name)
    for _ in range(2):
        wizard.go_on()
        await asyncio.wait_for(asyncio.gather(*wizard.tasks._tasks), HANG)
        assert wizard.guide.page == "server"
        told = [one.text() for one in wizard.server.findChildren(QLabel) if one.isVisible() and one.text()[:1] in "▲？"]
        assert told == [f"▲ {wizard.texts.text('problem.guide.bad_domain.title')}"]
        assert not wizard.server.result.isVisible() and not wizard.server.busy


async def test_the_last_answers_are_remembered_but_not_the_paste(open_wizard, qtbot: QtBot) -> None:
    first = await open_wizard()
    walk_to_consent(first, qtbot)
    first.go_back()
    first.inside.choices.cards["paste"].click()
    first.inside.queue.set_text("-Queue ID- secret@example.jp")
    first.close()
    await asyncio.wait_for(first.closed.wait(), HANG)
    assert "secret" not in first.keeping.settings_file.read_text(encoding="utf-8")
    again = await open_wizard()
    assert again.guide.answers.ssh == "admin@mail.example.co.jp"
    assert again.start.choices.value() == "not_delivered"


async def test_the_keyboard_alone_is_enough(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    wizard.activateWindow()
    cards = wizard.start.choices.cards
    cards["not_delivered"].setFocus()
    await until(cards["not_delivered"].hasFocus)
    qtbot.keyClick(cards["not_delivered"], Qt.Key.Key_Right)
    assert cards["not_received"].hasFocus()
    qtbot.keyClick(cards["not_received"], Qt.Key.Key_Space)
    assert cards["not_received"].isChecked()
    qtbot.keyClick(cards["not_received"], Qt.Key.Key_Left)
    assert cards["not_delivered"].isChecked()
    reached = set()
    widget = cards["not_received"]
    for _ in range(2000):
        widget = widget.nextInFocusChain()
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.add(widget)
    assert wizard.footer.on in reached
    assert wizard.footer.languages in reached
    qtbot.keyClick(wizard.footer.on, Qt.Key.Key_Space)
    assert wizard.guide.page == "questions"


async def test_enter_chooses_and_goes_on_as_space_does(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    qtbot.keyClick(wizard.start.choices.cards["slow"], Qt.Key.Key_Return)
    assert wizard.start.choices.value() == "slow"
    qtbot.keyClick(wizard.footer.on, Qt.Key.Key_Enter)
    assert wizard.guide.page == "questions"
    qtbot.keyClick(wizard.footer.back, Qt.Key.Key_Return)
    assert wizard.guide.page == "start"


async def test_a_complaint_goes_when_it_is_answered(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    walk_to_consent(wizard, qtbot)
    press(qtbot, wizard.footer.on)
    assert wizard.consent._wrong.isVisible()
    press(qtbot, wizard.consent.choices.cards["no"])
    assert not wizard.consent._wrong.isVisible()
    press(qtbot, wizard.footer.back)
    wizard.inside.choices.choose(None)
    press(qtbot, wizard.footer.on)
    assert wizard.inside._wrong.isVisible()
    press(qtbot, wizard.inside.choices.cards["neither"])
    assert not wizard.inside._wrong.isVisible()


async def test_everything_the_keyboard_reaches_has_a_name(open_wizard) -> None:
    wizard = await open_wizard()
    for widget in wizard.findChildren(QPushButton):
        assert widget.text() or widget.accessibleName(), widget


def test_the_list_of_remote_commands_can_be_read_before_anything_runs(qtbot: QtBot) -> None:
    shown = CommandList()
    qtbot.addWidget(shown)
    say_all(shown, Texts("ja"))
    assert shown.list.isHidden()
    qtbot.mouseClick(shown.button, Qt.MouseButton.LeftButton)
    words = [each.text() for each in shown.list.findChildren(QLabel)]
    assert not shown.list.isHidden()
    assert {command.command for command in SECTIONS} <= set(words)
    assert all(words)


def test_sudo_is_used_only_when_the_person_says_so(qtbot: QtBot) -> None:
    page = InsidePage()
    qtbot.addWidget(page)
    answers = Answers(how_inside="ssh", ssh="admin@mail.example.co.jp")
    page.show_answers(answers)
    page.read_answers(answers)
    assert answers.to_target().sudo == "no"
    page.sudo.buttons["password"].click()
    page.read_answers(answers)
    assert answers.to_target().sudo == "password"
    page.show_answers(answers)
    assert page.sudo.value() == "password"


async def test_mail_kept_by_a_company_leads_straight_to_the_checks(open_wizard) -> None:
    wizard = await open_wizard("ja")
    wizard.guide.answers.symptom, wizard.guide.page = "not_delivered", "server"
    wizard._show_page()
    wizard.server.domain.set_text("example.co.jp")
    wizard.server.looked_up = "example.co.jp"
    wizard.server.show_lookup("example.co.jp", [MailHost("aspmx.l.google.com", preference=1)])
    assert "Google" in wizard.server.result.text()
    wizard.server.read_answers(wizard.guide.answers)
    assert wizard.guide.next_page() == "running"
