"""Four questions that halve the list of causes; each may be left at "I don't know"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, get_args

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from core.guide import Affected, Answers, Direction, Recipients
from core.texts import Texts
from gui.pages.page import Page
from gui.widgets.field import Field
from gui.widgets.finding import card
from gui.widgets.text import SpokenLabel

_UNKNOWN = "unknown"


class Question(QWidget):
    """One question with its possible answers in a row; the last is "I don't know"."""

    def __init__(self, key: str, answers: Sequence[str]) -> None:
        super().__init__()
        self._key = key
        self._group = QButtonGroup(self)
        self.buttons = {name: QRadioButton() for name in (*answers, _UNKNOWN)}
        line = QHBoxLayout()
        line.setSpacing(18)
        for button in self.buttons.values():
            self._group.addButton(button)
            line.addWidget(button)
        line.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 2, 0, 2)
        box.setSpacing(4)
        box.addWidget(SpokenLabel(f"{key}.question", "strong"))
        box.addLayout(line)
        self.choose(None)

    def say(self, texts: Texts) -> None:
        """Show the answers' words; a screen reader hears the question with each."""
        for name, button in self.buttons.items():
            key = "gui.questions.unknown" if name == _UNKNOWN else f"{self._key}.{name}"
            button.setText(texts.text(key))
            button.setAccessibleDescription(texts.text(f"{self._key}.question"))

    def choose(self, answer: str | None) -> None:
        """Show an earlier answer; None is "I don't know"."""
        self.buttons[answer or _UNKNOWN].setChecked(True)

    def value(self) -> str | None:
        """The answer; None for "I don't know"."""
        chosen = next(name for name, button in self.buttons.items() if button.isChecked())
        return None if chosen == _UNKNOWN else chosen


class QuestionsPage(Page):
    """Everyone or one? Which direction? One recipient or all? Since when?"""

    name = "questions"

    def __init__(self) -> None:
        super().__init__()
        self.questions = {
            "affected": Question("gui.questions.affected", get_args(Affected)),
            "direction": Question("gui.questions.direction", get_args(Direction)),
            "recipients": Question("gui.questions.recipients", get_args(Recipients)),
        }
        for question in self.questions.values():
            frame, box = card()
            box.addWidget(question)
            self.body.addWidget(frame)
        frame, box = card()
        self.since = Field("gui.questions.since")
        box.addWidget(self.since)
        self.body.addWidget(frame)

    def show_answers(self, answers: Answers) -> None:
        """Show what was answered before."""
        for name, question in self.questions.items():
            question.choose(getattr(answers, name))
        self.since.set_text(answers.since)

    def read_answers(self, answers: Answers) -> None:
        """Put the answers where they belong."""
        answers.affected = cast(Any, self.questions["affected"].value())
        answers.direction = cast(Any, self.questions["direction"].value())
        answers.recipients = cast(Any, self.questions["recipients"].value())
        answers.since = self.since.text()

    def first_focus(self) -> QWidget | None:
        """The first question's chosen answer."""
        first = self.questions["affected"]
        return first.buttons[first.value() or _UNKNOWN]
