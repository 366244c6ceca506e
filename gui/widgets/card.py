"""White cards: the one frame that content stands in."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui.widgets.text import rule


def card() -> tuple[QFrame, QVBoxLayout]:
    """A white card and its column."""
    frame = QFrame()
    frame.setProperty("role", "card")
    box = QVBoxLayout(frame)
    box.setContentsMargins(20, 14, 20, 14)
    box.setSpacing(10)
    return frame, box


def rows_card(rows: list[QWidget]) -> QFrame:
    """Rows in one card, a thin line between them."""
    frame, box = card()
    for number, row in enumerate(rows):
        if number:
            box.addWidget(rule())
        box.addWidget(row)
    return frame
