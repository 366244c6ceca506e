"""The checks at work: each a line with its verdict, what it is doing in plain words, and a way to skip it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from core.model import CheckResult, Value
from core.texts import Texts
from gui.bridge import CheckFinished, CheckStarted, Event, RunStarted
from gui.pages.page import Page
from gui.widgets.aloud import say_aloud
from gui.widgets.badge import Badge
from gui.widgets.finding import WEIGHT, card
from gui.widgets.text import SpokenButton, SpokenLabel, label, rule, said
from gui.widgets.time_left import seconds_left, time_left

_TICK_MS = 1000
_SAY_EVERY = 5.0  # seconds between two sentences about how far it is
_SOON = 3.0  # seconds: most checks have ended by then, and nobody asks how long they take
_STEPS = ((60.0, 10.0), (math.inf, 60.0))  # up to so many seconds left the number is rounded up to these


def left_to_tell(seconds: float) -> float:
    """So much may be left at most, rounded up so that it is true and does not flicker; 0 when the time is over."""
    step = next(step for most, step in _STEPS if seconds <= most)
    return max(0.0, math.ceil(seconds / step) * step)


class CheckLine(QWidget):
    """One check: waiting, running with the time it may still take, or its verdict with the heaviest finding's title."""

    def __init__(self, check_id: str, texts: Texts, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.check_id = check_id
        self._clock, self._begun, self._most = clock, 0.0, 0.0
        self.result: CheckResult | None = None
        self.state = "waiting"
        self.badge = Badge(texts, "waiting")
        self.heading, self.line = label(role="strong"), label(role="small")
        self.time = label(role="small", wrap=False)  # beside the heading: the lines below keep their place
        self.skip = SpokenButton("gui.running.skip", "link")
        words, head = QVBoxLayout(), QHBoxLayout()
        words.setSpacing(2)
        head.addWidget(self.heading, 1)
        head.addWidget(self.time)
        words.addLayout(head)
        words.addWidget(self.line)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 2, 0, 2)
        box.setSpacing(14)
        box.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addLayout(words, 1)
        box.addWidget(self.skip, 0, Qt.AlignmentFlag.AlignVCenter)
        self.say(texts)

    def start(self, texts: Texts, most_seconds: float) -> None:
        """The check began to measure; told again, nothing is to be done."""
        if self.state == "waiting":
            self.state, self._begun, self._most = "running", self._clock(), most_seconds
            self.say(texts)

    def tick(self, texts: Texts) -> None:
        """Time goes by."""
        if (told := self._left(texts)) != self.time.text():
            self.time.setText(told)

    @property
    def usually_left(self) -> float:
        """Seconds it still needs when all goes as usual."""
        return seconds_left(self.check_id, 0.0 if self.state == "waiting" else self._clock() - self._begun)

    def _left(self, texts: Texts) -> str:
        passed = self._clock() - self._begun
        if self.state != "running" or passed < _SOON:
            return ""
        left = left_to_tell(self._most - passed)
        return texts.text("gui.running.left" if left else "gui.running.ends", left=left)

    def finish(self, result: CheckResult, texts: Texts) -> None:
        """The check brought its result home."""
        self.result, self.state = result, result.state
        self.skip.hide()
        self.say(texts)

    def say(self, texts: Texts) -> None:
        """All words of the line, in this language."""
        name = texts.text(f"check.{self.check_id}.name")
        self.badge.show_state(texts, self.state)
        self.heading.setText(name)
        self.line.setText(outcome(self.result, texts) if self.result else texts.text(f"check.{self.check_id}.doing"))
        self.tick(texts)
        self.skip.say(texts)
        self.skip.setAccessibleName(texts.text("gui.running.skip_of", check=name))


def outcome(result: CheckResult, texts: Texts) -> str:
    """A result in one sentence: its heaviest finding, or why it could not look."""
    findings = sorted(result.findings, key=lambda finding: WEIGHT.index(finding.severity))
    if findings and findings[0].severity is result.severity:
        return said(texts, f"{findings[0].code}.title", findings[0].values)
    if result.problem:
        return said(texts, f"problem.{result.problem.code}.title", result.problem.values)
    return texts.text("gui.running.nothing_said")


