"""The pages of the report as pictures, one at a time: what is seen is what is saved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.texts import Texts
from gui.widgets.text import SpokenButton, label


class PagePreview(QWidget):
    """`show_pages` takes the pages as PNG; the buttons turn them."""

    def __init__(self) -> None:
        super().__init__()
        self._pages: list[QPixmap] = []
        self._at = 0
        self._texts: Texts | None = None
        self.back, self.on = SpokenButton("gui.report.page_back"), SpokenButton("gui.report.page_on")
        self.where = label(wrap=False)
        self.sheet = label(wrap=False)  # a picture; should it ever be text, it is plain
        self.sheet.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sheet.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.sheet.setFrameShape(QLabel.Shape.Box)
        self.back.clicked.connect(lambda: self.turn(-1))
        self.on.clicked.connect(lambda: self.turn(1))
        line = QHBoxLayout()
        for part in (self.back, self.where, self.on):
            line.addWidget(part)
        line.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(line)
        box.addWidget(self.sheet)
        self.show_pages(())

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    def say(self, texts: Texts) -> None:
        """Say in this language which page is shown."""
        self._texts = texts
        self._show()

    def show_pages(self, pages: Sequence[bytes]) -> None:
        """Show these pages; the place is kept as far as there are pages."""
        self._pages = [pixmap for content in pages if (pixmap := QPixmap()).loadFromData(content, "PNG")]
        self._at = max(0, min(self._at, len(self._pages) - 1))
        self._show()

    def turn(self, by: int) -> None:
        """So many pages on (or back)."""
        self._at = max(0, min(self._at + by, len(self._pages) - 1))
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The page is as wide as there is room."""
        super().resizeEvent(event)
        self._fit()

    def _show(self) -> None:
        self.setVisible(bool(self._pages))
        self.back.setEnabled(self._at > 0)
        self.on.setEnabled(self._at < len(self._pages) - 1)
        if self._texts and self._pages:
            said = self._texts.text("gui.report.page", number=self._at + 1, pages=len(self._pages))
            self.where.setText(said)
            self.sheet.setAccessibleName(said)
        self._fit()

    def _fit(self) -> None:
        if not self._pages:
            return
        page, ratio = self._pages[self._at], self.devicePixelRatioF()
        wide = max(1, min(self.width() - 4, round(page.width() / ratio)))
        size = QSize(round(wide * ratio), round(wide * ratio * page.height() / page.width()))
        shown = page.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        shown.setDevicePixelRatio(ratio)
        self.sheet.setPixmap(shown)
        self.sheet.setFixedHeight(round(size.height() / ratio) + 4)
