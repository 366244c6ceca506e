"""The answer: what is wrong, how sure we are, who must act and with which steps; then everything it rests on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.clean import clean
from core.diagnosis.ranking import beside_the_point
from core.incident import Incident
from core.model import Cause, Report, Target
from core.report.charts import drawings
from core.report.explain_text import explanation_text
from core.report.text_file import report_text
from core.report.way import way
from core.texts import Texts
from gui.pages.page import Page
from gui.widgets.badge import Badge
from gui.widgets.chart import ChartPicture
from gui.widgets.finding import card, numbered, problem_row, result_rows, rows_card
from gui.widgets.flow import FlowLayout
from gui.widgets.fold import Fold
from gui.widgets.handing import Handing
from gui.widgets.hint import HintLabel
from gui.widgets.next_steps import NextSteps, first_card
from gui.widgets.raw import raw_box
from gui.widgets.text import label, said
from gui.widgets.way import WayPicture

# Causes that say what was not found: nobody must act, and "confirmed" would sound like a verdict.
WITHOUT_CULPRIT = ("nothing_found", "could_not_look")


class AnswerPage(Page):
    """Built anew for every report and every change of language."""

    name = "answer"
    explains_title = True  # it tells the cause
    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.report: Report | None = None
        self.incident: Incident | None = None  # as the notebook keeps it; None when it could not be kept
        self.next_steps: NextSteps | None = None
        self._holder: QWidget | None = None
        self.lead.hide()

    def show_incident(self, incident: Incident | None) -> None:
        """What was done since may have opened the next step."""
        before, self.incident = self.incident, incident
        if self.next_steps and incident is not None:
            self.next_steps.show_incident(incident, self.texts)
        elif (before is None) != (incident is None) and self.report:
            self.show_texts(self.texts)

    def first_focus(self) -> QWidget | None:
        """The one main action, where there is one."""
        return self.next_steps.main() if self.next_steps else None

    def opening_words(self) -> str:
        """The cause, and who acts."""
        cause = self.report.causes[0] if self.report and self.report.causes else None
        who = self.texts.text(f"gui.answer.who.{cause.who_acts}") if cause and cause.code not in WITHOUT_CULPRIT else ""
        return f"{super().opening_words()} {who}".strip()

    async def make_ready(self, report: Report, incident: Incident | None) -> None:
        """Build what `show_report` shows, while another page is there and the window answers in between."""
        self.show_report(report, incident)
        await asyncio.sleep(0)
        if self._holder:
            self._holder.ensurePolished()
        await asyncio.sleep(0)

    def show_report(self, report: Report, incident: Incident | None = None) -> None:
        """Show this report; the words follow from it."""
        if report is not self.report or incident is not self.incident:
            self.report, self.incident = report, incident
            self.show_texts(self.texts)
        self.verticalScrollBar().setValue(0)

    def show_texts(self, texts: Texts) -> None:
        """Everything on the page, in this language."""
        if self._holder:
            self._holder.hide()
            self._holder.deleteLater()
            self._holder = None
        self.next_steps = None
        if self.report is None:
            return
        self._holder = QWidget()
        box = QVBoxLayout(self._holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(14)
        self._fill_report(self.report, box, texts)
        self.body.addWidget(self._holder)

    def _fill_report(self, report: Report, box: QVBoxLayout, texts: Texts) -> None:
        if report.causes:
            first = report.causes[0]
            self._show_title(headline(first, report.target, texts), texts)
            self._add_cause(first, report, box, texts)
        else:
            self._show_title(texts.text("gui.answer.no_cause"), texts)
        others = report.causes[1:]
        if others:
            self._add_heading("gui.answer.other_causes", box, texts)
            box.addWidget(rows_card([_other_cause(cause, texts) for cause in others]))
        self._add_results(report, box, texts)
        self._add_charts(report, box, texts)

    def _show_title(self, words: str, texts: Texts) -> None:
        assert isinstance(self.title, HintLabel)
        self.title.show_text(texts, words)

    def _add_cause(self, cause: Cause, report: Report, box: QVBoxLayout, texts: Texts) -> None:
        if cause.code not in WITHOUT_CULPRIT:
            line = QHBoxLayout()
            line.setSpacing(14)
            badge = Badge(texts, report.severity.value)
            line.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(label(texts.text(f"gui.answer.who.{cause.who_acts}"), "strong"), 1)
            box.addLayout(line)
        box.addWidget(HintLabel(texts, said(texts, f"cause.{cause.code}.meaning", cause.values), selectable=True))
        if picture := way(report.target, cause, texts):
            frame, inside = card()
            inside.addWidget(WayPicture(picture))
            box.addWidget(frame)
        if self.incident is not None and (first := first_card(report)):
            self.next_steps = NextSteps(first, self.incident, texts)
            self.next_steps.wanted.connect(self.wanted)
            box.addWidget(self.next_steps)
        steps = texts.steps(f"cause.{cause.code}", cause.values)
        if steps and self.next_steps is None:
            frame, inside = card()
            inside.addWidget(label(texts.text("gui.answer.steps"), "heading"))
            inside.addWidget(numbered(steps, texts))
            box.addWidget(frame)
        self._add_ways_on(cause, report, steps, box, texts)

    def _add_ways_on(self, cause: Cause, report: Report, steps: list[str], box: QVBoxLayout, texts: Texts) -> None:
        """Behind buttons: the steps in sentences, why this is the answer, and handing it to a specialist."""
        line = FlowLayout(18)
        title = clean(cause_title(cause, texts))
        folds = [
            Fold(texts, lambda: _why(report, texts), title, "gui.answer.why"),
            Fold(texts, lambda: _hand_on(report, texts), title, "gui.answer.hand"),
        ]
        if self.next_steps is not None and steps:
            folds.insert(0, Fold(texts, lambda: numbered(steps, texts), title, "gui.answer.in_words"))
        for fold in folds:
            line.addWidget(fold.button)
        box.addLayout(line)
        for fold in folds:
            box.addWidget(fold)

    def _add_results(self, report: Report, box: QVBoxLayout, texts: Texts) -> None:
        groups: Sequence[tuple[str, list[QWidget]]] = (
            ("gui.answer.findings", result_rows(report.results, texts)),
            (
                "gui.answer.could_not_look",
                [problem_row(r, r.problem, texts) for r in report.results if r.applies and r.problem],
            ),
            (
                "gui.answer.does_not_apply",
                [problem_row(r, r.problem, texts) for r in report.results if not r.applies and r.problem],
            ),
        )
        for key, rows in groups:
            if rows:
                self._add_heading(key, box, texts)
                box.addWidget(rows_card(rows))

    def _add_charts(self, report: Report, box: QVBoxLayout, texts: Texts) -> None:
        """The report's pictures, as they stand in the file."""
        found = drawings(report, texts)
        if found:
            self._add_heading("report.chart.heading", box, texts)
        for wide, narrow in zip(found, drawings(report, texts, narrow=True), strict=True):
            frame, inside = card()
            inside.addWidget(label(wide.title, "strong"))
            inside.addWidget(ChartPicture(wide, narrow))
            box.addWidget(frame)

    def _add_heading(self, key: str, box: QVBoxLayout, texts: Texts) -> None:
        box.addSpacing(8)
        box.addWidget(label(texts.text(key), "heading"))


