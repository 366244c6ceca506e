"""Small ways of the window: the wheel, the file dialog's words, where the keyboard stands, ticks."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QPushButton, QWidget

from core.knowledge.glossary import terms_in
from core.report.fix_card import card_title
from gui.widgets.chooser import Chooser
from gui.widgets.hint import HintLabel
from gui.widgets.steady import TickWords
from tests.gui.test_newcomer import first_aid_of, to_report, words
from tests.patience import until

GUI = Path(__file__).parents[2] / "gui"
SAVE = QFileDialog.AcceptMode.AcceptSave


def turn_wheel_over(widget: QWidget) -> None:
    spot = widget.mapTo(widget.window(), widget.rect().center())
    for up in (120, -120, -120):
        QTest.wheelEvent(widget.window().windowHandle(), QPointF(spot), QPoint(0, up))
        QApplication.processEvents()


async def test_the_wheel_over_a_choice_scrolls_the_page_and_changes_nothing(open_wizard, tmp_path: Path) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    wizard.resize(900, 500)
    wizard.show_aid("letters")
    letters = wizard.aftercare.letters
    for shown, boxes in ((letters, ("kinds", "languages")), (page, ("kinds",))):
        wizard.show_aid(shown.name)
        for name in boxes:
            box = getattr(shown, name)
            bar = shown.verticalScrollBar()
            await until(lambda bar=bar: bar.maximum() > 0)
            await asyncio.sleep(0)  # what the page still had to do about its place
            shown.ensureWidgetVisible(box)
            box.setFocus()
            before, place = box.currentIndex(), bar.value()
            turn_wheel_over(box)
            assert box.currentIndex() == before
            assert bar.value() != place


def test_every_choice_and_number_of_the_window_leaves_the_wheel_alone() -> None:
    made = re.compile(r"\bQ(?:ComboBox|SpinBox|DoubleSpinBox|DateEdit|TimeEdit|DateTimeEdit|Slider|Dial)\(")
    found = [path.name for path in GUI.rglob("*.py") if made.search(path.read_text(encoding="utf-8"))]
    assert found == []
    assert issubclass(Chooser, QComboBox)


async def test_what_was_shown_openly_is_hidden_again_for_the_next_incident(open_wizard, tmp_path: Path) -> None:
    wizard, _ = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    await to_report(wizard)
    choices = wizard.report_page.choices
    choices.masked.setCurrentIndex(choices.masked.findData("nothing"))
    choices.masked.activated.emit(choices.masked.currentIndex())
    assert choices.options().masked == "nothing"
    assert "masked" not in choices.kept
    wizard._take_report(wizard.report)
    assert choices.options().masked == "appendix"
    choices.remember({"masked": "nothing"})  # of a version that kept it
    assert choices.options().masked == "appendix"


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_qts_own_save_dialog_has_all_its_words(open_wizard, language: str) -> None:
    await open_wizard(language)
    dialog = QFileDialog(None, "", "/report.pdf")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(SAVE)
    said = [part.text() for kind in (QLabel, QPushButton) for part in dialog.findChildren(kind)]
    dialog.deleteLater()
    assert "" not in said
    if language == "ja":
        assert {"保存(&S)", "キャンセル", "ファイル名(&N):"} <= set(said)


async def test_the_practice_stories_follow_their_card_for_the_keyboard(open_wizard) -> None:
    wizard = await open_wizard()
    start = wizard.start
    start.choices.cards["practice"].click()
    part, met = start.choices.cards["practice"], []
    for _ in range(len(start.incidents.buttons) + 2):
        part = part.nextInFocusChain()
        met.append(part)
    radios = list(start.incidents.buttons.values())
    assert [part for part in met if part in radios] == radios
    assert not set(start.tools.buttons.values()) & set(met[: met.index(radios[-1])])


@pytest.mark.parametrize("name", ["desk", "letters", "notebook", "settings", "about"])
async def test_a_page_opened_beside_the_way_begins_with_its_heading(open_wizard, tmp_path: Path, name: str) -> None:
    wizard, _ = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    wizard.show_aid(name)
    focus = wizard.focusWidget()
    assert wizard.page.isAncestorOf(focus)


async def test_after_a_look_the_keyboard_stands_on_the_page(open_wizard, tmp_path: Path) -> None:
    wizard, _ = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    wizard.show_aid("again")
    aid = wizard.aftercare
    aid.again.start.setFocus()
    aid.again.start.click()
    await until(lambda: len(aid.incident.runs) == 2 and aid.run_task is None, 90)
    assert wizard.focusWidget() is aid.again.start


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_done_as_written_has_a_key(open_wizard, tmp_path: Path, language: str) -> None:
    _, page = await first_aid_of(open_wizard, tmp_path, "relay-2004", language)
    assert not page.views["open_relay"].outcomes["done"].shortcut().isEmpty()


async def test_a_press_on_the_words_ticks_and_nothing_moves(open_wizard, tmp_path: Path, qtbot) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    aid = wizard.aftercare

    def places() -> list[int]:
        QApplication.processEvents()
        every = [*page.boxes.values(), *page.views["open_relay"].boxes.values()]
        return [box.mapTo(page.widget(), QPoint(0, 0)).y() for box in every]

    await until(lambda: page.verticalScrollBar().maximum() > 0)
    before = places()
    for step in list(page.boxes)[:2]:
        beside = page.boxes[step].parentWidget().findChild(TickWords)
        qtbot.mouseClick(beside, Qt.MouseButton.LeftButton, pos=QPoint(3, beside.height() - 3))
        await until(lambda step=step: step in aid.incident.ticks)
        assert places() == before
    beside = page.views["open_relay"].boxes[1].parentWidget().findChild(TickWords)
    qtbot.mouseClick(beside, Qt.MouseButton.LeftButton, pos=QPoint(3, beside.height() - 3))
    await until(lambda: len(aid.incident.card_steps) == 1)
    assert page.views["open_relay"].boxes[1].isChecked()
    assert places() == before


async def test_done_with_some_steps_ticked_is_asked_about_once(open_wizard, tmp_path: Path) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "relay-2004")
    page.views["open_relay"].boxes[1].click()
    await until(lambda: len(wizard.aftercare.incident.card_steps) == 1)
    view = page.views["open_relay"]
    view.outcomes["done"].click()
    assert wizard.guide.page == "first_aid"
    left = [str(number) for number in view._left()]
    assert left and "1" not in left
    assert wizard.texts.text("gui.fix.some_ticked", left=left) in words(page)
    view.outcomes["done"].click()
    await until(lambda: wizard.guide.page == "again")


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_card_without_commands_speaks_of_none(open_wizard, tmp_path: Path, language: str) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "spf-missing", language)
    said = words(page)
    assert "fatal" not in said
    assert "No such file" not in said
    assert wizard.texts.text("fix.stop.by_hand") in said
    assert wizard.texts.text("fix.tried") not in said
    assert {"ja": "登録（TXTの行）があれば", "en": "If there is a record already"}[language] in said


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_terms_in_titles_are_explained_where_they_stand(open_wizard, tmp_path: Path, language: str) -> None:
    wizard, page = await first_aid_of(open_wizard, tmp_path, "spf-missing", language)
    title = card_title("sender_auth_failing", wizard.texts)
    heading = next(part for part in page.findChildren(HintLabel) if part.plain == title)
    assert {"spf", "dkim", "dmarc"} <= set(heading.terms)
    assert isinstance(wizard.answer.title, HintLabel)
    assert {"spf", "dkim", "dmarc"} <= set(wizard.answer.title.terms)


def test_what_a_newcomer_stumbled_over_is_in_the_glossary() -> None:
    def found(text: str, language: str) -> set[str]:
        return {mention.term for mention in terms_in(text, language)}

    assert "open_relay" in found("迷惑メールの踏み台にされます", "ja")
    assert found("登録の照会（WHOIS、43番）ができません", "ja") == {"whois", "port_43"}
    assert found("(WHOIS, port 43)", "en") == {"whois", "port_43"}
    assert found("暗号つきのWeb（443番）", "ja") == set()
