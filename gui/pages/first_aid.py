"""First aid: the card of the cause for this server, step by step, and the checklist. The person acts; the app keeps
what was done, when and by whom."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from core.checklist import checklist, next_line
from core.first_aid import Card, NoCard, cards_for, filled, server_kind
from core.incident import NO_CAUSE, Incident
from core.knowledge.fixes import KINDS, ServerKind, hold_steps
from core.model import Report
from core.report.fix_card import card_title
from core.texts import Texts
from gui.pages.incident_page import IncidentPage
from gui.widgets.checklist import ChecklistView
from gui.widgets.chooser import Chooser
from gui.widgets.finding import card
from gui.widgets.fix_card import FixCardView, ending_words, last_ending, ticked_steps
from gui.widgets.fold import Fold
from gui.widgets.hint import HintLabel
from gui.widgets.initials import InitialsField, Who
from gui.widgets.text import SpokenButton, label, without_key


class FirstAidPage(IncidentPage):
    """Every tick is one entry of the notebook."""

    name = "first_aid"

    def __init__(self, who: Who) -> None:
        super().__init__(who)
        self.kind: ServerKind | None = None  # as chosen; None: as the run saw it
        # What was typed for the commands' blanks, fitting or not; forgotten with the incident, never kept.
        self.typed: dict[str, str] = {}
        self._opened: set[str] = set()  # causes whose cards were unfolded
        self.views: dict[str, FixCardView] = {}
        self.boxes: dict[str, QCheckBox] = {}

    def show_incident(self, incident: Incident | None) -> None:
        """Another incident may be about another server."""
        if incident is None or self.incident is None or incident.id != self.incident.id:
            self.kind, self.typed, self._opened = None, {}, set()
        super().show_incident(incident)

    def build(self, box: QVBoxLayout, texts: Texts) -> None:
        """Who and which server; the cards, the first one open; the checklist; what comes next."""
        incident = self.incident
        assert incident is not None
        self.views, self.boxes = {}, {}
        report = _report_to_repair(incident)
        cards = cards_for(report, self.kind, self._fitting()) if report else ()
        box.addWidget(InitialsField(self.who, texts))
        box.addWidget(self._checklist(incident, texts, has_card=bool(cards)))
        if report is not None and cards:
            box.addWidget(self._kinds(self.kind or server_kind(report), texts))
            first, *others = cards
            box.addWidget(self._card(first, texts))
            for other in others:
                box.addWidget(self._folded(other, texts))
        else:
            box.addWidget(label(texts.text("gui.first_aid.no_card")))
        box.addWidget(self._next(texts))

    def first_focus(self) -> QWidget | None:
        """The first thing nobody has done yet."""
        following = next_line(checklist(self.incident)) if self.incident else None
        return (following and self.boxes.get(following.step)) or super().first_focus()

    def _go_to_card(self) -> None:
        view, ground = next(iter(self.views.values())), self.widget()
        assert ground is not None
        self.verticalScrollBar().setValue(view.mapTo(ground, QPoint(0, 0)).y())
        first = next(iter(view.findChildren(QAbstractButton)), None)
        if first:
            first.setFocus()

    def _kinds(self, shown: ServerKind, texts: Texts) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        name = label(texts.text("gui.first_aid.server"), wrap=False)
        self.kinds = Chooser()
        self.kinds.setObjectName("kinds")
        self.kinds.setAccessibleName(texts.text("gui.first_aid.server"))
        for kind in KINDS:
            self.kinds.addItem(texts.text(f"fix.kind.{kind}"), kind)
        self.kinds.setCurrentIndex(KINDS.index(shown))
        self.kinds.activated.connect(self._choose_kind)
        name.setBuddy(self.kinds)
        line.addWidget(name)
        line.addWidget(self.kinds)
        line.addStretch(1)
        return holder

    def _choose_kind(self, index: int) -> None:
        self.kind = KINDS[index]
        self.show_incident(self.incident)

    # --- the cards ------------------------------------------------------------------------------------------------

    def _card(self, made: Card | NoCard, texts: Texts) -> FixCardView:
        assert self.incident is not None
        ending = last_ending(self.incident, made.cause)
        view = FixCardView(made, ticked_steps(self.incident, made.cause), texts, self.typed, ending)
        view.typed.connect(self._take_typed)
        view.typing.connect(self._follow_typing)
        view.step_ticked.connect(lambda number, done: self._tick_card(made, number, done))
        view.ended.connect(lambda outcome: self._end_card(made.cause, outcome))
        self.views[made.cause] = view
        return view

    def _folded(self, made: Card | NoCard, texts: Texts) -> QWidget:
        holder, box = card()
        title = card_title(made.cause, texts)
        fold = Fold(texts, lambda: self._second_card(made, texts), title, "gui.first_aid.card")
        line = QHBoxLayout()
        line.addWidget(HintLabel(texts, title, "strong"), 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(fold.button, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addLayout(line)
        if self.incident and (ending := last_ending(self.incident, made.cause)):
            box.addWidget(label(ending_words(ending, texts), "small"))
        box.addWidget(fold)
        fold.button.setChecked(made.cause in self._opened)
        fold.button.toggled.connect(lambda opened: self._remember(made.cause, opened))
        return holder

    def _second_card(self, made: Card | NoCard, texts: Texts) -> QWidget:
        """Its buttons have no keys of their own: those belong to the first card."""
        view = self._card(made, texts)
        for button in view.outcomes.values():
            button.setText(without_key(button.text()))
        return view

    def _remember(self, cause: str, opened: bool) -> None:
        (self._opened.add if opened else self._opened.discard)(cause)

    def _take_typed(self, name: str, value: str) -> None:
        """Into the commands of every card; the field leaves the stage when it has done its work, so not at once."""
        self.typed = {known: kept for known, kept in {**self.typed, name: value}.items() if kept}
        QTimer.singleShot(0, self, lambda: self.show_incident(self.incident))

    def _follow_typing(self, name: str, value: str) -> None:
        """Into every command on the page, with every letter: who copies at once copies what was typed."""
        report = _report_to_repair(self.incident) if self.incident else None
        for made in cards_for(report, self.kind, self._fitting({**self.typed, name: value})) if report else ():
            if isinstance(made, Card) and made.cause in self.views:
                self.views[made.cause].show_commands(made)

    def _fitting(self, typed: Mapping[str, str] | None = None) -> dict[str, str]:
        found = {name: filled(name, text) for name, text in (self.typed if typed is None else typed).items()}
        return {name: value for name, value in found.items() if value is not None}

    def _tick_card(self, made: Card | NoCard, number: int, done: bool) -> None:
        outcome = "step_done" if done else "step_undone"
        say = made.steps[number - 1].say if isinstance(made, Card) and 0 < number <= len(made.steps) else ""
        content = {
            "card": made.cause,
            "outcome": outcome,
            "text": str(number),
            "say": say,
            "initials": self.who.initials,
        }
        self.added.emit([("card", content)])

    def _end_card(self, cause: str, outcome: str) -> None:
        assert self.incident is not None
        if outcome == "done" and self._asks_for_ticks(cause):
            return
        initials = self.who.initials
        entries: list[tuple[str, dict[str, str]]] = [
            ("card", {"card": cause, "outcome": outcome, "initials": initials})
        ]
        known = {line.step: line.tick for line in checklist(self.incident)}
        if outcome == "done" and "repair_cause" in known and known["repair_cause"] is None:
            entries.append(("tick", {"step": "repair_cause", "initials": initials}))
        self.added.emit(entries)
        if outcome == "done":
            self.wanted.emit("again")

    def _asks_for_ticks(self, cause: str) -> bool:
        line = self.views[cause].ask_for_ticks()
        if line is not None:
            QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(line))
        return line is not None

    # --- the checklist --------------------------------------------------------------------------------------------

    def _checklist(self, incident: Incident, texts: Texts, *, has_card: bool) -> QWidget:
        report = _report_to_repair(incident)
        hold = hold_steps(self.kind or server_kind(report)) if report else ()
        view = ChecklistView(checklist(incident), texts, has_card=has_card, hold=hold)
        view.ticked.connect(self._tick)
        view.card_wanted.connect(self._go_to_card)
        view.letters_wanted.connect(lambda: self.wanted.emit("letters"))
        self.boxes = view.boxes
        return view

    def _tick(self, step: str, done: bool) -> None:
        self.added.emit([("tick" if done else "untick", {"step": step, "initials": self.who.initials})])

    def _next(self, texts: Texts) -> QWidget:
        frame, box = card()
        box.addWidget(label(texts.text("gui.first_aid.after"), "heading"))
        for page in ("again", "desk", "letters"):
            line = QHBoxLayout()
            line.addWidget(label(texts.text(f"gui.first_aid.{page}")), 1)
            button = SpokenButton(f"gui.first_aid.to_{page}", "plain")
            button.setObjectName(f"to-{page}")
            button.say(texts)
            button.clicked.connect(lambda _=False, page=page: self.wanted.emit(page))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            box.addLayout(line)
        return frame


def _report_to_repair(incident: Incident) -> Report | None:
    """The newest whole run that named a cause: a repeated check in part knows less of the server."""
    named = [run.report for run in incident.runs if any(cause.code not in NO_CAUSE for cause in run.report.causes)]
    return max(named, key=lambda report: (len(report.results), report.started_at)) if named else incident.latest
