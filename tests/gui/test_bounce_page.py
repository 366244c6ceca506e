"""A refusal at hand: pasted, typed or dropped, explained at once, and taken along into the run."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.widgets.finding import Letter
from gui.wizard import Wizard
from tests.patience import until

BLOCKED = (
    "550 5.7.1 Unfortunately, messages from [203.0.113.25] weren't sent. Please contact your Internet service provider "
    "since part of their network is on our block list (S3150)."
)


def shown(wizard: Wizard) -> str:
    labels = wizard.bounce.findChildren(QLabel)
    return "\n".join(each.text() for each in labels if each.isVisible())


async def pasted(wizard: Wizard, qtbot: QtBot, text: str) -> None:
    qtbot.mouseClick(wizard.start.paste, Qt.MouseButton.LeftButton)
    assert wizard.guide.page == "bounce"
    wizard.bounce.field.set_text(text)
    await until(lambda: wizard.bounce.facts is not None)


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_pasted_refusal_is_explained_with_the_way_out(open_wizard, qtbot: QtBot, language: str) -> None:
    wizard = await open_wizard(language)
    await pasted(wizard, qtbot, BLOCKED)
    await until(lambda: wizard.texts.text("bounce.ip_blocked.title") in shown(wizard))
    assert "S3150" in shown(wizard)
    assert "https://go.microsoft.com/fwlink/?LinkID=614866" in shown(wizard)
    (letter,) = wizard.bounce.findChildren(Letter)
    qtbot.mouseClick(letter.button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == letter.letter
    assert "203.0.113.25" in letter.letter


async def test_it_goes_with_the_run_and_stays_when_walking_back(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    await pasted(wizard, qtbot, BLOCKED)
    wizard.go_on()
    assert wizard.guide.page == "questions"
    target = wizard.guide.answers.to_target()
    assert target.bounce is not None
    assert (target.symptom, target.bounce.text) == ("not_delivered", BLOCKED)
    wizard.go_back()
    assert wizard.bounce.field.text() == BLOCKED
    wizard.go_back()
    assert wizard.guide.page == "start"
    assert "bounce" not in wizard.guide.answers.remembered()


async def test_what_is_no_refusal_is_said_to_be_none(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    await pasted(wizard, qtbot, "お世話になっております。明日の会議は10時からです。よろしくお願いいたします。")
    await until(lambda: wizard.texts.text("bounce.ordinary.title", subject="") in shown(wizard))
    wizard.bounce.field.set_text("")
    await until(lambda: wizard.bounce.facts is None)
    assert not wizard.bounce.heading.isVisible()


async def test_the_language_changes_the_explanation_too(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    await pasted(wizard, qtbot, BLOCKED)
    wizard.change_language("en")
    await until(lambda: wizard.texts.text("bounce.ip_blocked.title") in shown(wizard))
    assert "拒否リスト" not in shown(wizard)


async def test_a_file_dropped_on_the_first_page_is_read(open_wizard, tmp_path: Path) -> None:
    wizard = await open_wizard()
    mail = tmp_path / "returned.eml"
    mail.write_bytes(b"550 5.1.1 <taro@example.jp>: User unknown\r\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(mail))])
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    wizard.start.refusal.dropEvent(QDropEvent(QPoint(5, 5), action, data, button, none))
    await until(lambda: wizard.bounce.facts is not None)
    assert wizard.bounce.facts is not None
    assert wizard.bounce.facts.recipients[0].reason == "user_unknown"
    wizard.go_on()
    kept = wizard.guide.answers.to_target().bounce
    assert kept is not None
    assert kept.name == "returned.eml"


async def test_a_folder_is_refused_and_the_text_stays(open_wizard, qtbot: QtBot, tmp_path: Path) -> None:
    wizard = await open_wizard()
    await pasted(wizard, qtbot, BLOCKED)
    wizard.open_bounce_file(str(tmp_path))
    await until(lambda: "▲" in shown(wizard))
    assert wizard.bounce.field.text() == BLOCKED


@pytest.mark.parametrize("height", [340, 760])
async def test_the_answer_to_what_was_pasted_is_seen_also_in_a_small_window(
    open_wizard, qtbot: QtBot, height: int
) -> None:
    wizard = await open_wizard("en")
    wizard.resize(683, height)
    await pasted(wizard, qtbot, BLOCKED)
    page = wizard.bounce

    def seen() -> bool:
        place = page.heading.mapTo(page.viewport(), page.heading.rect().topLeft())
        return page.heading.isVisible() and 0 <= place.y() < page.viewport().height() - page.heading.height()

    await until(seen)
