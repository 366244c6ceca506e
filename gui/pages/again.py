"""Check again: repeat what was wrong, show before and now side by side, and watch for three days."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QProgressBar, QVBoxLayout, QWidget

from core.again import REPAIRED, Comparison, checks_to_repeat, compare, watch_entries
from core.delisting import desk, way_off
from core.incident import Incident
from core.practice.story import is_repaired
from core.report.comparison import calm_lines, cause_rows, check_rows, meaning
from core.report.words import check_name
from core.texts import Texts
from gui.bridge import CheckFinished, Event, RunStarted
from gui.pages.incident_page import IncidentPage
from gui.widgets.aloud import say_aloud
from gui.widgets.badge import Badge
from gui.widgets.finding import card
from gui.widgets.flow import FlowLayout
from gui.widgets.hint import HintLabel
from gui.widgets.initials import Who
from gui.widgets.text import SpokenButton, label, rule

_BADGES = {
    "repaired": "ok",
    "repaired_but_listed": "warning",
    "repaired_with_rest": "warning",
    "still_wrong": "critical",
    "not_seen": "unknown",
    "nothing_to_compare": "ok",
}


class AgainPage(IncidentPage):
    """`run_wanted`: repeat the checks now; `stop_wanted`: leave off."""

    name = "again"
    run_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, who: Who) -> None:
        super().__init__(who)
        self.running = False
        self._done, self._all = 0, 0
        self._bar: QProgressBar | None = None

    def show_running(self, running: bool) -> None:
        """The checks are under way, or have ended."""
        self.running, self._done, self._all = running, 0, 0
        self.show_texts(self.texts)
        if running:
            say_aloud(self, self.texts.text("gui.again.running"))

    def say_verdict(self) -> None:
        """What came of it, for who cannot see it."""
        if self.incident is not None and (found := compare(self.incident)):
            say_aloud(self, self.texts.text(f"again.verdict.{found.verdict}"))

    def hear(self, event: Event) -> None:
        """Follow the run."""
        if isinstance(event, RunStarted):
            self._all = len(event.checks)
        elif isinstance(event, CheckFinished):
            self._done += 1
        if self._bar:
            self._bar.setRange(0, self._all)
            self._bar.setValue(self._done)

    def build(self, box: QVBoxLayout, texts: Texts) -> None:
        """What will be repeated and the button; then what came of it."""
        incident = self.incident
        assert incident is not None
        self._bar = None
        comparison = None if self.running else compare(incident)
        if comparison:
            self._verdict(comparison, incident, box, texts)
        box.addWidget(self._start(incident, texts, first=comparison is None or _is_waiting(comparison, incident)))
        if comparison:
            box.addWidget(self._causes(comparison, incident, texts))
            box.addWidget(self._rows(comparison, texts))

    def first_focus(self) -> QWidget | None:
        """The one button."""
        return self._holder.findChild(QWidget, "start") if self._holder else None

    def _start(self, incident: Incident, texts: Texts, *, first: bool) -> QWidget:
        frame, box = card()
        role = "main" if first and not self.running else "plain"
        self.start = SpokenButton("gui.again.stop" if self.running else "gui.again.start", role)
        self.start.setObjectName("start")
        self.start.say(texts)
        self.start.clicked.connect(self.stop_wanted if self.running else self.run_wanted)
        if incident.imported_at is not None or incident.first is None:
            reason = "again.imported" if incident.imported_at is not None else "again.no_run"
            box.addWidget(label(texts.text(f"problem.{reason}.title"), "strong"))
            self.start.hide()
            return frame
        checks = checks_to_repeat(incident.first) | checks_to_repeat(incident.runs[-1].report)
        names = [check_name(texts, one.check_id) for one in incident.first.results if one.check_id in checks]
        box.addWidget(HintLabel(texts, texts.text("gui.again.what", checks=names), "small"))
        if incident.practice and incident.causes and not is_repaired(incident):
            box.addWidget(label(texts.text("gui.again.practice"), "small"))
        if self.running:
            self._bar = QProgressBar()
            self._bar.setRange(0, self._all)
            self._bar.setValue(self._done)
            self._bar.setTextVisible(False)
            self._bar.setAccessibleName(texts.text("gui.again.running"))
            box.addWidget(label(texts.text("gui.again.running"), "strong"))
            box.addWidget(self._bar)
        box.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
        return frame

    def _verdict(self, comparison: Comparison, incident: Incident, box: QVBoxLayout, texts: Texts) -> None:
        frame, inside = card()
        inside.addWidget(Badge(texts, _BADGES[comparison.verdict]), 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(label(texts.text(f"again.verdict.{comparison.verdict}"), "heading"))
        inside.addWidget(HintLabel(texts, meaning(comparison, incident, texts)))
        line = FlowLayout(12)
        repaired, rest = comparison.verdict in REPAIRED, comparison.verdict == "repaired_with_rest"
        way = way_off(desk(incident))[0]
        if comparison.verdict == "repaired_but_listed":
            role = "main" if way == "ask" else "plain"
            key = "gui.again.to_desk" if way == "ask" else "gui.again.see_desk"
            self._add(line, key, role, lambda: self.wanted.emit("desk"), texts)
            if incident.practice and way != "ask":
                inside.addWidget(label(texts.text("gui.again.practice_wait"), "small"))
        elif rest or not repaired:
            self._add(line, "gui.again.to_first_aid", "main", lambda: self.wanted.emit("first_aid"), texts)
        watching = self.incident is not None and any(one.what == "again" for one in self.incident.reminders)
        if repaired and not watching:
            self._add(line, "gui.again.watch", "plain", self._watch, texts)
        inside.addLayout(line)
        if watching and self.incident:
            times = [texts.datetime(one.due) for one in self.incident.reminders if one.what == "again"]
            inside.addWidget(label(texts.text("gui.again.watching", times=times), "small"))
        box.addWidget(frame)

    def _watch(self) -> None:
        self.added.emit(watch_entries(datetime.now(UTC)))

    def _add(self, line: FlowLayout, key: str, role: str, act: object, texts: Texts) -> None:
        button = SpokenButton(key, role)
        button.setObjectName(key)
        button.say(texts)
        button.clicked.connect(act)
        line.addWidget(button)

    def _causes(self, comparison: Comparison, incident: Incident, texts: Texts) -> QWidget:
        frame, box = card()
        box.addWidget(label(texts.text("again.heading.causes"), "heading"))
        for number, (title, line) in enumerate(cause_rows(comparison, incident, texts)):
            if number:
                box.addWidget(rule())
            box.addWidget(label(title, "strong", selectable=True))
            box.addWidget(HintLabel(texts, line))
        return frame

    def _rows(self, comparison: Comparison, texts: Texts) -> QWidget:
        frame, box = card()
        box.addWidget(label(texts.text("again.heading.rows"), "heading"))
        times = {"before": comparison.before_at.isoformat(), "after": comparison.after_at.isoformat()}
        box.addWidget(label(texts.text("again.times", times), "small"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(12)
        for column, key in enumerate(("gui.again.before", "gui.again.after")):
            grid.addWidget(label(texts.text(key), "strong"), 0, column)
            grid.setColumnStretch(column, 1)
        row = 1
        for name, before, after, change in check_rows(comparison, texts):
            grid.addWidget(rule(), row, 0, 1, 2)
            grid.addWidget(label(texts.text("again.row", name=name, change=change), "strong"), row + 1, 0, 1, 2)
            grid.addWidget(HintLabel(texts, before, "small"), row + 2, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(HintLabel(texts, after, "small"), row + 2, 1, Qt.AlignmentFlag.AlignTop)
            row += 3
        box.addLayout(grid)
        for line in calm_lines(comparison, texts):
            box.addWidget(label(line, "small"))
        return frame


def _is_waiting(comparison: Comparison, incident: Incident) -> bool:
    """Whether nothing is left but to look again."""
    return comparison.verdict == "repaired_but_listed" and way_off(desk(incident))[0] != "ask"
