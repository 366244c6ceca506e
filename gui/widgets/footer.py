"""The buttons below every page: back, language, one main action."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton

from core.guide import AID, SIDES, Guide
from core.texts import LANGUAGES, Texts
from gui.widgets.flow import FlowLayout
from gui.widgets.text import SpokenButton, SpokenLabel, restyle

LANGUAGE_NAMES = {"ja": "日本語", "en": "English"}


class Footer(QFrame):
    """`language_chosen` carries a language's code."""

    language_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("footer")
        self.has_aid = False  # the answer's own steps lead to checking again
        self.back = SpokenButton("gui.footer.back")
        self.on = SpokenButton("gui.footer.on", "main")
        self.again = SpokenButton("gui.footer.again")
        self.note = SpokenLabel("gui.footer.moves_on", "small", wrap=False)
        self.words = SpokenButton("gui.words.button", "link")
        self.languages = QPushButton()
        self.languages.setProperty("role", "link")
        self.languages.setMenu(self._menu())
        others = FlowLayout(14)
        for part in (self.back, self.again, self.languages, self.words):
            others.addWidget(part)
        self._box = QHBoxLayout(self)
        self._box.setSpacing(14)
        self._box.addLayout(others, 1)
        self._box.addWidget(self.note)
        self._box.addWidget(self.on)
        self.show_narrow(False)

    def show_narrow(self, narrow: bool) -> None:
        """Spend less on margins where there is little room."""
        self._box.setContentsMargins(*((20, 5, 20, 5) if narrow else (44, 14, 44, 14)))

    def say(self, texts: Texts) -> None:
        """Show this language's words, and which language it is."""
        for part in (self.back, self.on, self.again, self.note, self.words):
            part.say(texts)
        self.languages.setText(f"{LANGUAGE_NAMES[texts.language]} ▾")
        self.languages.setAccessibleName(f"{texts.text('gui.footer.language')} {LANGUAGE_NAMES[texts.language]}")

    def show_for(self, guide: Guide, texts: Texts) -> None:
        """The buttons this page needs, under the names they have there."""
        page = guide.page
        self.on.key = {
            "consent": "gui.footer.run",
            "answer": "gui.footer.report",
            **dict.fromkeys(AID, "gui.footer.report"),
            "report": "gui.footer.new",
        }.get(page, "gui.footer.on")
        self.back.key = "gui.footer.stop" if page == "running" else "gui.footer.back"
        self.back.setVisible(guide.previous_page() is not None)
        restyle(self.on, role="plain" if page in ("answer", "report", *AID) else "main")  # there the page has its own
        self.on.setVisible(page != "running" and page not in SIDES)
        self.note.setVisible(page == "running")
        self.again.setVisible(page == "answer" and not guide.earlier and not self.has_aid)
        self.say(texts)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for language in LANGUAGES:
            action = menu.addAction(LANGUAGE_NAMES[language])
            action.triggered.connect(lambda _=False, language=language: self.language_chosen.emit(language))
        return menu
