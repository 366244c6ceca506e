"""A place to drop a file or text on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDropEvent

_LONGEST = 2_000_000  # characters of dropped text


class DropZone(QFrame):
    """A card that takes one file, or text; neither is opened here."""

    file_dropped = Signal(str)
    text_dropped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file of this computer, or text, may be dropped."""
        data = event.mimeData()
        files = sum(url.isLocalFile() for url in data.urls())
        if files > 1:
            event.ignore()  # the window sorts several
        elif files or data.hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A file goes before its name as text."""
        data = event.mimeData()
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if files:
            self.file_dropped.emit(files[0])
        elif data.hasText():
            self.text_dropped.emit(data.text()[:_LONGEST])
        event.acceptProposedAction()
