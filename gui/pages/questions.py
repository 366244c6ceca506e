"""Four questions that halve the list of causes; each may be left at "I don't know"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from PySide6.QtWidgets import QWidget

from core.guide import Affected, Answers, Direction, Recipients
from gui.pages.page import Page
from gui.widgets.field import Field
from gui.widgets.finding import card
from gui.widgets.question import UNKNOWN, Question

# Symptom that tells one way -> what is still open is the other way, and what its answers say of both.
_OTHER_WAY: Mapping[str, tuple[str, tuple[Direction, ...]]] = {
    "not_delivered": ("gui.questions.incoming", ("sending", "both")),
    "not_received": ("gui.questions.outgoing", ("receiving", "both")),
}


class QuestionsPage(Page):
    """Everyone or one? Which direction, as far as the symptom leaves it open? One recipient or all? Since when?"""

    name = "questions"

    def __init__(self) -> None:
        super().__init__()
        self._ways = {"": Question("gui.questions.direction", get_args(Direction))}
        self._ways |= {symptom: Question(key, ways) for symptom, (key, ways) in _OTHER_WAY.items()}
        self.questions = {
            "affected": Question("gui.questions.affected", get_args(Affected)),
            "direction": self._ways[""],
            "recipients": Question("gui.questions.recipients", get_args(Recipients)),
        }
        for name, question in self.questions.items():
            frame, box = card()
            for each in self._ways.values() if name == "direction" else (question,):
                box.addWidget(each)
            self.body.addWidget(frame)
        frame, box = card()
        self.since = Field("gui.questions.since")
        box.addWidget(self.since)
        self.body.addWidget(frame)

    def show_answers(self, answers: Answers) -> None:
        """Show what was answered before; of an earlier trouble only what this one leaves open."""
        self._ask_the_way(answers.symptom or "")
        for name, question in self.questions.items():
            told = getattr(answers, name)
            question.choose(told if told in question.buttons else None)
        self.since.set_text(answers.since)

    def _ask_the_way(self, symptom: str) -> None:
        self.questions["direction"] = self._ways.get(symptom, self._ways[""])
        for each in self._ways.values():
            each.setVisible(each is self.questions["direction"])

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
