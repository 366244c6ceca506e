"""Four questions that halve the list of causes; each may be left at "I don't know"."""

from __future__ import annotations

from typing import Any, cast, get_args

from PySide6.QtWidgets import QWidget

from core.guide import Affected, Answers, Direction, Recipients
from gui.pages.page import Page
from gui.widgets.field import Field
from gui.widgets.finding import card
from gui.widgets.question import UNKNOWN, Question

_TELLS_THE_WAY = ("not_delivered", "not_received")  # symptoms: what is sent, what should come


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
        self._cards: dict[str, QWidget] = {}
        for name, question in self.questions.items():
            frame, box = card()
            box.addWidget(question)
            self.body.addWidget(frame)
            self._cards[name] = frame
        frame, box = card()
        self.since = Field("gui.questions.since")
        box.addWidget(self.since)
        self.body.addWidget(frame)

    def show_answers(self, answers: Answers) -> None:
        """Show what was answered before. Which way suffers is not asked where the first page was told it."""
        for name, question in self.questions.items():
            question.choose(getattr(answers, name))
        told = answers.symptom in _TELLS_THE_WAY
        self._cards["direction"].setVisible(not told)
        if told:  # an answer about an earlier trouble would be one nobody sees
            self.questions["direction"].choose(None)
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
        return first.buttons[first.value() or UNKNOWN]
