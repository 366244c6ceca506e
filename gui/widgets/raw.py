"""The raw exchange and the specialist's table, cleaned and shown as plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QPlainTextEdit, QTableView

from core.clean import clean
from core.model import Evidence, Table
from core.report.words import cell_words
from core.texts import Texts

_LONGEST_EVIDENCE = 200_000  # characters in one box
_HIGHEST = 12  # lines shown before the box scrolls
# Qt lays a line out as a whole, and one of 200,000 characters holds the window for seconds: it goes on below.
_LONG_LINE = re.compile(r"(.{1000})(?=.)")
Index = QModelIndex | QPersistentModelIndex


def evidence_text(evidence: Sequence[Evidence], texts: Texts) -> str:
    """All exchanges of one finding: what was asked after >, what came back below."""
    parts = []
    for each in evidence:
        moment = f"  [{texts.datetime(each.at)} {texts.zone(each.at)}]" if each.at else ""
        parts.append(f"> {clean(each.asked)}{moment}\n{clean(each.answered, _LONGEST_EVIDENCE, keep=chr(10))}")
    return clean("\n\n".join(parts), _LONGEST_EVIDENCE, keep="\n")


def raw_box(content: str, name: str) -> QPlainTextEdit:
    """A read-only box, as high as its text needs up to a limit; Tab leaves it."""
    box = QPlainTextEdit()
    box.setProperty("role", "raw")
    box.setReadOnly(True)
    box.setTabChangesFocus(True)
    box.setAccessibleName(name)
    box.setPlainText(_LONG_LINE.sub(r"\1\n", content))
    lines = min(content.count("\n") + 2, _HIGHEST)
    box.setFixedHeight(box.fontMetrics().lineSpacing() * lines + 26)
    return box


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
    view = QTableView()
    view.setAccessibleName(name)
    view.setModel(TableModel(table, headings, texts))
    view.model().setParent(view)
    view.verticalHeader().hide()
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setTabKeyNavigation(False)
    view.setWordWrap(False)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    view.horizontalHeader().setResizeContentsPrecision(50)
    view.ensurePolished()
    view.resizeColumnsToContents()
    rows = min(len(table.rows), _HIGHEST)
    view.setFixedHeight(view.verticalHeader().defaultSectionSize() * (rows + 1) + 24)
    return view
