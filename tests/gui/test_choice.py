"""A card is one button: a press on its words is a press on the card, and the pointer says so."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.choice import Choice
from gui.widgets.text import SpokenButton


def _enter(part: QWidget) -> None:
    spot = QPointF(2, 2)
    QApplication.sendEvent(part, QEnterEvent(spot, spot, spot))


async def test_a_press_on_the_words_chooses_the_card(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    for name, card in wizard.start.choices.cards.items():
        words = [each for each in card.findChildren(QLabel) if each.isVisible()]
        assert words
        for each in words:
            wizard.start.choices.choose(None)
            qtbot.mouseClick(each, Qt.MouseButton.LeftButton)
            assert wizard.start.choices.value() == name


def test_the_pointer_becomes_a_hand(qtbot: QtBot) -> None:
    for button in (Choice("gui.start.practice"), SpokenButton("gui.footer.on")):
        qtbot.addWidget(button)
        _enter(button)
        assert button.cursor().shape() == Qt.CursorShape.PointingHandCursor
        QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
