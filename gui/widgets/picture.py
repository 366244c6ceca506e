"""A picture drawn by the window itself. A screen reader meets a picture, with one sentence that tells what it shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel


class Picture(QLabel):
    """Subclasses paint it and say how large it is."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        # Qt calls a label a picture when it holds one; this one is never seen, since the subclass paints.
        nothing = QPixmap(1, 1)
        nothing.fill(Qt.GlobalColor.transparent)
        self.setPixmap(nothing)
        self.setAccessibleName(told)
