"""The story of 2004 in the window, from the first click to the letter that asks a list for removal, by mouse and
keyboard; then what was done stands in the notebook."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from gui.wizard import Wizard
from tests.patience import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
RUN_LIMIT = 90


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)


class Album:
    """Pictures of the way, where MFA_SCREENSHOTS names a folder for them: one folder a language."""

    def __init__(self, wizard: Wizard, language: str) -> None:
        self._wizard, self._number = wizard, 0
        folder = os.environ.get("MFA_SCREENSHOTS")
        self._folder = Path(folder) / language if folder else None

    async def take(self, name: str) -> None:
        """The page as it is once its parts have their heights: nothing on it may stay squeezed."""
        self._number += 1
        await until(self._has_room)
        picture = self._wizard.grab()
        assert not picture.isNull()
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            picture.save(str(self._folder / f"{self._number:02}-{name}.png"))

    def _has_room(self) -> bool:
        inside = self._wizard.stack.currentWidget().widget()
        parts = [part for part in inside.findChildren(QFrame) if part.isVisible() and part.layout()]
        return all(part.height() >= part.layout().minimumHeightForWidth(part.width()) for part in parts)


@pytest.mark.parametrize("language", ["ja", pytest.param("en", marks=pytest.mark.slow)])
async def test_from_the_first_click_to_the_delisting_letter(open_wizard, qtbot: QtBot, language: str) -> None:
    wizard = await open_wizard(language)
    album, aid = Album(wizard, language), wizard.aftercare

    # "Mail does not arrive": the practice story, and its answer.
    qtbot.mouseClick(wizard.start.choices.cards["practice"], Qt.MouseButton.LeftButton)
    assert wizard.start.incidents.isVisible()
    assert wizard.start.story == "relay-2004"
    await album.take("start")
    press(qtbot, wizard.footer.on)
    await asyncio.wait_for(wizard.run_task, RUN_LIMIT)
    assert wizard.report.causes[0].code == "open_relay"
    steps = wizard.answer.next_steps
    assert list(steps.buttons) == ["first_aid", "again", "desk"]
    assert steps.main() is steps.buttons["first_aid"]
    await album.take("answer")

    # The desk is shut: asking now would get the address listed again.
    press(qtbot, steps.buttons["desk"])
    await until(lambda: wizard.guide.page == "desk" and aid.desk.views)
    assert not any("request" in view.buttons for view in aid.desk.views)
    await album.take("desk-shut")
    press(qtbot, wizard.footer.back)
    assert wizard.guide.page == "first_aid"

    # Checking again before the repair says so.
    wizard.show_aid("again")
    press(qtbot, aid.again.start)
    await until(lambda: len(aid.incident.runs) == 2 and not aid.again.running, RUN_LIMIT)
    assert wizard.texts.text("again.verdict.still_wrong") in words(aid.again)

    # First aid: the card's steps, without initials and with them, what was done.
    wizard.show_aid("first_aid")
    qtbot.keyClicks(aid.first_aid._holder.findChild(QLineEdit, "initials"), "NK")
    aid.first_aid.views["open_relay"].copies[0].click()
    assert QGuiApplication.clipboard().text().startswith("ls ")
    aid.first_aid.views["open_relay"].boxes[1].click()
    await until(lambda: aid.incident.entries and 1 in aid.first_aid.views["open_relay"]._ticks)
    aid.first_aid.boxes["hold_outgoing"].click()
    await until(lambda: "hold_outgoing" in aid.incident.ticks)
    await album.take("first-aid")
    press(qtbot, aid.first_aid.views["open_relay"].outcomes["done"])
    press(qtbot, aid.first_aid.views["open_relay"].outcomes["done"])  # steps are left: it asks once
    await until(lambda: wizard.guide.page == "again" and "repair_cause" in aid.incident.ticks)

    # Check again: now it is shut, and the lists still name us.
    press(qtbot, aid.again.start)
    await until(lambda: len(aid.incident.runs) == 3 and not aid.again.running, RUN_LIMIT)
    assert wizard.texts.text("again.verdict.repaired_but_listed") in words(aid.again)
    await album.take("again")
    watch = aid.again._holder.findChild(QPushButton, "gui.again.watch")
    press(qtbot, watch)
    await until(lambda: len([one for one in aid.incident.reminders if one.what == "again"]) == 3)

    # The desk is open; the letter has the facts in it and says that this is practice.
    press(qtbot, aid.again._holder.findChild(QPushButton, "gui.again.to_desk"))
    asked = aid.desk.views[0]
    press(qtbot, asked.buttons["request"])
    body = aid.letters.body_text.toPlainText()
    assert wizard.guide.page == "letters"
    assert "203.0.113.25" in body
    assert "Relaying denied" in body or "550" in body
    assert body.startswith("[PRACTICE")
    await album.take("letter")
    aid.letters.handing.buttons["copy"].click()
    assert QGuiApplication.clipboard().text().endswith(body)
    await until(lambda: any(entry.kind == "letter" for entry in aid.incident.entries))
    press(qtbot, aid.letters.sent)  # the name is not filled in: it asks once
    assert not aid.letters._unfilled.isHidden() and wizard.guide.page == "letters"
    press(qtbot, aid.letters.sent)
    await until(lambda: wizard.guide.page == "desk" and aid.desk.views[0].line.state == "asked")
    await album.take("desk-asked")

    # And the days after: the list has let go.
    wizard.show_aid("again")
    press(qtbot, aid.again.start)
    await until(lambda: len(aid.incident.runs) == 4 and not aid.again.running, RUN_LIMIT)
    wizard.show_aid("desk")
    assert {view.line.state for view in aid.desk.views} == {"removed"}

    # All of it stands in the notebook, marked as practice.
    wizard.open_side("notebook")
    await until(lambda: aid.notebook.summaries)
    assert [one.practice for one in aid.notebook.summaries] == ["relay-2004"]
    assert aid.notebook.summaries[0].runs == 4
    await aid.open(aid.notebook.summaries[0].id)
    await album.take("notebook")
    wizard.to_start()
    assert wizard.start.earlier_buttons == []  # practice is no incident of the company


def words(page) -> str:
    """All that the page says."""
    from PySide6.QtWidgets import QLabel

    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())
