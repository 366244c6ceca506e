"""A command as it is typed: its lines end only at blanks, so that nobody types "/" and, on the next line, "etc".

Only what is drawn is held together, by word joiners; what is copied and read aloud is the command itself. A word wider
than the room breaks where Qt would break it, never within its first letters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.texts import Texts
from gui.widgets.aloud import say_aloud
from gui.widgets.joins import JOINER, keep_copies_plain
from gui.widgets.prose import Prose
from gui.widgets.text import SpokenButton, dress

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_WORDS = re.compile(r"[^ \n]+")
_NARROWEST = 120  # pixels
_GROUND = 28  # pixels of the ground beside the letters, both sides, and a little more
_FIRST = 12  # letters of a word too wide for its line that stay together


class CommandText(Prose):
    """Can be selected with the mouse and with the keyboard."""

    def __init__(self, command: str = "") -> None:
        super().__init__()
        self._shown = ""
        dress(self, command, "code", wrap=True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def minimumSizeHint(self) -> QSize:
        """Narrower than its longest word, which breaks where it must: a page is never wider than its window."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), _NARROWEST), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other words that fit."""
        super().resizeEvent(event)
        if self._held() != self._shown:
            self._draw()

    def _draw(self) -> None:
        self._shown = self._held()
        self._forget()
        super(Prose, self).setText(self._shown)
        self.setAccessibleName(self._words)
        keep_copies_plain()

    def _held(self) -> str:
        """The command with every word in one piece that fits into a line."""
        measure, room = self.fontMetrics(), self.contentsRect().width() - _GROUND

        def whole(word: re.Match[str]) -> str:
            fits = measure.horizontalAdvance(word[0]) <= room
            return JOINER.join(word[0]) if fits else JOINER.join(word[0][:_FIRST]) + word[0][_FIRST:]

        return _WORDS.sub(whole, self._words)


class CopyRow(QWidget):
    """Lines to be typed or handed over as they stand, with a button that copies them; `about` says which they are."""

    def __init__(self, texts: Texts, lines: str, about: str, name: str) -> None:
        super().__init__()
        self._texts = texts
        self.shown = CommandText(lines)
        self.button = SpokenButton("gui.fix.copy")
        self.button.say(texts)
        self.button.setObjectName(f"copy-{name}")
        self.button.setAccessibleDescription(about)
        self.button.clicked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.shown, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)

    def show_lines(self, lines: str, about: str) -> None:
        """Others, not copied yet."""
        if lines != self.shown.text():
            self.shown.setText(lines)
            self.button.setAccessibleDescription(about)
            self.button.say(self._texts)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.shown.text())
        self.button.setText(self._texts.text("gui.fix.copied"))
        say_aloud(self.button, self.button.text())
