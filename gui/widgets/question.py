"""One question with its possible answers in a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from core.texts import Texts
from gui.widgets.flow import FlowLayout
from gui.widgets.text import SpokenLabel

UNKNOWN = "unknown"  # the name of the last answer of every question


class Question(QWidget):
    """One question with its possible answers in a row; the last is "I don't know" (under `<key>.unknown` in words of
    its own), unless one answer is `usual`."""

    def __init__(self, key: str, answers: Sequence[str], usual: str = UNKNOWN) -> None:
        super().__init__()
        self._key, self._usual = key, usual
        self._group = QButtonGroup(self)
        names = answers if usual in answers else (*answers, usual)
        self.buttons = {name: QRadioButton() for name in names}
        line = FlowLayout(18)
        for button in self.buttons.values():
            self._group.addButton(button)
            line.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 2, 0, 2)
        box.setSpacing(4)
        box.addWidget(SpokenLabel(f"{key}.question", "strong"))
        box.addLayout(line)
        self.choose(None)

    def say(self, texts: Texts) -> None:
        """Show the answers' words; a screen reader hears the question with each."""
        for name, button in self.buttons.items():
            key = f"{self._key}.{name}"
            button.setText(texts.text("gui.questions.unknown" if name == UNKNOWN and not texts.has(key) else key))
            button.setAccessibleDescription(texts.text(f"{self._key}.question"))

    def choose(self, answer: str | None) -> None:
        """Show an earlier answer; None is the usual one."""
        self.buttons[answer or self._usual].setChecked(True)

    def value(self) -> str | None:
        """The answer; None for "I don't know"."""
        chosen = next(name for name, button in self.buttons.items() if button.isChecked())
        return None if chosen == UNKNOWN else chosen
