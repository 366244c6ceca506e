"""The raw exchange and the specialist's table, cleaned and shown as plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QPlainTextEdit, QSizePolicy, QTableView

from core.clean import clean
from core.model import Evidence, Table
from core.report.words import cell_words
from core.texts import Texts

_LONGEST_EVIDENCE = 200_000  # characters in one box
_HIGHEST = 16  # lines shown before the box scrolls
_MOST_ROWS = 12  # shown before the table scrolls
# Qt lays a line out as a whole, and one of 200,000 characters holds the window for seconds: it goes on below.
_LONG_LINE = re.compile(r"(.{1000})(?=.)")
Index = QModelIndex | QPersistentModelIndex


def evidence_text(evidence: Sequence[Evidence], texts: Texts) -> str:
    """All exchanges of one finding: what was asked after >, what came back below."""
    parts = []
    for each in evidence:
        moment = f"  [{texts.datetime(each.at)} {texts.zone(each.at)}]" if each.at else ""
        asked = f"> {clean(each.asked)}{moment}\n" if each.asked or moment else ""  # a pasted answer has no question
        parts.append(f"{asked}{clean(each.answered, _LONGEST_EVIDENCE, keep=chr(10))}")
    return clean("\n\n".join(parts), _LONGEST_EVIDENCE, keep="\n")


def raw_box(content: str, name: str, about: str = "") -> QPlainTextEdit:
    """A read-only box, as high as its text needs up to a limit; Tab leaves it. `about`: which of several it is."""
    box = RawBox(_LONG_LINE.sub(r"\1\n", content))
    box.setAccessibleName(name)
    box.setAccessibleDescription(about)
    return box


class RawBox(QPlainTextEdit):
    """As high as its lines are at this width: a box that scrolls within a page that scrolls is for long texts only."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.setProperty("role", "raw")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setPlainText(content)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In another width the lines wrap elsewhere."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The height of the lines, up to a limit; what lies beyond is not laid out for that."""
        wanted, block = 0.0, self.document().begin()
        most = float(self.fontMetrics().lineSpacing() * _HIGHEST)
        while block.isValid() and wanted < most:
            wanted += self.blockBoundingRect(block).height()
            block = block.next()
        rim = (
            self.contentsMargins().top() + self.contentsMargins().bottom() + 2 * round(self.document().documentMargin())
        )
        return QSize(super().sizeHint().width(), round(min(wanted, most)) + rim)

    def minimumSizeHint(self) -> QSize:
        """A narrow box is as high as a wide one would be with these lines."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


class TableModel(QAbstractTableModel):
    """Rows are cleaned when they are drawn, so that a hundred thousand of them open at once."""

    def __init__(self, table: Table, headings: Sequence[str], texts: Texts | None = None) -> None:
        super().__init__()
        self._table, self._headings, self._texts = table, headings, texts

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows."""
        return 0 if parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(self._table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row, column = self._table.rows[index.row()], index.column()
        if column >= len(row):
            return ""
        told = cell_words(self._texts, self._table.columns[column], row[column]) if self._texts else row[column]
        return clean(told, 500)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A column's heading; rows have none."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._headings[section]
        return None


def table_view(table: Table, headings: Sequence[str], name: str, texts: Texts | None = None) -> QTableView:
    """A read-only table that scrolls by itself beyond a dozen rows."""
    view = TableView(len(table.rows))
    view.setAccessibleName(name)
    view.setModel(TableModel(table, headings, texts))
    view.model().setParent(view)
    view.ensurePolished()
    view.resizeColumnsToContents()
    return view


class TableView(QTableView):
    """As high as its rows, and as the bar below them where the columns are wider than the page."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = min(rows, _MOST_ROWS)
        self.verticalHeader().hide()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setResizeContentsPrecision(50)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.horizontalScrollBar().rangeChanged.connect(lambda _low, _high: self.updateGeometry())

    def sizeHint(self) -> QSize:
        """The height of the rows shown at once."""
        bar = self.horizontalScrollBar()
        rows = self.verticalHeader().defaultSectionSize() * self._rows
        below = bar.sizeHint().height() if bar.maximum() > 0 else 0
        height = self.horizontalHeader().sizeHint().height() + rows + below + 2 * self.frameWidth()
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        """Columns may hide behind the bar, rows may not."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())
