"""How to look inside the server: log in, paste what its console shows, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from core.guide import Answers, HowInside, Missing
from gui.pages.page import Page
from gui.widgets.choice import ChoiceSet
from gui.widgets.commands import CommandList
from gui.widgets.field import Field
from gui.widgets.finding import card
from gui.widgets.text import SpokenLabel, label

# Typed on the server by hand; each only lists. One line for each kind of mail program.
COMMANDS = "postqueue -p\nmailq\nexim -bp\nsmtpctl show queue"


class InsidePage(Page):
    """Only the chosen way shows its fields; what was entered in the other stays."""

    name = "inside"

    def __init__(self) -> None:
        super().__init__()
        self.choices = ChoiceSet(get_args(HowInside), "gui.inside")
        column = QVBoxLayout(self.choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.ssh = Field("gui.inside.ssh_destination")
        if isinstance(self.ssh.edit, QLineEdit):
            self.ssh.edit.setPlaceholderText("admin@mail.example.co.jp:22")
        self.queue = Field("gui.inside.queue", lines=8)
        self.parts = {"ssh": self._ssh_part(), "paste": self._paste_part()}
        for name, choice in self.choices.cards.items():
            column.addWidget(choice)
            if name in self.parts:
                column.addWidget(self.parts[name])
        self.body.addWidget(self.choices)
        self.choices.chosen.connect(self._show_part)
        self.choices.chosen.connect(self._wrong.hide)  # answered: the complaint goes
        self._show_part(None)

    def show_answers(self, answers: Answers) -> None:
        """Show what was entered before."""
        self.choices.choose(answers.how_inside)
        self.ssh.set_text(answers.ssh)
        self.queue.set_text(answers.queue)
        self._show_part(answers.how_inside)

    def read_answers(self, answers: Answers) -> None:
        """All of it, also what belongs to a way not chosen now."""
        answers.how_inside = cast(HowInside | None, self.choices.value())
        answers.ssh, answers.queue = self.ssh.text(), self.queue.text()

    def show_missing(self, missing: Sequence[Missing]) -> None:
        """A field's complaint under the field, the rest below."""
        wrong = {each.field: self.texts.text(f"problem.{each.code}.title") for each in missing}
        self.ssh.show_wrong(wrong.get("ssh", ""))
        self.queue.show_wrong(wrong.get("queue", ""))
        super().show_missing([each for each in missing if each.field == "how_inside"])

    def first_focus(self) -> QWidget | None:
        """The chosen way."""
        chosen = self.choices.value()
        return self.choices.cards[chosen] if chosen else None

    def _ssh_part(self) -> QWidget:
        frame, box = card()
        box.addWidget(self.ssh)
        box.addWidget(SpokenLabel("gui.inside.ssh_promise", "small"))
        box.addWidget(CommandList())
        return frame

    def _paste_part(self) -> QWidget:
        frame, box = card()
        box.addWidget(SpokenLabel("gui.inside.console", "body"))
        box.addWidget(label(COMMANDS, "code", selectable=True))
        box.addWidget(SpokenLabel("gui.inside.console_note", "small"))
        box.addWidget(self.queue)
        return frame

    def _show_part(self, chosen: str | None) -> None:
        for name, part in self.parts.items():
            part.setVisible(name == chosen)
