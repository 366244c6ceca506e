"""A field to fill in: its name above, an example below, and what is wrong with it in its own place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from core.texts import Texts
from gui.widgets.aloud import tell
from gui.widgets.text import SpokenLabel, label, restyle

_LONGEST_PASTE = 8_000_000  # characters; a listing of 100,000 messages


class PasteBox(QPlainTextEdit):
    """A box for text. A copied file or picture pasted here is the window's to take: as text it would be a file's name,
    or nothing at all."""

    def event(self, event: QEvent) -> bool:
        """Leave Ctrl+V to the window where the clipboard holds no text of its own."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            data = QGuiApplication.clipboard().mimeData() if event.matches(QKeySequence.StandardKey.Paste) else None
            if data is not None and (any(url.isLocalFile() for url in data.urls()) or not data.hasText()):
                event.ignore()
                return True
        return super().event(event)


class Field(QWidget):
    """Words: `<key>.label`, `<key>.hint`. `lines` > 1 makes a box for pasting."""

    changed = Signal()

    def __init__(self, key: str, lines: int = 1) -> None:
        super().__init__()
        self._key = key
        self._name = SpokenLabel(f"{key}.label", "strong")
        self._hint = SpokenLabel(f"{key}.hint", "small")
        self._wrong = label(role="wrong")
        self._wrong.hide()
        self.edit: QLineEdit | QPlainTextEdit = QLineEdit() if lines == 1 else PasteBox()
        if isinstance(self.edit, QPlainTextEdit):
            self.edit.setTabChangesFocus(True)
            self.edit.setProperty("role", "raw")
            self.edit.setMinimumHeight(self.edit.fontMetrics().lineSpacing() * lines)
            self.edit.textChanged.connect(self.changed)
        else:
            self.edit.textEdited.connect(self.changed)
        self._name.setBuddy(self.edit)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(5)
        for part in (self._name, self._hint, self.edit, self._wrong):
            box.addWidget(part)

    def say(self, texts: Texts) -> None:
        """Tell a screen reader what the field is for."""
        self.edit.setAccessibleName(texts.text(f"{self._key}.label"))
        self.edit.setAccessibleDescription(texts.text(f"{self._key}.hint"))

    def text(self) -> str:
        """What was typed or pasted."""
        if isinstance(self.edit, QLineEdit):
            return self.edit.text()
        return self.edit.toPlainText()[:_LONGEST_PASTE]

    def set_text(self, text: str) -> None:
        """Show what was entered before."""
        if text == self.text():
            return
        if isinstance(self.edit, QLineEdit):
            self.edit.setText(text)
        else:
            self.edit.setPlainText(text)

    def show_wrong(self, sentence: str) -> None:
        """Say what is wrong under the field; "" takes it away."""
        tell(self._wrong, f"▲ {sentence}" if sentence else "", urgent=True)
        restyle(self.edit, wrong="true" if sentence else "false")
