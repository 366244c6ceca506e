"""The three steps below an answer: stop it, check again, ask the lists. The next one is open, the later ones say when
they open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from core.again import REPAIRED, compare
from core.delisting import desk, gate
from core.first_aid import Card, cards_for
from core.incident import Incident
from core.model import Report
from core.report.fix_card import card_title
from core.texts import Texts
from gui.widgets.text import SpokenButton, label, rule


class NextSteps(QFrame):
    """`wanted` carries the page's name."""

    wanted = Signal(str)

    def __init__(self, first: Card, incident: Incident, texts: Texts) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._first = first
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(20, 14, 20, 14)
        self._holder: QWidget | None = None
        self.buttons: dict[str, SpokenButton] = {}
        self.show_incident(incident, texts)

    def main(self) -> QWidget | None:
        """The button of the next step."""
        return next((each for each in self.buttons.values() if each.property("role") == "main"), None)

    def show_incident(self, incident: Incident | None, texts: Texts) -> None:
        """Which of the three is next."""
        if self._holder:
            self._holder.hide()
            self._holder.deleteLater()
        self._holder = QWidget()
        self.buttons = {}
        grid = QGridLayout(self._holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        for number, (page, title, more, state) in enumerate(self._rows(incident, texts)):
            if number:
                grid.addWidget(rule(), number * 2 - 1, 0, 1, 3)
            self._add(grid, number, page, title, more, state, texts)
        self._box.addWidget(self._holder)

    def _rows(self, incident: Incident | None, texts: Texts) -> list[tuple[str, str, str, str]]:
        """Page, title, a line below, and "main", "plain", "done" or "shut" for each step."""
        card = self._first
        repaired = incident is not None and (seen := compare(incident)) is not None and seen.verdict in REPAIRED
        tried = incident is not None and any(
            entry.kind == "card" and entry.word("outcome") == "done" for entry in incident.entries
        )
        title = card_title(card.cause, texts)
        key = "gui.next.repair" if card.changes_server else "gui.next.repair_no_server"
        rows = [
            ("first_aid", texts.text("gui.next.repair_title", title=title), texts.text(key, minutes=card.minutes)),
            ("again", texts.text("gui.next.again"), texts.text("gui.next.again_more")),
        ]
        states = ["done" if repaired or tried else "main", "done" if repaired else "main" if tried else "plain"]
        if incident is not None and desk(incident):
            opened = gate(incident)
            more = "gui.next.desk_open" if opened.is_open else "gui.next.desk_shut"
            more = "gui.next.desk_waiting" if opened.state == "waiting" else more
            rows.append(("desk", texts.text("gui.next.desk"), texts.text(more)))
            states.append("done" if opened.state in ("empty", "waiting") else "main" if opened.is_open else "shut")
        return [(*row, state) for row, state in zip(rows, states, strict=True)]

    def _add(self, grid: QGridLayout, number: int, page: str, title: str, more: str, state: str, texts: Texts) -> None:
        top = Qt.AlignmentFlag.AlignTop
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(label(title, "strong" if state == "main" else "body"))
        words.addWidget(label(more, "small"))
        grid.addWidget(label("✓" if state == "done" else f"{number + 1}", "number", wrap=False), number * 2, 0, top)
        grid.addLayout(words, number * 2, 1)
        line = QHBoxLayout()
        if state == "shut":
            line.addWidget(label(texts.text("gui.next.not_yet"), "small", wrap=False))
        button = SpokenButton(f"gui.next.{'look' if state == 'shut' else f'to_{page}'}", _role(state))
        button.say(texts)
        button.setAccessibleDescription(title)
        button.clicked.connect(lambda: self.wanted.emit(page))
        self.buttons[page] = button
        line.addWidget(button)
        grid.addLayout(line, number * 2, 2, top)


def _role(state: str) -> str:
    return {"main": "main", "shut": "link"}.get(state, "plain")


def first_card(report: Report) -> Card | None:
    """The card to begin with; None when nothing that was found can be repaired with one."""
    return next((made for made in cards_for(report) if isinstance(made, Card)), None)
