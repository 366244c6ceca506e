"""First aid: the card of the cause for this server, step by step, and the checklist. The person acts; the app keeps
what was done, when and by whom."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from core.checklist import Line, checklist, next_line
from core.clean import clean
from core.first_aid import Card, NoCard, cards_for, filled, server_kind
from core.incident import NO_CAUSE, Incident
from core.knowledge.fixes import KINDS, ServerKind
from core.model import Report
from core.report.fix_card import card_title
from core.texts import Texts
from gui.pages.incident_page import IncidentPage
from gui.widgets.finding import card
from gui.widgets.fix_card import FixCardView, ticked_steps
from gui.widgets.fold import Fold
from gui.widgets.hint import HintLabel
from gui.widgets.initials import InitialsField, Who
from gui.widgets.text import SpokenButton, label, rule


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
        box.addWidget(InitialsField(self.who, texts))
        box.addWidget(self._first_of_all(incident, texts))
        if report is not None and (cards := cards_for(report, self.kind, self._fitting())):
            box.addWidget(self._kinds(self.kind or server_kind(report), texts))
            first, *others = cards
            box.addWidget(self._card(first, texts))
            for other in others:
                box.addWidget(self._folded(other, texts))
        else:
            box.addWidget(label(texts.text("gui.first_aid.no_card")))
        box.addWidget(self._checklist(incident, texts))
        box.addWidget(self._next(texts))

    def first_focus(self) -> QWidget | None:
        """The initials first, then the first thing to do."""
        found = self._holder.findChild(QWidget, "initials") if self._holder else None
        return found if found is not None and not self.who.initials else None

    def _first_of_all(self, incident: Incident, texts: Texts) -> QWidget:
        """The next line of the checklist, and a way down to it: stopping comes before repairing."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        following = next_line(checklist(incident))
        key = f"checklist.step.{following.step}" if following else ""
        said = texts.text("checklist.next", step=texts.text(key)) if key else texts.text("checklist.all_done")
        button = SpokenButton("gui.first_aid.to_list", "link")
        button.setObjectName("to-list")
        button.say(texts)
        button.clicked.connect(self._go_to_list)
        row.addWidget(HintLabel(texts, said), 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return holder

    def _go_to_list(self) -> None:
        assert self.incident is not None
        following = next_line(checklist(self.incident))
        first = self.boxes[following.step] if following else next(iter(self.boxes.values()))
        first.setFocus()
        self.ensureWidgetVisible(first, 0, self.viewport().height() // 2)

    def _kinds(self, shown: ServerKind, texts: Texts) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        name = label(texts.text("gui.first_aid.server"), wrap=False)
        self.kinds = QComboBox()
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

    def _card(self, made: Card | NoCard, texts: Texts) -> QWidget:
        assert self.incident is not None
        view = FixCardView(made, ticked_steps(self.incident, made.cause), texts, self.typed)
        view.typed.connect(self._take_typed)
        view.step_ticked.connect(lambda number, done: self._tick_card(made.cause, number, done))
        view.ended.connect(lambda outcome: self._end_card(made.cause, outcome))
        self.views[made.cause] = view
        return view

    def _folded(self, made: Card | NoCard, texts: Texts) -> QWidget:
        holder, box = card()
        title = card_title(made.cause, texts)
        fold = Fold(texts, lambda: self._card(made, texts), title, "gui.first_aid.card")
        line = QHBoxLayout()
        line.addWidget(label(title, "strong"), 1)
        line.addWidget(fold.button, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(line)
        box.addWidget(fold)
        fold.button.setChecked(made.cause in self._opened)
        fold.button.toggled.connect(lambda opened: self._remember(made.cause, opened))
        return holder

    def _remember(self, cause: str, opened: bool) -> None:
        (self._opened.add if opened else self._opened.discard)(cause)

    def _take_typed(self, name: str, value: str) -> None:
        """Into the commands of every card; the field leaves the stage when it has done its work, so not at once."""
        self.typed = {known: kept for known, kept in {**self.typed, name: value}.items() if kept}
        QTimer.singleShot(0, self, lambda: self.show_incident(self.incident))

    def _fitting(self) -> dict[str, str]:
        found = {name: filled(name, text) for name, text in self.typed.items()}
        return {name: value for name, value in found.items() if value is not None}

    def _tick_card(self, cause: str, number: int, done: bool) -> None:
        if not (initials := self.initials()):
            self.show_texts(self.texts)  # the tick is taken back
            self.initials()
            return
        outcome = "step_done" if done else "step_undone"
        content = {"card": cause, "outcome": outcome, "text": str(number), "initials": initials}
        self.added.emit([("card", content)])

    def _end_card(self, cause: str, outcome: str) -> None:
        if not (initials := self.initials()):
            return
        entries: list[tuple[str, dict[str, str]]] = [
            ("card", {"card": cause, "outcome": outcome, "initials": initials})
        ]
        assert self.incident is not None
        known = {line.step: line.tick for line in checklist(self.incident)}
        if outcome == "done" and "repair_cause" in known and known["repair_cause"] is None:
            entries.append(("tick", {"step": "repair_cause", "initials": initials}))
        self.added.emit(entries)
        if outcome == "done":
            self.wanted.emit("again")

    # --- the checklist --------------------------------------------------------------------------------------------

    def _checklist(self, incident: Incident, texts: Texts) -> QWidget:
        lines = checklist(incident)
        frame, box = card()
        box.addWidget(label(texts.text("gui.first_aid.checklist"), "heading"))
        done = sum(1 for line in lines if line.tick)
        said = [texts.text("checklist.progress", done=done, all=len(lines))]
        following = next_line(lines)
        key = f"checklist.step.{following.step}" if following else ""
        said.append(texts.text("checklist.next", step=texts.text(key)) if key else texts.text("checklist.all_done"))
        box.addWidget(label(" ".join(said), "small"))
        phase = ""
        for line in lines:
            if line.phase != phase:
                phase = line.phase
                box.addWidget(rule())
                box.addWidget(label(texts.text(f"checklist.phase.{phase}"), "strong"))
            box.addWidget(self._line(line, texts))
        return frame

    def _line(self, line: Line, texts: Texts) -> QWidget:
        holder = QWidget()
        row, words = QHBoxLayout(holder), QVBoxLayout()
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(12)
        words.setSpacing(2)
        said, why = texts.text(f"checklist.step.{line.step}"), texts.text(f"checklist.why.{line.step}")
        tick = QCheckBox()
        tick.setObjectName(f"tick-{line.step}")
        tick.setChecked(line.tick is not None)
        tick.setAccessibleName(said)
        tick.setAccessibleDescription(why)
        tick.clicked.connect(lambda done: self._tick(line.step, done))
        self.boxes[line.step] = tick
        words.addWidget(HintLabel(texts, said))
        if line.tick:
            at, initials = line.tick.at.isoformat(), clean(line.tick.initials, 20)
            words.addWidget(label(texts.text("checklist.done_by", at=at, initials=initials), "small"))
        else:
            words.addWidget(HintLabel(texts, why, "small"))
        row.addWidget(tick, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return holder

    def _tick(self, step: str, done: bool) -> None:
        if not (initials := self.initials()):
            self.boxes[step].setChecked(not done)
            return
        self.added.emit([("tick" if done else "untick", {"step": step, "initials": initials})])

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
