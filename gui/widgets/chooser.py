"""A list to choose from that leaves the mouse wheel to the page it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent


class Chooser(QComboBox):
    """Who scrolls the page over it changes nothing; its opened list is a window of its own, and scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page's."""
        event.ignore()
