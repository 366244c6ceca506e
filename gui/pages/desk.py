"""The delisting desk: shut until a later check shows the repair, or somebody writes down why it may be opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from core.clean import clean
from core.delisting import DeskLine, Gate, desk, gate, outcome_entry, override_entry
from core.errors import CheckError
from core.incident import Incident
from core.report.desk_words import gate_said, gate_step
from core.texts import Texts
from gui.pages.incident_page import IncidentPage
from gui.widgets.badge import Badge
from gui.widgets.delisting import DeskLineView
from gui.widgets.finding import card
from gui.widgets.fold import Fold
from gui.widgets.hint import HintLabel
from gui.widgets.initials import InitialsField, Who
from gui.widgets.text import SpokenButton, label

# Shut needs no badge: it says so.
_BADGES = {"open": "ok", "overridden": "warning", "waiting": "warning", "empty": "ok"}


class DeskPage(IncidentPage):
    """`request_wanted` carries the `DeskLine` whose text is to be written."""

    name = "desk"
    request_wanted = Signal(object)

    def __init__(self, who: Who) -> None:
        super().__init__(who)
        self.views: list[DeskLineView] = []

    def build(self, box: QVBoxLayout, texts: Texts) -> None:
        """Whether it is open and why; the lines; a way to open it by hand."""
        incident = self.incident
        assert incident is not None
        found = gate(incident)
        box.addWidget(self._gate(found, incident, texts))
        lines = desk(incident)
        if lines:
            box.addWidget(label(texts.text("delisting.never_pay"), "strong"))
            box.addWidget(InitialsField(self.who, texts))
        self.views = []
        for line in lines:
            view = DeskLineView(line, texts, is_open=found.is_open)
            view.request_wanted.connect(lambda line=line: self.request_wanted.emit(line))
            view.outcome.connect(lambda word, line=line: self._outcome(line, word))
            self.views.append(view)
            box.addWidget(view)

    def _gate(self, found: Gate, incident: Incident, texts: Texts) -> QWidget:
        frame, box = card()
        if found.state in _BADGES:
            box.addWidget(Badge(texts, _BADGES[found.state]), 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(HintLabel(texts, clean(gate_said(found, incident, texts)), "heading"))
        if step := gate_step(found, texts):
            box.addWidget(HintLabel(texts, step))
        if found.state not in ("closed", "waiting"):
            return frame
        page = "first_aid" if found.why == "unknown_cause" else "again"
        button = SpokenButton(f"gui.desk.to_{page}", "main")
        button.setObjectName("to-next")
        button.say(texts)
        button.clicked.connect(lambda: self.wanted.emit(page))
        box.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        if found.state == "waiting":
            return frame
        fold = Fold(texts, lambda: self._override(texts), texts.text("gui.desk.override.open"), "gui.desk.override")
        box.addWidget(fold.button, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(fold)
        return frame

    def _override(self, texts: Texts) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(label(texts.text("gui.desk.reason_note"), "small"))
        self.reason = QLineEdit()
        self.reason.setAccessibleName(texts.text("gui.desk.reason"))
        self.reason.setPlaceholderText(texts.text("gui.desk.reason"))
        box.addWidget(self.reason)
        self.open_now = SpokenButton("gui.desk.open_now")
        self.open_now.say(texts)
        self.open_now.clicked.connect(self._open_now)
        box.addWidget(self.open_now, 0, Qt.AlignmentFlag.AlignLeft)
        return holder

    def _open_now(self) -> None:
        if not (initials := self.initials()):
            return
        try:
            self.added.emit([override_entry(self.reason.text(), initials)])
        except CheckError as error:
            self.tell(error)

    def _outcome(self, line: DeskLine, word: str) -> None:
        self.added.emit(outcome_entry(line, word, self.who.initials))
