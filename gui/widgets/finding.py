"""One line of the result: verdict, title, plain meaning; steps and raw evidence behind "details"."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.clean import clean
from core.model import CheckResult, Finding, Problem, Severity
from core.report.playbook import Playbook, playbook_of, refusal_lines
from core.report.words import check_name, column_name
from core.texts import Texts
from gui.widgets.aloud import say_aloud
from gui.widgets.badge import Badge
from gui.widgets.card import card, rows_card
from gui.widgets.fold import Fold
from gui.widgets.hint import HintLabel
from gui.widgets.raw import evidence_text, raw_box
from gui.widgets.table_lines import table_or_lines
from gui.widgets.text import label, said

__all__ = ["WEIGHT", "card", "finding_row", "numbered", "playbook_part", "problem_row", "result_rows", "rows_card"]
WEIGHT = (Severity.CRITICAL, Severity.WARNING, Severity.UNKNOWN, Severity.OK)


def numbered(steps: list[str], texts: Texts) -> QWidget:
    """Steps in their order, the number in its own column."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    for row, step in enumerate(steps):
        grid.addWidget(label(f"{row + 1}", "number", wrap=False), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(HintLabel(texts, clean(step), selectable=True), row, 1)
    return holder


def finding_row(finding: Finding, check_id: str, texts: Texts) -> QWidget:
    """A finding as one line with its details."""
    title = said(texts, f"{finding.code}.title", finding.values)
    meaning = said(texts, f"{finding.code}.meaning", finding.values)
    steps = texts.steps(finding.code, finding.values)
    hidden = bool(steps or finding.evidence or finding.table or playbook_of(finding.values, texts))
    fold = Fold(texts, lambda: _details(finding, check_id, title, texts, row.width()), title) if hidden else None
    row = _row(Badge(texts, finding.severity.value), title, meaning, fold, texts)
    return row


def problem_row(result: CheckResult, problem: Problem, texts: Texts) -> QWidget:
    """Why a check could not look, and the way round: as calm and as visible as any other line."""
    title = check_name(texts, result.check_id)
    reason = said(texts, f"problem.{problem.code}.title", problem.values)
    meaning = said(texts, f"problem.{problem.code}.meaning", problem.values)
    steps = texts.steps(f"problem.{problem.code}", problem.values)
    fold = Fold(texts, lambda: _problem_details(problem, steps, texts), title) if steps or problem.trace else None
    return _row(
        Badge(texts, "not_applicable" if not result.applies else "unknown"), title, f"{reason}\n{meaning}", fold, texts
    )


def result_rows(results: tuple[CheckResult, ...], texts: Texts) -> list[QWidget]:
    """All findings of all checks, the heaviest first."""
    found = [(finding, result.check_id) for result in results for finding in result.findings]
    found.sort(key=lambda pair: WEIGHT.index(pair[0].severity))
    return [finding_row(finding, check_id, texts) for finding, check_id in found]


def _row(badge: Badge, title: str, meaning: str, fold: Fold | None, texts: Texts) -> QWidget:
    holder = QWidget()
    line = QHBoxLayout()
    line.setSpacing(14)
    words = QVBoxLayout()
    words.setSpacing(3)
    words.addWidget(HintLabel(texts, title, "strong", selectable=True))
    words.addWidget(HintLabel(texts, meaning, "small", selectable=True))
    line.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(words, 1)
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 2, 0, 2)
    box.addLayout(line)
    if fold:
        line.addWidget(fold.button, 0, Qt.AlignmentFlag.AlignTop)
        box.addWidget(fold)
    return holder


def _details(finding: Finding, check_id: str, title: str, texts: Texts, room: int) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 6, 0, 6)
    box.setSpacing(10)
    steps = texts.steps(finding.code, finding.values)
    if lines := refusal_lines(finding.values, texts):
        box.addWidget(label("\n".join(lines), selectable=True))
    if steps:
        box.addWidget(label(texts.text("gui.finding.steps"), "strong"))
        box.addWidget(numbered(steps, texts))
    if found := playbook_of(finding.values, texts):
        box.addWidget(playbook_part(found, texts))
    if finding.table:
        headings = [column_name(texts, check_id, column) for column in finding.table.columns]
        table = table_or_lines(finding.table, headings, texts.text("gui.finding.table"), texts, room)
        table.setAccessibleDescription(title)
        box.addWidget(table)
    if finding.evidence:
        box.addWidget(label(texts.text("gui.finding.evidence"), "strong"))
        box.addWidget(raw_box(evidence_text(finding.evidence, texts), texts.text("gui.finding.evidence"), title))
    return holder


def playbook_part(found: Playbook, texts: Texts) -> QWidget:
    """What to do at one provider: its steps, its page as text, and the letter with a button that copies it."""
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(8)
    box.addWidget(label(texts.text("refusal.playbook", title=found.title), "strong"))
    box.addWidget(numbered(list(found.steps), texts))
    if found.link:
        box.addWidget(label(texts.text("refusal.link", link=found.link), selectable=True))
    if found.letter:
        box.addWidget(Letter(found.letter, texts))
    return holder


class Letter(QWidget):
    """A letter to send: the text, and a button that copies it and says so."""

    def __init__(self, letter: str, texts: Texts) -> None:
        super().__init__()
        self.letter = letter
        self.button = QPushButton(texts.text("gui.letter.copy"))
        self.button.setAutoDefault(False)
        done = texts.text("gui.letter.copied")
        self.button.clicked.connect(lambda: self._copy(done))
        head = QHBoxLayout()
        head.addWidget(label(texts.text("refusal.letter"), "strong"), 1)
        head.addWidget(self.button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(head)
        box.addWidget(raw_box(letter, texts.text("refusal.letter")))

    def _copy(self, done: str) -> None:
        QGuiApplication.clipboard().setText(self.letter)
        self.button.setText(done)
        say_aloud(self.button, done)


def _problem_details(problem: Problem, steps: list[str], texts: Texts) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 6, 0, 6)
    if steps:
        box.addWidget(numbered(steps, texts))
    if problem.trace:
        box.addWidget(label(texts.text("gui.finding.trace"), "strong"))
        box.addWidget(raw_box(clean(problem.trace, 20_000, keep="\n"), texts.text("gui.finding.trace")))
    return holder
