"""The steps at the side: which are done, which one is now, and the promise that always stands below."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from core.guide import SIDES, STEPS, Guide, Step
from core.texts import Texts
from gui.widgets.edition import Edition
from gui.widgets.text import SpokenLabel, label, restyle

_CENTRE = 0x84  # Qt.AlignmentFlag.AlignCenter: see gui.widgets.prose about the names in `Qt`


class StepLine(QFrame):
    """One step: a number in a ring, or a tick when it is behind us."""

    def __init__(self, number: int, step: Step) -> None:
        super().__init__()
        self.setProperty("role", "step")
        self._number, self._key = number, f"gui.step.{step}"
        self._state, self._new = "later", True
        self.setProperty("state", self._state)
        self._mark = label(f"{number}", role="ring", wrap=False)
        self._mark.setFixedSize(24, 24)
        self._mark.setProperty("alignment", _CENTRE)
        box = QHBoxLayout(self)
        box.setContentsMargins(8, 7, 8, 7)
        box.setSpacing(8)
        box.addWidget(self._mark)
        box.addWidget(SpokenLabel(self._key, "small"), 1)

    def show_state(self, state: str) -> None:
        """`state`: done, now, later, or passed (practice and earlier incidents need no such step)."""
        new, self._new = self._new, False
        if state == self._state:
            return
        self._state = state
        self._mark.setText({"done": "✓", "passed": "–"}.get(state, f"{self._number}"))
        if new:  # no style has looked at it yet
            self.setProperty("state", state)
            return
        restyle(self, state=state)
        for child in self.findChildren(QLabel):
            restyle(child)

    def say(self, texts: Texts) -> None:
        """Say number, name and state in one, for a screen reader."""
        state = texts.text(f"gui.step.state.{self._state}")
        self.setAccessibleName(f"{self._number} {texts.text(self._key)} {state}")


class Sidebar(QFrame):
    """Name of the app, the steps, the promise."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.lines = {step: StepLine(number, step) for number, step in enumerate(STEPS, 1)}
        box = QVBoxLayout(self)
        box.setContentsMargins(18, 26, 18, 20)
        box.setSpacing(2)
        box.addWidget(SpokenLabel("app.name", "app"))
        below, self.place = QHBoxLayout(), label(role="small", wrap=False)
        below.addWidget(SpokenLabel("gui.app.other_name", "small"), 1)
        below.addWidget(self.place)
        box.addLayout(below)
        box.addSpacing(18)
        for line in self.lines.values():
            box.addWidget(line)
        box.addSpacing(20)
        self.promise = SpokenLabel("gui.promise", "small")
        box.addWidget(self.promise)
        box.addStretch(1)
        box.addWidget(Edition())

    def show_step(self, guide: Guide, texts: Texts) -> None:
        """Mark where the person stands; a step that this way never visits is not called done, and a tool is no step."""
        on_the_way, beside = guide.steps, guide.page in SIDES
        place = STEPS.index(guide.step)
        self.place.setText("" if beside else f"{place + 1} / {len(STEPS)}")
        for number, (step, line) in enumerate(self.lines.items()):
            state = "done" if number < place else "now" if number == place and not beside else "later"
            line.show_state(state if step in on_the_way else "passed")
            line.say(texts)
