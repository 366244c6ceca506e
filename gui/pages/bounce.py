"""A refusal or returned mail at hand: pasted or dropped here, explained at once, and kept for the run.

What turns out to be a list of waiting mail or a log goes with the run as that.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from core.checks.bounce import CHECK, BounceFacts
from core.command_output import problem_line
from core.errors import CheckError
from core.guide import Answers
from core.knowledge.evidence_kind import kind_of
from core.texts import Texts
from gui.bridge import explain_bounce
from gui.pages.page import Page
from gui.widgets.aloud import say_aloud
from gui.widgets.drop import DropZone
from gui.widgets.evidence import Evidence, EvidenceShelf, read_evidence
from gui.widgets.field import Field
from gui.widgets.finding import finding_row, rows_card
from gui.widgets.fold import Fold
from gui.widgets.own_folder import own_folder
from gui.widgets.text import SpokenButton, SpokenLabel, said

_LONGEST = 2_000_000  # characters; of a returned mail the first part counts
_AT_ONCE = 30  # characters: pasted, not typed; who types keeps the box before the eyes
_LAID_OUT_MS = 60  # until the page has its new height
_ANSWER = 200  # pixels: the heading and the first words below it
_LONG_LINE = re.compile(r"[^\n]{10000}(?=[^\n])")  # Qt needs minutes for one line of 2,000,000 characters
_PAUSE_MS = 300  # after the last key: a paste is one change, typing many


class BouncePage(Page):
    """`read_wanted` carries the text for `explain`, `file_wanted` the path for `take_file`; both take time."""

    name = "bounce"
    read_wanted = Signal(str)
    file_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.field = Field("gui.bounce.text", lines=9)
        self.field.edit.setAcceptDrops(False)  # the card takes what is dropped, so that a file is read, not its name
        self.zone = DropZone()
        self.choose = SpokenButton("gui.bounce.choose")
        self.choose.clicked.connect(self._choose_file)
        self.zone.file_dropped.connect(self.file_wanted)
        self.zone.text_dropped.connect(self.field.set_text)
        self.shelf = EvidenceShelf(("queue", "log"))
        self._lay_zone()
        self.heading = SpokenLabel("gui.bounce.found", "heading")
        self._found = QVBoxLayout()
        self.body.addWidget(self.zone)
        self.body.addWidget(self.heading)
        self.body.addLayout(self._found)
        self.facts: BounceFacts | None = None
        self.file_name = ""
        self._shown: QWidget | None = None
        self.heading.hide()
        self._explained = 0  # characters of the text that was explained last
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._want_reading)
        self.field.changed.connect(self._changed)

    def _lay_zone(self) -> None:
        box = QVBoxLayout(self.zone)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(10)
        line = QHBoxLayout()
        line.addWidget(SpokenLabel("gui.bounce.drop", "small"), 1)
        line.addWidget(self.choose)
        box.addWidget(self.field)
        box.addLayout(line)
        box.addWidget(self.shelf)

    def show_answers(self, answers: Answers) -> None:
        """Show what was pasted before."""
        self.file_name = answers.bounce_name
        self.field.set_text(_LONG_LINE.sub(r"\g<0>\n", answers.bounce))
        self.shelf.show_answers(answers)

    def read_answers(self, answers: Answers) -> None:
        """The text goes with the run, and what was recognised as something else."""
        self._sort()
        self.shelf.read_answers(answers)
        answers.bounce, answers.bounce_name = self.field.text().strip(), self.file_name

    async def take_file(self, path: str) -> None:
        """Show a refusal as if pasted, take a list or a log for the run; if it cannot be read, nothing changes."""
        self.field.show_wrong("")
        try:
            piece = await read_evidence(path)
        except CheckError as error:
            self.field.show_wrong(problem_line(error, self.texts))
            return
        if piece.kind == "queue" or piece.kind == "log":
            self.shelf.take(piece)
        else:
            self.field.set_text(_LONG_LINE.sub(r"\g<0>\n", piece.text[:_LONGEST]))
            self.file_name = piece.name

    async def explain(self, text: str) -> None:
        """Read `text` and say what it means; an answer to a text that has changed meanwhile is dropped."""
        facts = await explain_bounce(text)
        if text == self.field.text():
            self.facts = facts
            self.show_texts(self.texts)
            if abs(len(text) - self._explained) > _AT_ONCE:
                QTimer.singleShot(_LAID_OUT_MS, self, self._show_found)
            self._explained = len(text)
            if found := CHECK.judge(facts):
                say_aloud(self.heading, said(self.texts, f"{found[0].code}.title", found[0].values))

    def show_texts(self, texts: Texts) -> None:
        """The findings in this language, the first with its details open."""
        if self._shown:
            self._shown.hide()
            self._shown.deleteLater()
            self._shown = None
        self.heading.setVisible(self.facts is not None)
        if self.facts is None:
            return
        rows = [finding_row(finding, CHECK.id, texts) for finding in CHECK.judge(self.facts)]
        self._shown = rows_card(rows)
        self._found.addWidget(self._shown)
        if folds := rows[0].findChildren(Fold):
            folds[0].button.setChecked(True)

    def _show_found(self) -> None:
        """Where little of the page is seen, the answer to what was pasted would stand below it, unnoticed."""
        self.ensureWidgetVisible(self.heading, 0, min(_ANSWER, self.viewport().height() // 2))

    def first_focus(self) -> QWidget | None:
        """The box to paste into."""
        return self.field.edit

    def _changed(self) -> None:
        self.file_name = ""
        self._pause.start()

    def _sort(self) -> None:
        """A list of waiting mail or a log that was pasted here leaves the box and goes with the run."""
        kind = kind_of(self.field.text())
        if kind == "queue" or kind == "log":
            piece = Evidence(kind, self.file_name, self.field.text())
            self.field.set_text("")
            self._pause.stop()
            self.shelf.take(piece)
            self._want_reading()

    def _want_reading(self) -> None:
        if kind_of(self.field.text()) in ("queue", "log"):
            self._sort()
        elif self.field.text().strip():
            self.read_wanted.emit(self.field.text())
        else:
            self.facts = None
            self.show_texts(self.texts)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.texts.text("gui.bounce.choose_title"), own_folder())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.file_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