class RunningPage(Page):
    """`skip_wanted` carries a check's id."""

    name = "running"
    skip_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.count = SpokenLabel("gui.running.preparing", "lead")
        self.body.addWidget(self.count)
        self.body.addWidget(self.bar)
        self._frame: QFrame | None = None
        self.lines: dict[str, CheckLine] = {}
        self._ticking = QTimer(self)
        self._ticking.timeout.connect(self._tick)
        self._say_next = 0.0  # not before this moment, by `time.monotonic`

    def hear(self, event: Event) -> None:
        """Follow the run."""
        if isinstance(event, RunStarted):
            self.show_checks(event.checks)
        elif isinstance(event, CheckStarted):
            self.show_started(event.check_id, event.most_seconds)
        elif isinstance(event, CheckFinished):
            self.show_finished(event.result)

    def show_checks(self, checks: Sequence[str]) -> None:
        """A fresh line for each check."""
        if self._frame:
            self._frame.deleteLater()
        self._frame, box = card()
        self.lines = {check_id: CheckLine(check_id, self.texts) for check_id in checks}
        for number, line in enumerate(self.lines.values()):
            if number:
                box.addWidget(rule())
            box.addWidget(line)
            line.skip.clicked.connect(lambda _=False, line=line: self._skip(line))
        self.body.addWidget(self._frame)
        self._count_up()

    def show_started(self, check_id: str, most_seconds: float) -> None:
        """A check began; it takes so long at most."""
        self.lines[check_id].start(self.texts, most_seconds)
        self._ticking.start(_TICK_MS)

    def _tick(self) -> None:
        for line in self.lines.values():
            line.tick(self.texts)
        if self.lines:
            self._say_count()
        if not any(line.state == "running" for line in self.lines.values()):
            self._ticking.stop()

    def show_finished(self, result: CheckResult) -> None:
        """A check ended."""
        line = self.lines[result.check_id]
        if result is not line.result:
            self._leave(line)
            line.finish(result, self.texts)
            self._count_up()
            self._say_progress()

    def reset(self) -> None:
        """Nothing is known yet about the next run."""
        self.lines = {}
        if self._frame:
            self._frame.deleteLater()
            self._frame = None
        self._say_next = time.monotonic() + _SAY_EVERY
        self.bar.setRange(0, 0)
        self.count.key = "gui.running.preparing"
        self.count.values = {}
        self.count.say(self.texts)

    def first_focus(self) -> QWidget | None:
        """Nothing: no key pressed by habit may skip a check."""
        return self.bar

    def _leave(self, line: CheckLine) -> None:
        """The button goes: left alone, Qt hands the keyboard to the next one, and in the end to "stop"."""
        if line.skip.hasFocus():
            self.bar.setFocus()

    def _say_progress(self) -> None:
        """Now and then, so that nobody is talked at without a pause."""
        if time.monotonic() >= self._say_next:
            self._say_next = time.monotonic() + _SAY_EVERY
            say_aloud(self.bar, self.count.text())

    def _skip(self, line: CheckLine) -> None:
        self._leave(line)
        line.skip.setEnabled(False)
        self.skip_wanted.emit(line.check_id)

    def _count_up(self) -> None:
        done = sum(line.result is not None for line in self.lines.values())
        self.bar.setRange(0, max(1, len(self.lines)))
        self.bar.setValue(done)
        self.bar.setAccessibleName(self.texts.text("gui.running.progress", count=len(self.lines), done=done))
        self._say_count()

    def _say_count(self) -> None:
        """How many are done, and how long the slowest of the others usually still takes."""
        left = [line.usually_left for line in self.lines.values() if line.result is None]
        values: dict[str, Value] = {"count": len(self.lines), "done": len(self.lines) - len(left)}
        if left:
            values["left"] = time_left(max(left), self.texts)
        self.count.key = "gui.running.progress_left" if left else "gui.running.progress"
        if values != self.count.values:
            self.count.values = values
            self.count.say(self.texts)
