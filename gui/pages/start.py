"""What happened? Five big choices, the practice company, and earlier incidents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.clean import clean
from core.guide import Answers
from core.recent_servers import Server
from core.texts import Texts
from core.vocabulary import Symptom
from gui.pages.page import Page
from gui.widgets.badge import Badge
from gui.widgets.card import rows_card
from gui.widgets.choice import ChoiceSet
from gui.widgets.drop import DropZone
from gui.widgets.question import Question
from gui.widgets.text import SpokenButton, SpokenLabel, label, said, say_all
from gui.widgets.tools import Tools

if TYPE_CHECKING:
    from core.notebook import RunSummary

# The practice incidents one can choose; the others are these after the repair.
STORIES = ("relay-2004", "stolen-password", "expired-domain", "spf-missing", "all-fine")
_SHOWN = 5  # earlier incidents on the page


class StartPage(Page):
    """`earlier_wanted` carries the notebook's number of an earlier run; `refusal_wanted`: a refusal is at hand."""

    name = "start"
    explains = False  # a test holds its words to that; the glossary is read for the next page
    earlier_wanted = Signal(int)
    refusal_wanted = Signal()
    again_wanted = Signal(dict)  # a server looked at before

    def __init__(self) -> None:
        super().__init__()
        self.choices = ChoiceSet((*get_args(Symptom), "practice"), "gui.start", dashed=("practice",))
        grid = QGridLayout(self.choices)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(14)
        for place, card in enumerate(self.choices.cards.values()):
            grid.addWidget(card, place // 2, place % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addWidget(self.choices)
        self.choices.chosen.connect(lambda _: self._chosen())
        self.refusal = self._refusal_card()
        self.body.addWidget(self.refusal)
        self.tools = Tools()
        self.body.addWidget(self.tools)
        self._earlier_title = SpokenLabel("gui.start.earlier", "heading")
        self._earlier_box = QVBoxLayout()
        self.body.addWidget(self._earlier_title)
        self.body.addLayout(self._earlier_box)
        self._runs: Sequence[RunSummary] = ()
        self._last_of: Callable[[], Server | None] = lambda: None
        self._last: Server | None = None  # that is shown
        self._drawn = False  # what was kept waits until the page itself stands
        self._earlier_title.hide()
        self.earlier_buttons: list[SpokenButton] = []

    def _refusal_card(self) -> DropZone:
        zone = DropZone()
        line = QHBoxLayout(zone)
        line.setContentsMargins(20, 14, 20, 14)
        line.setSpacing(14)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(SpokenLabel("gui.start.refusal.title", "body"))
        self.clue = SpokenLabel("gui.start.refusal.hint", "small")
        words.addWidget(self.clue)
        self.paste = SpokenButton("gui.start.refusal.paste")
        self.paste.clicked.connect(self.refusal_wanted)
        line.addLayout(words, 1)
        line.addWidget(self.paste)
        return zone

    @property
    def story(self) -> str:
        """The practice incident that is chosen."""
        return (self.incidents.value() if self._offers_incidents else None) or STORIES[0]

    @cached_property
    def incidents(self) -> Question:
        """Which practice incident? Below the cards, made when somebody first wants to practise."""
        made = Question("gui.start.incident", STORIES, usual=STORIES[0])
        self.body.insertWidget(self.body.indexOf(self.choices) + 1, made)
        made.say(self.texts)
        say_all(made, self.texts)
        before: QWidget = self.choices.cards["practice"]
        for button in made.buttons.values():  # the keyboard meets them where the eye does
            self.setTabOrder(before, button)
            before = button
        return made

    @property
    def _offers_incidents(self) -> bool:
        return "incidents" in vars(self)

    def _chosen(self) -> None:
        """Practice offers its incidents; each kind of trouble has clues of its own."""
        if self.practice_chosen or self._offers_incidents:
            self.incidents.setVisible(self.practice_chosen)
        symptom = self.choices.value()
        told = symptom in get_args(Symptom)
        self.clue.key = f"gui.start.clue.{symptom}" if told else "gui.start.refusal.hint"
        self.clue.say(self.texts)

    @property
    def practice_chosen(self) -> bool:
        """Whether the practice company is chosen."""
        return self.choices.value() == "practice"

    def show_earlier(self, runs: Sequence[RunSummary]) -> None:
        """Show the newest earlier incidents, and from now on the server looked at last."""
        self._runs, self._drawn = runs[:_SHOWN], True

    def offer_last(self, last_of: Callable[[], Server | None]) -> None:
        """Where the server looked at last is found."""
        self._last_of = last_of

    @property
    def symptom(self) -> Symptom | None:
        """The trouble that is chosen."""
        chosen = self.choices.value()
        return cast(Symptom, chosen) if chosen in get_args(Symptom) else None

    def show_texts(self, texts: Texts) -> None:
        """Build the lines of earlier incidents and of the server looked at last."""
        self.earlier_buttons.clear()
        while (item := self._earlier_box.takeAt(0)) is not None:
            if old := item.widget():
                old.deleteLater()
        rows = [self._earlier_row(run, texts) for run in self._runs]
        self._last = last = self._last_of() if self._drawn else None
        if last is not None:
            from gui.widgets.last_server import last_server  # the first page is drawn without it

            rows.insert(0, last_server(last, texts, lambda: self.again_wanted.emit(last)))
        self._earlier_title.setVisible(bool(rows))
        if rows:
            self._earlier_box.addWidget(rows_card(rows))

    def _earlier_row(self, run: RunSummary, texts: Texts) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(14)
        line.addWidget(Badge(texts, run.severity))
        about = clean(run.domain or run.mail_host or "—")
        line.addWidget(label(f"{texts.datetime(run.started_at)}　{about}"), 1)
        button = SpokenButton("gui.start.open_earlier", "link")
        button.say(texts)
        button.setAccessibleName(said(texts, "gui.start.open_earlier_of", {"about": about}))
        button.clicked.connect(lambda: self.earlier_wanted.emit(run.id))
        self.earlier_buttons.append(button)
        line.addWidget(button)
        return holder

    def show_answers(self, answers: Answers) -> None:
        """Show the symptom chosen before."""
        if not self.practice_chosen:
            self.choices.choose(answers.symptom)
        self._chosen()
        if self._drawn and self._last != self._last_of():  # looked at or forgotten meanwhile
            self.show_texts(self.texts)

    def read_answers(self, answers: Answers) -> None:
        """The symptom; practice is no symptom."""
        answers.symptom = self.symptom or answers.symptom

    def first_focus(self) -> QWidget | None:
        """The chosen card: with none chosen a focus ring would look like a choice made."""
        chosen = self.choices.value()
        return self.choices.cards[chosen] if chosen else None
