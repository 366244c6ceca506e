"""Hand it on: save the report as a PDF, open its folder, start again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QWidget

from core.clean import clean
from core.texts import LANGUAGES, Language, Texts
from gui.pages.page import Page
from gui.widgets.finding import card
from gui.widgets.text import SpokenButton, SpokenLabel, label


class ReportPage(Page):
    """`save_wanted` carries the language of the report."""

    name = "report"
    save_wanted = Signal(str)
    folder_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.save = SpokenButton("gui.report.save", "main")
        self.folder = SpokenButton("gui.report.open_folder")
        self.languages = {language: QRadioButton() for language in LANGUAGES}
        self._group = QButtonGroup(self)
        self._follows = True  # the report's language follows the window's until somebody chooses
        for language, button in self.languages.items():
            self._group.addButton(button)
            button.setText({"ja": "日本語", "en": "English"}[language])
            button.clicked.connect(self._chosen)
        self._result = label()
        self._result.hide()
        self._done: tuple[str, str] | None = None
        self._fill_card()
        self.save.clicked.connect(lambda: self.save_wanted.emit(self.language()))
        self.folder.clicked.connect(self.folder_wanted)
        self.folder.hide()

    def language(self) -> Language:
        """The language the report is printed in."""
        return next(language for language, button in self.languages.items() if button.isChecked())

    def show_texts(self, texts: Texts) -> None:
        """Follow the window's language until one was chosen; say the outcome again."""
        if self._follows:
            self.languages[texts.language].setChecked(True)
        for button in self.languages.values():
            button.setAccessibleDescription(texts.text("gui.report.language"))
        if self._done:
            self._result.setText(texts.text(self._done[0], what=clean(self._done[1])))

    def show_saving(self) -> None:
        """The file is being written."""
        self.save.setEnabled(False)
        self._show("gui.report.saving", "")

    def show_saved(self, path: Path) -> None:
        """The file is there."""
        self.save.setEnabled(True)
        self.folder.show()
        self._show("gui.report.saved", str(path))

    def show_failed(self, reason: str) -> None:
        """The file could not be written; nothing else is lost."""
        self.save.setEnabled(True)
        self._show("gui.report.failed", reason)

    def forget(self) -> None:
        """Another report: nothing of it is saved yet."""
        self._done = None
        self._result.hide()
        self.folder.hide()

    def first_focus(self) -> QWidget | None:
        """The save button."""
        return self.save

    def _fill_card(self) -> None:
        frame, box = card()
        box.addWidget(SpokenLabel("gui.report.contents"))
        box.addWidget(SpokenLabel("gui.report.language", "strong"))
        line = QHBoxLayout()
        for button in self.languages.values():
            line.addWidget(button)
        line.addStretch(1)
        box.addLayout(line)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save)
        buttons.addWidget(self.folder)
        buttons.addStretch(1)
        box.addLayout(buttons)
        box.addWidget(self._result)
        self.body.addWidget(frame)
        frame, box = card()
        box.addWidget(SpokenLabel("gui.report.care", "strong"))
        box.addWidget(SpokenLabel("gui.report.care_more", "small"))
        self.body.addWidget(frame)

    def _chosen(self) -> None:
        self._follows = False

    def _show(self, key: str, what: str) -> None:
        self._done = (key, what)
        self._result.setText(self.texts.text(key, what=clean(what)))
        self._result.show()
