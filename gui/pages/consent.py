"""Is this our server? Without a yes no relay test is made, and the page says so."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.clean import clean
from core.guide import Answers, mail_domain
from core.texts import Texts
from gui.pages.page import Page
from gui.widgets.choice import ChoiceSet
from gui.widgets.finding import card
from gui.widgets.text import SpokenLabel, label


class ConsentPage(Page):
    """What will be asked of whom, and the person's yes or no."""

    name = "consent"

    def __init__(self) -> None:
        super().__init__()
        self._target = label(role="heading")
        frame, box = card()
        box.addWidget(self._target)
        for number in (1, 2, 3):
            box.addWidget(SpokenLabel(f"gui.consent.will.{number}"))
        self.body.addWidget(frame)
        self.choices = ChoiceSet(("yes", "no"), "gui.consent")
        column = QVBoxLayout(self.choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for choice in self.choices.cards.values():
            column.addWidget(choice)
        self.body.addWidget(self.choices)
        self.choices.chosen.connect(self._wrong.hide)  # answered: the complaint goes
        self._name = ""

    def show_texts(self, texts: Texts) -> None:
        """Name the server that will be asked."""
        self._target.setText(texts.text("gui.consent.target", server=self._name))

    def show_answers(self, answers: Answers) -> None:
        """Show the answer given before, and whom it is about."""
        self._name = clean(answers.mail_host.strip() or mail_domain(answers.domain))
        self.choices.choose(None if answers.own_server is None else ("yes" if answers.own_server else "no"))
        self.show_texts(self.texts)

    def read_answers(self, answers: Answers) -> None:
        """Yes, no, or not answered."""
        chosen = self.choices.value()
        answers.own_server = None if chosen is None else chosen == "yes"

    def first_focus(self) -> QWidget | None:
        """The answer given."""
        chosen = self.choices.value()
        return self.choices.cards[chosen] if chosen else None
