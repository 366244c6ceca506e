"""A small table that holds sentences, as lines: the heading, and what it says in as many lines as that needs.

A column beside five others has no room for a server's words: they would end in "…", or behind a scroll bar.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from core.clean import clean
from core.model import Table
from core.report.words import cell_words
from core.texts import Texts
from gui.widgets.raw import table_view
from gui.widgets.text import label, rule

_MOST_ROWS = 12  # more of them are read as a table, down a column
_LONG = 48  # characters that no column has room for


def reads_as_lines(table: Table) -> bool:
    """Whether the table is short and says more than words and numbers. Looks at no more than a dozen rows."""
    return len(table.rows) <= _MOST_ROWS and any(len(cell) > _LONG for row in table.rows for cell in row)


def table_or_lines(table: Table, headings: Sequence[str], name: str, texts: Texts, room: int) -> QWidget:
    """A table where its columns stand side by side in `room` pixels or it is long; else lines."""
    if reads_as_lines(table):
        return table_lines(table, headings, name, texts)
    view = table_view(table, headings, name, texts)
    if len(table.rows) > _MOST_ROWS or view.horizontalHeader().length() <= room:
        return view
    view.deleteLater()
    return table_lines(table, headings, name, texts)


def table_lines(table: Table, headings: Sequence[str], name: str, texts: Texts) -> QWidget:
    """A block for each row; what a row does not say has no line."""
    holder = QWidget()
    holder.setAccessibleName(name)
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(8)
    for number, row in enumerate(table.rows):
        if number:
            box.addWidget(rule())
        box.addLayout(_block(table.columns, headings, row, texts))
    return holder


def _block(columns: Sequence[str], headings: Sequence[str], row: Sequence[str], texts: Texts) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for line, (column, heading, cell) in enumerate(zip(columns, headings, row, strict=False)):
        if told := clean(cell_words(texts, column, cell), 2000):
            said = label(told, selectable=True)
            said.setAccessibleName(f"{heading}: {told}")
            grid.addWidget(label(heading, "lead", wrap=False), line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(said, line, 1)
    return grid
