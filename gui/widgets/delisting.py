"""Lines of the delisting desk: who may ask, how, how long it takes, and what has been done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from core.clean import clean
from core.delisting import DeskLine
from core.report.desk_words import line_facts, line_name
from core.texts import Texts
from gui.widgets.badge import Badge
from gui.widgets.flow import FlowLayout
from gui.widgets.hint import HintLabel
from gui.widgets.text import SpokenButton, label

_BADGES = {"removed": "ok", "said_removed": "unknown", "asked": "warning", "answered": "warning"}
OUTCOMES = ("answered", "refused", "removed")


class DeskLineView(QFrame):
    """`request_wanted`: write the text; `outcome`: one of `OUTCOMES`, what the list answered."""

    request_wanted = Signal()
    outcome = Signal(str)

    def __init__(self, line: DeskLine, texts: Texts, *, is_open: bool) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.line = line
        self.buttons: dict[str, SpokenButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(14)
        badge = _BADGES.get(line.state, "critical" if line.matters else "warning")
        head.addWidget(Badge(texts, badge), 0, Qt.AlignmentFlag.AlignTop)
        name, subject = line_name(line, texts), clean(line.subject, 120)
        head.addWidget(label(texts.text("delisting.line", name=name, subject=subject), "strong", selectable=True), 1)
        column.addLayout(head)
        state = texts.text(f"delisting.state.{line.state}")
        column.addWidget(label(state[:1].upper() + state[1:]))
        for text in line_facts(line, texts):
            column.addWidget(HintLabel(texts, text, "small", selectable=True))
        row = FlowLayout(12)
        if is_open and line.can_ask:
            self._add("request", "main", row, texts).clicked.connect(self.request_wanted)
        if line.state in ("asked", "answered", "refused"):
            for word in OUTCOMES:
                button = self._add(word, "plain", row, texts)
                button.clicked.connect(lambda _=False, word=word: self.outcome.emit(word))
        column.addLayout(row)

    def _add(self, name: str, role: str, row: FlowLayout, texts: Texts) -> SpokenButton:
        button = SpokenButton(f"gui.desk.{name}", role)
        button.setObjectName(f"{name}-{self.line.zone}-{self.line.subject}")
        button.setAccessibleDescription(line_name(self.line, texts))
        button.say(texts)
        self.buttons[name] = button
        row.addWidget(button)
        return button
