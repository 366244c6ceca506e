"""Details behind a button: built on first opening, so that a long report costs nothing until somebody looks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.texts import Texts
from gui.widgets.keyboard import follow
from gui.widgets.text import SpokenButton


class Fold(QWidget):
    """A button that shows and hides what `build` makes."""

    def __init__(self, texts: Texts, build: Callable[[], QWidget], about: str, key: str = "gui.fold") -> None:
        super().__init__()
        self._texts, self._build, self._key = texts, build, key
        self._content: QWidget | None = None
        self.button = SpokenButton(f"{key}.open", "link")
        self.button.setCheckable(True)
        self.button.setAccessibleDescription(about)
        self.button.toggled.connect(self._show)
        self.button.say(texts)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)

    def _show(self, opened: bool) -> None:
        if opened and self._content is None:
            self._content = self._build()
            self._box.addWidget(self._content)
            follow(self.button, self._content)
        if self._content:
            self._content.setVisible(opened)
        self.button.key = f"{self._key}.{'close' if opened else 'open'}"
        self.button.say(self._texts)
