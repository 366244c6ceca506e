"""Hand it on: look at the pages, choose what they show, save, print, put into a mail draft."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.clean import clean
from core.texts import Language, Texts
from gui.pages.page import Page
from gui.pages.report_choices import ReportChoices
from gui.widgets.aloud import tell
from gui.widgets.finding import card
from gui.widgets.keyboard import Resting
from gui.widgets.page_preview import PagePreview
from gui.widgets.text import SpokenButton, SpokenLabel, label


class ReportPage(Page):
    """`save_wanted` carries the language of the report; `pages_wanted`: the pages are to be shown (anew)."""

    name = "report"
    save_wanted = Signal(str)
    folder_wanted = Signal()
    print_wanted = Signal()
    draft_wanted = Signal()
    pages_wanted = Signal()
    aid_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._resting: Resting | None = None  # while the file is written
        self.save = SpokenButton("gui.report.save", "main")
        self.folder = SpokenButton("gui.report.open_folder")
        self.printing = SpokenButton("gui.report.print")
        self.draft = SpokenButton("gui.report.draft")
        self.aid = SpokenButton("gui.report.to_aid")
        self.aid.clicked.connect(self.aid_wanted)
        self.aid.hide()
        self.choices, self.preview = ReportChoices(), PagePreview()
        self.languages = self.choices.languages
        self._result = label()
        self._result.hide()
        self._done: tuple[str, str] | None = None
        self._fill_cards()
        self.choices.changed.connect(self.pages_wanted)
        self.save.clicked.connect(lambda: self.save_wanted.emit(self.language()))
        self.folder.clicked.connect(self.folder_wanted)
        self.printing.clicked.connect(self.print_wanted)
        self.draft.clicked.connect(self.draft_wanted)
        self.folder.hide()

    def language(self) -> Language:
        """The language the report is printed in."""
        return self.choices.language()

    def show_texts(self, texts: Texts) -> None:
        """Say the outcome again; the report follows the window's language until one was chosen."""
        if self._done:
            self._result.setText(texts.text(self._done[0], what=clean(self._done[1])))
        if self.isVisible():
            self.pages_wanted.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """The pages are made when somebody looks at them."""
        super().showEvent(event)
        self.pages_wanted.emit()

    def offer_aid(self, offered: bool) -> None:
        """Whether there are steps to go to from here: a report alone repairs nothing."""
        self.aid.setVisible(offered)

    def show_saving(self) -> None:
        """The file is being written."""
        self._resting = Resting(self.save)
        self._show("gui.report.saving", "")

    def show_saved(self, path: Path) -> None:
        """The file is there."""
        self._rest_over()
        self.folder.show()
        self._show("gui.report.saved", str(path))

    def show_opened(self, key: str, path: Path, opened: bool) -> None:
        """A file was handed to another program (`key`: "print" or "draft"), or lies where the person can open it."""
        self._show(f"gui.report.{key}_{'opened' if opened else 'not_opened'}", str(path))

    def show_failed(self, reason: str) -> None:
        """The file could not be written; nothing else is lost."""
        self._rest_over()
        self._show("gui.report.failed", reason)

    def _rest_over(self) -> None:
        if self._resting is not None:
            self._resting.over()
            self._resting = None

    def forget(self) -> None:
        """Another report: nothing of it is saved yet."""
        self._done = None
        self._result.hide()
        self.folder.hide()
        self.choices.mask_anew()
        self.preview.show_pages(())

    def first_focus(self) -> QWidget | None:
        """The save button."""
        return self.save

    def _fill_cards(self) -> None:
        frame, box = card()
        box.addWidget(SpokenLabel("gui.report.contents"))
        buttons = QHBoxLayout()
        for button in (self.save, self.printing, self.draft, self.folder):
            buttons.addWidget(button)
        buttons.addStretch(1)
        box.addLayout(buttons)
        box.addWidget(self._result)
        box.addWidget(SpokenLabel("gui.report.ways", "small"))
        box.addWidget(self.aid, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(frame)
        frame, box = card()
        box.addWidget(self.choices)
        box.addWidget(SpokenLabel("gui.report.care", "strong"))
        box.addWidget(SpokenLabel("gui.report.care_more", "small"))
        self.body.addWidget(frame)
        frame, box = card()
        box.addWidget(SpokenLabel("gui.report.preview", "strong"))
        box.addWidget(self.preview)
        self.body.addWidget(frame)

    def _show(self, key: str, what: str) -> None:
        self._done = (key, what)
        tell(self._result, self.texts.text(key, what=clean(what)))
