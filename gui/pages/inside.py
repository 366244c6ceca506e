"""How to look inside the server: log in, paste what its console shows, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.command_output import problem_line
from core.errors import CheckError
from core.guide import Answers, HowInside, Missing
from core.knowledge.evidence_kind import kind_of
from core.model import Sudo
from gui.pages.page import Page
from gui.widgets.choice import ChoiceSet
from gui.widgets.commands import CommandList
from gui.widgets.console import ConsoleGuide
from gui.widgets.drop import DropZone
from gui.widgets.evidence import Evidence, EvidenceShelf, read_evidence
from gui.widgets.field import Field
from gui.widgets.finding import card
from gui.widgets.own_folder import own_folder
from gui.widgets.question import Question
from gui.widgets.text import SpokenButton, SpokenLabel, said

_PAUSE_MS = 300  # after the last key: a paste is one change, typing many


class InsidePage(Page):
    """Only the chosen way shows its fields; what was entered in the other stays. `file_wanted`: for `take_file`."""

    name = "inside"
    file_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.choices = ChoiceSet(get_args(HowInside), "gui.inside")
        column = QVBoxLayout(self.choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self._make_fields()
        self.parts = {"ssh": self._ssh_part(), "paste": self._paste_part()}
        for name, choice in self.choices.cards.items():
            column.addWidget(choice)
            if name in self.parts:
                column.addWidget(self.parts[name])
        self.body.addWidget(self.choices)
        self.choices.chosen.connect(self._show_part)
        self.choices.chosen.connect(self._wrong.hide)  # answered: the complaint goes
        self._show_part(None)

    def _make_fields(self) -> None:
        self.ssh = Field("gui.inside.ssh_destination")
        if isinstance(self.ssh.edit, QLineEdit):
            self.ssh.edit.setPlaceholderText("admin@mail.example.co.jp:22")
        self.sudo = Question("gui.inside.sudo", get_args(Sudo), usual="no")
        self.console = ConsoleGuide()
        self.queue = Field("gui.inside.queue", lines=8)
        self.queue.edit.setAcceptDrops(False)  # the card takes what is dropped, so that a file is read, not its name
        self.shelf = EvidenceShelf(("queue", "log", "bounce"))
        self.zone = DropZone()
        self.choose = SpokenButton("gui.evidence.choose")
        self.choose.clicked.connect(self._choose_file)
        self.zone.file_dropped.connect(self.file_wanted)
        self.zone.text_dropped.connect(self.queue.set_text)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._sort)
        self.queue.changed.connect(self._pause.start)

    def show_answers(self, answers: Answers) -> None:
        """Show what was entered before: a list that was pasted in its box, a file's by its name."""
        self.choices.choose(answers.how_inside)
        self.ssh.set_text(answers.ssh)
        self.sudo.choose(answers.sudo)
        self.queue.set_text("" if answers.queue_name else answers.queue)
        self.shelf.show_answers(answers, () if answers.queue_name else ("queue",))
        self._pause.stop()
        self._show_part(answers.how_inside)

    def read_answers(self, answers: Answers) -> None:
        """All of it, also what belongs to a way not chosen now."""
        self._sort()
        self.shelf.read_answers(answers)
        if self.queue.text().strip():
            answers.hand_over("queue", self.queue.text())
        answers.how_inside = cast(HowInside | None, self.choices.value())
        answers.ssh, answers.sudo = self.ssh.text(), cast(Sudo | None, self.sudo.value())

    async def take_file(self, path: str) -> None:
        """Take a file for what its content is; if it cannot be read, what was entered stays."""
        self.queue.show_wrong("")
        try:
            piece = await read_evidence(path)
        except CheckError as error:
            self.queue.show_wrong(problem_line(error, self.texts))
            return
        if piece.kind == "unknown":
            self.queue.show_wrong(said(self.texts, "gui.evidence.unknown", {"name": piece.name}))
            return
        if piece.kind == "queue":
            self.queue.set_text("")
        self.shelf.take(piece)

    def _sort(self) -> None:
        """What was pasted may be no list of waiting mail, but a log or a refusal: it is kept as what it is."""
        self._pause.stop()
        text = self.queue.text()
        if not text.strip():
            return
        kind = kind_of(text)
        if kind == "log" or kind == "bounce":
            self.queue.set_text("")
            self._pause.stop()
            self.shelf.take(Evidence(kind, "", text))
        else:
            self.shelf.leave_out("queue")  # one list is enough: the one pasted now

    def show_missing(self, missing: Sequence[Missing]) -> None:
        """A field's complaint under the field, with the keyboard in it; the rest below."""
        wrong = {each.field: self.texts.text(f"problem.{each.code}.title") for each in missing}
        self.ssh.show_wrong(wrong.get("ssh", ""))
        self.queue.show_wrong(wrong.get("queue", ""))
        if field := {"ssh": self.ssh, "queue": self.queue}.get(next(iter(wrong), "")):
            field.edit.setFocus()
        super().show_missing([each for each in missing if each.field == "how_inside"])

    def first_focus(self) -> QWidget | None:
        """The chosen way."""
        chosen = self.choices.value()
        return self.choices.cards[chosen] if chosen else None

    def _ssh_part(self) -> QWidget:
        frame, box = card()
        box.addWidget(self.ssh)
        box.addWidget(SpokenLabel("gui.inside.ssh_promise", "small"))
        box.addWidget(self.sudo)
        box.addWidget(SpokenLabel("gui.inside.sudo_note", "small"))
        box.addWidget(CommandList())
        return frame

    def _paste_part(self) -> QWidget:
        box = QVBoxLayout(self.zone)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(10)
        box.addWidget(self.console)
        box.addWidget(self.queue)
        line = QHBoxLayout()
        line.addWidget(SpokenLabel("gui.evidence.hint", "small"), 1)
        line.addWidget(self.choose)
        box.addLayout(line)
        box.addWidget(self.shelf)
        return self.zone

    def _show_part(self, chosen: str | None) -> None:
        for name, part in self.parts.items():
            part.setVisible(name == chosen)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.texts.text("gui.evidence.choose_title"), own_folder())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.file_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
