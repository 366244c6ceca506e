"""Terms of art are explained on the spot: by mouse where they stand, by F1 for keyboards and screen readers."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.knowledge.glossary import terms
from core.texts import LANGUAGES, Language, Texts
from gui.style import DARK, LIGHT, apply_style
from gui.widgets.hint import Explanation, HintLabel, marked
from gui.widgets.joins import without_joins
from gui.widgets.words_here import WordsHere, terms_on
from tests.patience import until

HOSTILE = '<a href="http://192.0.2.1/">MX</a> <img src="file:///etc/passwd"> & "MX" <b>'


def test_a_servers_words_stay_words() -> None:
    markup = marked(HOSTILE, Texts("en"), "#1a1a1f")
    assert re.findall(r"<[^>]*>", markup) == [
        '<a href="term:mx" style="color: #1a1a1f; text-decoration: underline; text-decoration-color: #838a94;">',
        "</a>",
    ]
    document = QTextDocument()
    document.setHtml(markup)
    assert without_joins(document.toPlainText()) == HOSTILE


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("role", ["body", "small", "lead"])
def test_a_term_has_the_colour_of_its_text(qtbot: QtBot, qapp: QApplication, dark: bool, role: str) -> None:
    apply_style(qapp, dark=not dark, stark=False)
    shown = HintLabel(Texts("en"), "An MX is open", role)
    qtbot.addWidget(shown)
    shown.show()
    apply_style(qapp, dark=dark, stark=False)  # the system turns dark while the window stands
    document = shown.findChildren(QTextDocument)[0]
    colours = {found for found in re.findall(r"color:\s*(#[0-9a-f]{6})", shown.text()) if found != "#838a94"}
    assert "MX" in document.toPlainText()
    assert colours == {(DARK if dark else LIGHT)["ink" if role == "body" else "quiet"]}
    apply_style(qapp, dark=False, stark=False)


def test_a_text_without_terms_stays_plain(qtbot: QtBot) -> None:
    shown = HintLabel(Texts("en"), "<b>Nothing</b> to explain")
    qtbot.addWidget(shown)
    assert shown.textFormat() == Qt.TextFormat.PlainText
    assert shown.text() == "<b>Nothing</b> to explain"


@pytest.mark.qt_log_ignore("This plugin does not support")  # of a window system without a screen
def test_a_tap_opens_the_explanation_and_escape_closes_it(qtbot: QtBot) -> None:
    texts = Texts("ja")
    shown = HintLabel(texts, "MXを見ます。")
    qtbot.addWidget(shown)
    shown.show()
    shown.linkActivated.emit("term:mx")
    (card,) = shown.findChildren(Explanation)
    assert texts.text("term.mx.says") in [part.text() for part in card.findChildren(QLabel)]
    assert card.screen().availableGeometry().contains(card.geometry().topLeft() + QPoint(1, 1))
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_g02_a_foreign_link_opens_nothing(qtbot: QtBot) -> None:
    shown = HintLabel(Texts("ja"), "MX")
    qtbot.addWidget(shown)
    shown.linkActivated.emit("http://192.0.2.1/")
    assert not shown.findChildren(Explanation)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_words_holds_them_all(qtbot: QtBot, language: Language) -> None:
    dialog = WordsHere(None, Texts(language), ["mx"])
    qtbot.addWidget(dialog)
    assert dialog.shown == ("mx",)
    dialog.every.click()
    assert dialog.shown == terms()


@pytest.mark.qt_log_ignore("This plugin does not support")
async def test_the_button_lists_the_words_of_the_page(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard("ja")
    label = HintLabel(wizard.texts, "MXとSPF、またMX。")
    wizard.page.body.addWidget(label)
    label.show()
    assert {"mx", "spf"} <= set(terms_on(wizard.page, wizard.texts))
    wizard.footer.words.click()
    await until(lambda: wizard.findChildren(WordsHere))
    (dialog,) = wizard.findChildren(WordsHere)
    assert {"mx", "spf"} <= set(dialog.shown)
    dialog.finish.click()
