"""Is this our server? Without a yes no relay test is made, and the page says so. With a yes: how far, from where."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from core.clean import clean
from core.clients.proxy_settings import proxy_kind
from core.guide import Answers, Missing
from core.texts import Texts
from core.typed_names import mail_domain
from gui.pages.page import Page
from gui.widgets.choice import ChoiceSet
from gui.widgets.field import Field
from gui.widgets.finding import card
from gui.widgets.hint import SpokenHint
from gui.widgets.question import Question
from gui.widgets.text import SpokenLabel, label


class ConsentPage(Page):
    """What will be asked of whom, and the person's yes or no."""

    name = "consent"

    def __init__(self) -> None:
        super().__init__()
        self._target = label(role="heading")
        frame, box = card()
        box.addWidget(SpokenLabel("gui.consent.relay_is"))
        box.addWidget(self._target)
        for number in (1, 2, 3, 4):
            box.addWidget(SpokenLabel(f"gui.consent.will.{number}"))
        self.body.addWidget(frame)
        self.choices = ChoiceSet(("yes", "no"), "gui.consent")
        self.more = self._more()
        column = QVBoxLayout(self.choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.choices.cards["yes"])
        column.addWidget(self.more)
        column.addWidget(self.choices.cards["no"])
        self.body.addWidget(self.choices)
        self.choices.chosen.connect(self._wrong.hide)  # answered: the complaint goes
        self.choices.chosen.connect(lambda chosen: self.more.setVisible(chosen == "yes"))
        self.proxy = SpokenHint("gui.consent.proxy.http", "small")
        self.proxy.hide()
        self.body.addWidget(self.proxy)
        self._name, self._named = "", False

    def _more(self) -> QFrame:
        """Only for those who said yes; left alone it is the careful test from this line."""
        frame, box = card()
        self.reach = Question("gui.consent.reach", ("careful", "thorough"), usual="careful")
        self.outside = Field("gui.consent.outside")
        if isinstance(self.outside.edit, QLineEdit):
            self.outside.edit.setPlaceholderText("hanako@server.example.net")
        box.addWidget(self.reach)
        box.addWidget(SpokenLabel("gui.consent.reach.note", "small"))
        box.addWidget(self.outside)
        frame.hide()
        return frame

    def show_texts(self, texts: Texts) -> None:
        """Name the server that will be asked."""
        key = "gui.consent.target" if self._named else "gui.consent.target_of_domain"
        self._target.setText(texts.text(key, server=self._name))

    def show_answers(self, answers: Answers) -> None:
        """Show the answer given before, and whom it is about."""
        self._named = bool(answers.mail_host.strip())
        self._name = clean(answers.mail_host.strip() or mail_domain(answers.domain))
        self.choices.choose(None if answers.own_server is None else ("yes" if answers.own_server else "no"))
        self.reach.choose("thorough" if answers.thorough else None)
        self.outside.set_text(answers.outside)
        self.more.setVisible(answers.own_server is True)
        self._show_proxy()
        self.show_texts(self.texts)

    def _show_proxy(self) -> None:
        """What cannot pass the office's go-between, by its kind."""
        kind = proxy_kind()
        if kind:
            self.proxy.key = f"gui.consent.proxy.{kind}"
            self.proxy.say(self.texts)
        self.proxy.setVisible(kind is not None)

    def read_answers(self, answers: Answers) -> None:
        """Yes, no, or not answered; and how far, from where."""
        chosen = self.choices.value()
        answers.own_server = None if chosen is None else chosen == "yes"
        answers.thorough = self.reach.value() == "thorough"
        answers.outside = self.outside.text().strip()

    def show_missing(self, missing: Sequence[Missing]) -> None:
        """The field's complaint under the field, the rest below."""
        wrong = {each.field: self.texts.text(f"problem.{each.code}.title") for each in missing}
        self.outside.show_wrong(wrong.get("outside", ""))
        super().show_missing([each for each in missing if each.field != "outside"])
        if "outside" in wrong:
            self.ensureWidgetVisible(self.outside)

    def first_focus(self) -> QWidget | None:
        """The answer given."""
        chosen = self.choices.value()
        return self.choices.cards[chosen] if chosen else None
