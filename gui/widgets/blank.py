"""A value that a fix card still needs: typed once, refused in its own place when it has no safe form."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from core.clean import clean
from core.errors import UsageError
from core.first_aid import typed_value
from core.texts import Texts
from gui.widgets.aloud import tell
from gui.widgets.text import label, restyle

_LONGEST = 400


class BlankField(QWidget):
    """`taken`: the blank's name and what was typed, fitting or not; "" when the field was emptied. `typing`: the same
    with every letter."""

    taken = Signal(str, str)
    typing = Signal(str, str)

    def __init__(self, name: str, cause: str, value: str, texts: Texts) -> None:
        super().__init__()
        self._name, self._value, self._texts = name, value, texts
        said = texts.text(f"fix.blank.{name}")
        self.edit = QLineEdit(value)
        self.edit.setObjectName(f"blank-{cause}-{name}")
        self.edit.setMaxLength(_LONGEST)
        self.edit.setAccessibleName(said)
        self.edit.setAccessibleDescription(texts.text("gui.fix.example", example=name))
        self.edit.editingFinished.connect(self._take)
        self.edit.textEdited.connect(lambda text: self.typing.emit(self._name, text.strip()))
        self._wrong = label(role="wrong")
        self._wrong.hide()
        title = label(said[:1].upper() + said[1:])
        title.setBuddy(self.edit)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.addWidget(title, 0, 0)
        grid.addWidget(self.edit, 1, 0)
        grid.addWidget(label(texts.text("gui.fix.example", example=name), "small"), 2, 0)
        grid.addWidget(self._wrong, 3, 0)
        self._judge()

    def _take(self) -> None:
        text = self.edit.text().strip()
        if text != self._value:
            self._value = text
            self._judge()
            self.taken.emit(self._name, text)

    def _judge(self) -> None:
        """Say what is wrong with it, if it is."""
        try:
            if self._value:
                typed_value(self._name, self._value)
        except UsageError as error:
            words = (self._texts.text(f"problem.{error.code}.{part}", error.values) for part in ("title", "meaning"))
            self._tell(clean(" ".join(words), 600))
        else:
            self._tell("")

    def _tell(self, sentence: str) -> None:
        tell(self._wrong, f"▲ {sentence}" if sentence else "", urgent=True)
        restyle(self.edit, wrong="true" if sentence else "false")
