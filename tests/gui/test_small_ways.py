"""Small ways of the window: the wheel, the file dialog's words, where the keyboard stands, ticks."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QPushButton, QWidget

from gui.widgets.chooser import Chooser
from tests.gui.test_newcomer import first_aid_of, to_report
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
