"""A big choice: a title, a line that explains it, and the whole card is the button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.texts import Texts
from gui.widgets.text import SpokenLabel, label, point_at, pressed_by_enter

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QKeyEvent


class Choice(QPushButton):
    """One card. Its words are `<key>.title` and `<key>.hint`."""

    def __init__(self, key: str, *, dashed: bool = False) -> None:
        super().__init__()
        self.key = key
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setProperty("role", "choice")
        self.setProperty("dashed", "true" if dashed else "false")
        self._title = SpokenLabel(f"{key}.title", "heading")
        self._hint = SpokenLabel(f"{key}.hint", "small")
        self._mark = label("✓", "mark", wrap=False)
        self._mark.setVisible(False)
        self.toggled.connect(self._mark.setVisible)
        line = QHBoxLayout()
        line.addWidget(self._title, 1)
        line.addWidget(self._mark)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(6)
        box.addLayout(line)
        box.addWidget(self._hint)
        box.addStretch(1)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def say(self, texts: Texts) -> None:
        """Tell a screen reader what the two labels show (they say themselves)."""
        self.setAccessibleName(texts.text(f"{self.key}.title"))
        self.setAccessibleDescription(texts.text(f"{self.key}.hint"))

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer becomes a hand, over the labels too: a press on them is the card's."""
        point_at(self)
        super().enterEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses, as Space does."""
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def hasHeightForWidth(self) -> bool:
        """The lines wrap, so the height follows the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the wrapped lines need."""
        return self._box().totalHeightForWidth(width)

    def sizeHint(self) -> QSize:
        """The labels' size: a button knows nothing of a layout inside it."""
        return self._box().totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        """The smallest size at which the labels can still be read."""
        return self._box().totalMinimumSize()

    def _box(self) -> QVBoxLayout:
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        return box


class ChoiceSet(QWidget):
    """Cards of which one can be chosen; the arrow keys walk among them."""

    chosen = Signal(str)

    def __init__(self, names: Sequence[str], key: str, dashed: Sequence[str] = ()) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self.cards = {name: Choice(f"{key}.{name}", dashed=name in dashed) for name in names}
        for name, card in self.cards.items():
            self._group.addButton(card)
            card.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))

    def choose(self, name: str | None) -> None:
        """Show `name` as chosen; None or an unknown name: nothing."""
        self._group.setExclusive(False)
        for each, card in self.cards.items():
            card.setChecked(each == name)
        self._group.setExclusive(True)

    def value(self) -> str | None:
        """The chosen card's name."""
        return next((name for name, card in self.cards.items() if card.isChecked()), None)