def _why(report: Report, texts: Texts) -> QWidget:
    return raw_box(clean(explanation_text(report, texts), 200_000, keep="\n"), texts.text("explain.heading"))


def _hand_on(report: Report, texts: Texts) -> QWidget:
    subject = texts.text("gui.answer.hand_subject", title=headline(report.causes[0], report.target, texts))
    holder, box = card()
    box.addWidget(label(texts.text("gui.answer.hand_more"), "small"))
    box.addWidget(Handing(texts, lambda: ("", subject, report_text(report, texts)), subject))
    return holder


def headline(cause: Cause, target: Target, texts: Texts) -> str:
    """The answer with how sure it is in the same breath: a suspicion must never read as a fact."""
    title = cause_title(cause, texts)
    if cause.code in WITHOUT_CULPRIT:
        return title
    key = "gui.answer.risk_headline" if beside_the_point(cause, target) else "gui.answer.headline"
    return texts.text(key, certainty=cause.certainty, title=title)


def cause_title(cause: Cause, texts: Texts) -> str:
    """What the cause is, as the report says it too."""
    return said(texts, f"cause.{cause.code}.title", cause.values)


def _other_cause(cause: Cause, texts: Texts) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 2, 0, 2)
    title = cause_title(cause, texts)
    line, words = QHBoxLayout(), QVBoxLayout()
    words.setSpacing(3)
    words.addWidget(HintLabel(texts, title, "strong", selectable=True))
    sure = texts.text(f"certainty.{cause.certainty}")
    words.addWidget(label(f"{sure}　{texts.text(f'gui.answer.who.{cause.who_acts}')}", "small"))
    line.addLayout(words, 1)
    box.addLayout(line)
    fold = Fold(texts, lambda: _cause_details(cause, texts), clean(title), "gui.answer.todo")
    line.addWidget(fold.button, 0, Qt.AlignmentFlag.AlignTop)
    box.addWidget(fold)
    return holder


def _cause_details(cause: Cause, texts: Texts) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 6, 0, 6)
    box.addWidget(HintLabel(texts, said(texts, f"cause.{cause.code}.meaning", cause.values), selectable=True))
    box.addWidget(numbered(texts.steps(f"cause.{cause.code}", cause.values), texts))
    return holder
