"""Where one stands on the way ("3 / 7  Which server"), in place of the sidebar where the window is narrow.

The promise stands beside it where one line has room for both; else it is said when asked for.
"""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from core.guide import SIDES, STEPS, Guide
from core.texts import Texts
from gui.widgets.text import label

_GAP = 24  # pixels between the two


class Place(QFrame):
    """One line above the page."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("place")
        self.words = label(role="small", wrap=False)
        self.promise = label(role="small", wrap=False)
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(20, 4, 20, 4)
        self._box.setSpacing(_GAP)
        self._box.addWidget(self.words, 1)
        self._box.addWidget(self.promise)

    def show_step(self, guide: Guide, texts: Texts) -> None:
        """Show the step the person is at, and how many there are; a tool beside the way is none."""
        number = STEPS.index(guide.step) + 1
        step = f"{number} / {len(STEPS)}　{texts.text(f'gui.step.{guide.step}')}"
        self.words.setText(texts.text("app.name") if guide.page in SIDES else step)
        self.promise.setText(texts.text("gui.promise"))
        self.setToolTip(self.promise.text())
        self.words.setAccessibleDescription(self.promise.text())
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, more words."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        margins = self._box.contentsMargins()
        wanted = self.words.sizeHint().width() + _GAP + self.promise.sizeHint().width()
        self.promise.setVisible(wanted <= self.width() - margins.left() - margins.right())
