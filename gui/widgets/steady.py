"""What stays in its place: words beside a tick that tick it, and a line as high whatever it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.texts import Texts
from gui.widgets.hint import HintLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QCheckBox

NOTHING_YET = "\u00a0"  # keeps a line free for what is said there later


class TickWords(HintLabel):
    """A press on them is one on their tick; on a term of art it explains the term."""

    def __init__(self, texts: Texts, text: str, tick: QCheckBox, role: str = "body") -> None:
        super().__init__(texts, text, role)
        self._tick, self._explained = tick, False
        self.linkActivated.connect(self._take_link)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Taken, so that the release comes here too."""
        self._explained = False
        super().mousePressEvent(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The tick is set or taken away, unless a term was explained."""
        super().mouseReleaseEvent(event)
        inside = self.rect().contains(event.position().toPoint())
        if inside and event.button() == Qt.MouseButton.LeftButton and not self._explained:
            self._tick.click()

    def _take_link(self) -> None:
        self._explained = True


def steady(shown: QLabel, *others: QLabel) -> QWidget:
    """Shows `shown`, as high as the highest of them: what follows does not move when another one is shown."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    for part in (shown, *others):
        policy = part.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        part.setSizePolicy(policy)
        grid.addWidget(part, 0, 0, Qt.AlignmentFlag.AlignTop)
        part.ensurePolished()  # one that is not shown has no font of its own yet, and another height
        part.setVisible(part is shown)
    return holder
