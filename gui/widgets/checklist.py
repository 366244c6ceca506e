"""The checklist of first response on the screen: its lines in order, what is next, and the way on to the repair."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.checklist import Line, next_line
from core.knowledge.fixes import FixStep
from core.texts import Texts
from gui.widgets.command_text import CopyRow
from gui.widgets.flow import FlowLayout
from gui.widgets.hint import HintLabel
from gui.widgets.initials import done_words
from gui.widgets.steady import NOTHING_YET, TickWords, steady
from gui.widgets.text import SpokenButton, label, rule

_HELD_BY = "hold_outgoing"  # the step that has a command of its own


class ChecklistView(QFrame):
    """`ticked`: a step and whether it is done; `card_wanted`: to the repair; `letters_wanted`: to the letters."""

    ticked = Signal(str, bool)
    card_wanted = Signal()
    letters_wanted = Signal()

    def __init__(self, lines: Sequence[Line], texts: Texts, *, has_card: bool, hold: Sequence[FixStep] = ()) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._texts = texts
        self.boxes: dict[str, QCheckBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 16, 20, 16)
        self._column.setSpacing(10)
        self._head(lines, has_card)
        phase = ""
        for line in lines:
            if line.phase != phase:
                phase = line.phase
                self._column.addWidget(rule())
                self._column.addWidget(label(texts.text(f"checklist.phase.{phase}"), "strong"))
            self._column.addWidget(self._line(line))
            if hold and line.step == _HELD_BY:
                self._column.addWidget(self._hold(hold))

    def _head(self, lines: Sequence[Line], has_card: bool) -> None:
        texts = self._texts
        self._column.addWidget(label(texts.text("gui.first_aid.checklist"), "heading"))
        done = sum(1 for line in lines if line.tick)
        following = next_line(lines)
        key = f"checklist.step.{following.step}" if following else ""
        self._column.addWidget(label(texts.text("checklist.progress", done=done, all=len(lines)), "small"))
        sayings = {
            f"checklist.step.{line.step}": texts.text("checklist.next", step=texts.text(f"checklist.step.{line.step}"))
            for line in lines
        } | {"": texts.text("checklist.all_done")}
        shown = HintLabel(texts, sayings.pop(key))
        self._column.addWidget(steady(shown, *(label(other) for other in sayings.values())))
        ways = FlowLayout(18)
        if has_card:
            ways.addWidget(self._way("gui.first_aid.to_card", "to-card", self.card_wanted))
        ways.addWidget(self._way("gui.first_aid.letters_here", "letters-here", self.letters_wanted))
        self._column.addLayout(ways)

    def _way(self, key: str, name: str, wanted: SignalInstance) -> SpokenButton:
        button = SpokenButton(key, "link")
        button.setObjectName(name)
        button.say(self._texts)
        button.clicked.connect(wanted)
        return button

    def _hold(self, steps: Sequence[FixStep]) -> QWidget:
        """What to type at the server, and what undoes it."""
        holder, texts = QWidget(), self._texts
        rows = QVBoxLayout(holder)
        rows.setContentsMargins(52, 0, 0, 4)  # below the words, beside their tick
        rows.setSpacing(6)
        for step in steps:
            said = texts.text(f"fix.say.{step.say}")
            rows.addWidget(label(said, "small", selectable=True))
            rows.addWidget(CopyRow(texts, step.run, said, step.say))
        return holder

    def _line(self, line: Line) -> QWidget:
        holder, texts = QWidget(), self._texts
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
        tick.clicked.connect(lambda done: self.ticked.emit(line.step, done))
        self.boxes[line.step] = tick
        words.addWidget(TickWords(texts, said, tick))
        reason = TickWords(texts, why, tick, "small")
        done = label(done_words(line.tick, texts) if line.tick else NOTHING_YET, "small")
        words.addWidget(steady(done, reason) if line.tick else steady(reason, done))
        row.addWidget(tick, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return holder
