"""The checks at work: each a line with its verdict, what it is doing in plain words, and a way to skip it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from core.model import CheckResult
from core.texts import Texts
from gui.bridge import CheckFinished, CheckStarted, Event, RunStarted
from gui.pages.page import Page
from gui.widgets.badge import Badge
from gui.widgets.finding import WEIGHT, card
from gui.widgets.text import SpokenButton, SpokenLabel, label, rule, said


class CheckLine(QWidget):
    """One check: waiting, running, or its verdict with the heaviest finding's title."""

    def __init__(self, check_id: str, texts: Texts) -> None:
        super().__init__()
        self.check_id = check_id
        self.result: CheckResult | None = None
        self.state = "waiting"
        self.badge = Badge(texts, "waiting")
        self.heading, self.line = label(role="strong"), label(role="small")
        self.skip = SpokenButton("gui.running.skip", "link")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.heading)
        words.addWidget(self.line)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 2, 0, 2)
        box.setSpacing(14)
        box.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addLayout(words, 1)
        box.addWidget(self.skip, 0, Qt.AlignmentFlag.AlignVCenter)
        self.say(texts)

    def start(self, texts: Texts) -> None:
        """The check began to measure; told again, nothing is to be done."""
        if self.state == "waiting":
            self.state = "running"
            self.say(texts)

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

    def hear(self, event: Event) -> None:
        """Follow the run."""
        if isinstance(event, RunStarted):
            self.show_checks(event.checks)
        elif isinstance(event, CheckStarted):
            self.show_started(event.check_id)
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

    def show_started(self, check_id: str) -> None:
        """A check began."""
        self.lines[check_id].start(self.texts)

    def show_finished(self, result: CheckResult) -> None:
        """A check ended."""
        line = self.lines[result.check_id]
        if result is not line.result:
            line.finish(result, self.texts)
            self._count_up()

    def reset(self) -> None:
        """Nothing is known yet about the next run."""
        self.lines = {}
        if self._frame:
            self._frame.deleteLater()
            self._frame = None
        self.bar.setRange(0, 0)
        self.count.key = "gui.running.preparing"
        self.count.values = {}
        self.count.say(self.texts)

    def first_focus(self) -> QWidget | None:
        """Nothing: no key pressed by habit may skip a check."""
        return self.bar

    def _skip(self, line: CheckLine) -> None:
        line.skip.setEnabled(False)
        self.skip_wanted.emit(line.check_id)

    def _count_up(self) -> None:
        done = sum(line.result is not None for line in self.lines.values())
        self.bar.setRange(0, max(1, len(self.lines)))
        self.bar.setValue(done)
        self.count.key = "gui.running.progress"
        self.count.values = {"count": len(self.lines), "done": done}
        self.count.say(self.texts)
        self.bar.setAccessibleName(self.count.text())
