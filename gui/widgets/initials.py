"""Who does it: the initials that stand beside every tick, asked once for the whole window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from core.clean import clean
from core.texts import Texts
from gui.widgets.text import label

_LONGEST = 20


class Who(QObject):
    """The initials as entered last, shared by all pages."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.initials = ""

    def set(self, text: str) -> None:
        """Take what was typed."""
        self.initials = clean(text.strip(), _LONGEST)
        self.changed.emit()


class InitialsField(QWidget):
    """A short field with its name before it."""

    def __init__(self, who: Who, texts: Texts) -> None:
        super().__init__()
        name = label(texts.text("gui.who.label"), wrap=False)
        self.edit = QLineEdit(who.initials)
        self.edit.setObjectName("initials")
        self.edit.setMaxLength(_LONGEST)
        self.edit.setFixedWidth(self.edit.fontMetrics().horizontalAdvance("あ") * 6 + 24)
        self.edit.setAccessibleName(texts.text("gui.who.label"))
        self.edit.setPlaceholderText("NK")
        self.edit.textEdited.connect(who.set)
        who.changed.connect(self._follow)
        self._who = who
        name.setBuddy(self.edit)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(name)
        line.addWidget(self.edit)
        line.addStretch(1)

    def _follow(self) -> None:
        if self.edit.text().strip() != self._who.initials:
            self.edit.setText(self._who.initials)
