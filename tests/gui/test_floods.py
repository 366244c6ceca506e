"""What a hostile server can make very long or very often (G03, G04): the window's work stays what the eye can see.

Counted, not timed: a slow machine does the same work.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import SupportsIndex, overload

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from core.model import CheckResult, Evidence, Finding, Severity, Table, Value
from core.run import CheckFinished, CheckStarted, RunStarted
from core.texts import Texts
from gui.pages.running import RunningPage
from gui.widgets.finding import finding_row
from gui.widgets.fold import Fold
from gui.widgets.raw import evidence_text, raw_box, table_view

MANY = 100_000
NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)


class CountedRows(tuple[tuple[str, ...], ...]):
    """Rows that know how often one was looked at."""

    looked_at = 0

    @overload
    def __getitem__(self, key: SupportsIndex) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[tuple[str, ...], ...]: ...
    def __getitem__(self, key: SupportsIndex | slice) -> tuple[str, ...] | tuple[tuple[str, ...], ...]:
        type(self).looked_at += 1
        return super().__getitem__(key)


class CountingTexts(Texts):
    """Words that know how often one was asked for."""

    asked = 0

    def text(self, key: str, values: Mapping[str, Value] | None = None, **more: Value) -> str:
        type(self).asked += 1
        return super().text(key, values, **more)


class Paints(QObject):
    """Counts how often widgets are drawn."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_g03_a_hundred_thousand_rows_are_read_as_far_as_they_are_seen(qtbot: QtBot) -> None:
    CountedRows.looked_at = 0
    rows = CountedRows((f"{n:06}", "x" * 500, "\u202e<b>") for n in range(MANY))
    view = table_view(Table(("a", "b", "c"), rows), ["a", "b", "c"], "rows")
    qtbot.addWidget(view)
    view.show()
    QCoreApplication.processEvents()
    view.scrollToBottom()
    QCoreApplication.processEvents()
    assert view.model().rowCount() == MANY
    assert view.model().index(MANY - 1, 0).data() == f"{MANY - 1:06}"
    assert 0 < CountedRows.looked_at < 2000


def test_g03_details_are_made_when_they_are_opened(qtbot: QtBot) -> None:
    CountedRows.looked_at = 0
    rows = CountedRows((f"{n}",) * 5 for n in range(MANY))
    table = Table(("host", "address", "port", "state", "greeting"), rows)
    answered = Evidence("EHLO", "250 x\n" * 10_000, NOW)
    values: dict[str, Value] = {"host": "mx", "port": 25}
    finding = Finding("smtp_banner.answers", Severity.OK, values, (answered,), table)
    row = finding_row(finding, "smtp_banner", Texts("ja"))
    page = QScrollArea()
    page.setWidget(row)
    qtbot.addWidget(page)
    page.show()
    QCoreApplication.processEvents()
    assert CountedRows.looked_at == 0
    row.findChild(Fold).button.click()  # type: ignore[union-attr]
    QCoreApplication.processEvents()
    assert 0 < CountedRows.looked_at < 2000


def test_g03_ten_thousand_lines_and_more_are_a_box_of_a_dozen(qtbot: QtBot) -> None:
    """A line is laid out when it is scrolled to; what is longer than the limit is cut."""
    said = evidence_text([Evidence("x", "250 line\n" * 10_000), Evidence("y", "z" * 10_000_000)], Texts("en"))
    box = raw_box(said, "raw")
    qtbot.addWidget(box)
    box.show()
    QCoreApplication.processEvents()
    assert box.document().blockCount() > 10_000
    assert max(map(len, box.toPlainText().split("\n"))) <= 1000  # Qt lays out one line at a time, but all of it
    assert len(said) <= 200_100
    assert box.height() < 20 * box.fontMetrics().lineSpacing()


def test_g04_a_hundred_thousand_signals_of_progress_are_a_handful_of_work(qtbot: QtBot) -> None:
    page, paints = RunningPage(), Paints()
    page.texts = CountingTexts("ja")
    qtbot.addWidget(page)
    page.resize(900, 700)  # the lines are seen without scrolling
    page.show()
    page.hear(RunStarted(("dnsbl", "dns_health")))
    QCoreApplication.processEvents()
    page.lines["dnsbl"].installEventFilter(paints)
    CountingTexts.asked = 0
    result = CheckResult("dnsbl", NOW, NOW, applies=False)
    for _ in range(MANY):
        page.hear(CheckStarted("dnsbl", 45.0))
    for _ in range(MANY):
        page.hear(CheckFinished(result))
    page.hear(CheckStarted("dnsbl", 45.0))  # late: it must not look as if it ran again
    QCoreApplication.processEvents()
    assert page.lines["dnsbl"].state == "not_applicable"
    assert (page.bar.value(), page.bar.maximum()) == (1, 2)
    assert CountingTexts.asked < 50
    assert 0 < paints.count < 20
