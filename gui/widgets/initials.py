"""Who does it: the initials that stand beside a tick, remembered once entered. Without them a tick stands alone."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from core.clean import clean
from core.incident import Entry, Tick
from core.settings import LONGEST_INITIALS
from core.texts import Texts
from gui.widgets.text import label


class Who(QObject):
    """The initials as entered last, and who signs letters (company, name, ...), shared by all pages.

    `changed`: other initials; `signs`: another writer.
    """

    changed = Signal()
    signs = Signal()

    def __init__(self, initials: str = "", writer: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.initials, self.writer = initials, dict(writer or {})

    def set(self, text: str) -> None:
        """Take what was typed."""
        self.initials = clean(text.strip(), LONGEST_INITIALS)
        self.changed.emit()

    def set_writer(self, writer: Mapping[str, str]) -> None:
        """Take who signs."""
        self.writer = dict(writer)
        self.signs.emit()


def done_words(entry: Entry | Tick, texts: Texts) -> str:
    """When a step was done, and by whom, where somebody said so."""
    initials = clean(entry.initials if isinstance(entry, Tick) else entry.word("initials"), LONGEST_INITIALS)
    key = "checklist.done_by" if initials else "checklist.done"
    return texts.text(key, at=entry.at.isoformat(), initials=initials)


class InitialsField(QWidget):
    """A short field with its name before it."""

    def __init__(self, who: Who, texts: Texts) -> None:
        super().__init__()
        name = label(texts.text("gui.who.label"), wrap=False)
        self.edit = QLineEdit(who.initials)
        self.edit.setObjectName("initials")
        self.edit.setMaxLength(LONGEST_INITIALS)
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
