"""How the window is divided: the steps at the side, and beside them the place, the page and the buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget


def ground(side: QWidget, above: QWidget, page: QWidget, below: QWidget) -> QWidget:
    """The whole window; the page takes the room that is left."""
    right = QVBoxLayout()
    right.setSpacing(0)
    right.addWidget(above)
    right.addWidget(page, 1)
    right.addWidget(below)
    made = QWidget()
    made.setObjectName("window")
    box = QHBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    box.addWidget(side)
    box.addLayout(right, 1)
    return made


def put_above(page: QWidget, line: QWidget) -> None:
    """Put one more line above the page, in the window that `ground` divided."""
    made = page.parentWidget()
    box = made.layout() if made is not None else None
    columns = [box.itemAt(number) for number in range(box.count())] if box is not None else []
    for column in columns:
        right = column.layout() if column is not None else None
        if isinstance(right, QVBoxLayout):
            right.insertWidget(right.indexOf(page), line)
