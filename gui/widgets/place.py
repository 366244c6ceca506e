"""Where one stands on the way ("3 / 7  Which server"), and the promise,
in place of the sidebar where the window is narrow.
"""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout

from core.guide import STEPS, Guide
from core.texts import Texts
from gui.widgets.text import label


class Place(QFrame):
    """One line above the page."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("place")
        self._words = label(role="small")
        box = QHBoxLayout(self)
        box.setContentsMargins(20, 6, 20, 6)
        box.addWidget(self._words)
        self.promise = label(role="small")  # stands on every page, in a narrow window too
        box.addWidget(self.promise, 1)

    def show_step(self, guide: Guide, texts: Texts) -> None:
        """Show the step the person is at, and how many there are."""
        number = STEPS.index(guide.step) + 1
        self._words.setText(f"{number} / {len(STEPS)}　{texts.text(f'gui.step.{guide.step}')}")
        self.promise.setText(texts.text("gui.promise"))
