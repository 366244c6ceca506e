"""F1: the terms of art on this page, each with its meaning; for the keyboard and for screen readers."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QCheckBox, QLabel, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from core.knowledge.glossary import terms, terms_in
from core.texts import Texts
from gui.widgets.dialogs import Question
from gui.widgets.hint import HintLabel
from gui.widgets.text import SpokenButton, label, said

_HIGHEST = 420  # pixels of the list; longer ones scroll


class WordsHere(Question):
    """The terms of a page first; all others behind a button."""

    def __init__(self, parent: QWidget, texts: Texts, here: Iterable[str]) -> None:
        found = list(here)
        lead = texts.text("gui.words.lead" if found else "gui.words.none")
        super().__init__(parent, texts, texts.text("gui.words.title"), [lead])
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setMinimumHeight(_HIGHEST)
        self._area.setAccessibleName(texts.text("gui.words.title"))
        self.column.addWidget(self._area)
        self.every = SpokenButton("gui.words.every")
        self.every.clicked.connect(lambda: self.list_terms(terms()))
        self.finish = SpokenButton("gui.words.done", "main")
        self.finish.clicked.connect(self.accept)
        self.add_buttons(self.every, self.finish)
        self.finish.setDefault(True)
        self.list_terms(found or terms())

    def list_terms(self, shown: Iterable[str]) -> None:
        """Show these terms."""
        self.shown = tuple(shown)
        self.every.setVisible(len(self.shown) < len(terms()))
        holder = QWidget()
        holder.setProperty("role", "page")
        box = QVBoxLayout(holder)
        for term in self.shown:
            meaning = said(self.texts, f"term.{term}.says")
            word = label(self.texts.text(f"term.{term}.word"), "strong")
            box.addWidget(word)
            box.addWidget(label(meaning, selectable=True))
        box.addStretch(1)
        self._area.setWidget(holder)


def terms_on(page: QWidget, texts: Texts) -> tuple[str, ...]:
    """The terms in the visible words of `page`, labels and answers alike, in the order they stand; of commands none."""
    found: dict[str, None] = {}
    for shown in page.findChildren(QWidget):
        if shown.isVisible() and (words := _words_of(shown)):
            found.update(dict.fromkeys(mention.term for mention in terms_in(words, texts.language)))
    return tuple(found)


def _words_of(shown: QWidget) -> str:
    if isinstance(shown, HintLabel):
        return shown.plain
    if isinstance(shown, QLabel):
        return "" if shown.property("role") == "code" else shown.text()
    return shown.text() if isinstance(shown, QRadioButton | QCheckBox) else ""
