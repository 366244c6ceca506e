"""What every page has: a title, a line below it, a column that scrolls, and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.guide import Answers, Missing, PageName
from core.texts import Texts
from gui.widgets.text import SpokenLabel, label, say_all

if TYPE_CHECKING:
    from core.clients import Doors
    from gui.widgets.hint import SpokenHint

_WIDEST = 900  # pixels: longer lines are hard to read
_NO_FOCUS = 0  # Qt.FocusPolicy.NoFocus: see gui.widgets.prose about the names in `Qt`


class _Ground(QFrame):
    """What scrolls. It claims no height of its own: else the scroll area would take the height its wrapped lines
    have at the narrowest width, and leave an empty tail below the page."""

    def minimumSizeHint(self) -> QSize:
        """The width the content needs; the height follows from the width it gets."""
        return QSize(super().minimumSizeHint().width(), 0)


def _words(key: str, role: str, *, hinted: bool) -> SpokenHint | SpokenLabel:
    """The title or the line below it. What explains terms of art is loaded for the first page that has any."""
    if not hinted:
        return SpokenLabel(key, role)
    from gui.widgets.hint import SpokenHint

    return SpokenHint(key, role)


class Page(QScrollArea):
    """Subclasses fill `body`, and read and show their own answers."""

    name: PageName
    explains = True  # whether the line below the title may hold terms of art
    explains_title = False

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("focusPolicy", _NO_FOCUS)
        self.title = _words(f"gui.{self.name}.title", "title", hinted=self.explains_title)
        self.lead = _words(f"gui.{self.name}.lead", "lead", hinted=self.explains)
        self._wrong = label(role="wrong")
        self._wrong.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(14)
        self._fill()

    def _fill(self) -> None:
        ground, column = _Ground(), QWidget()
        ground.setProperty("role", "page")
        column.setMaximumWidth(_WIDEST)
        inner = QVBoxLayout(column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        for part in (self.title, self.lead):
            inner.addWidget(part)
        inner.addSpacing(8)
        inner.addLayout(self.body)
        inner.addWidget(self._wrong)
        inner.addStretch(1)
        self._margins = QHBoxLayout(ground)
        self._margins.addWidget(column, 1)
        self._margins.addStretch(0)
        self.show_narrow(False)
        self.setWidget(ground)

    def show_narrow(self, narrow: bool) -> None:
        """Spend less on margins where there is little room."""
        self._margins.setContentsMargins(*((20, 14, 20, 14) if narrow else (44, 30, 44, 24)))

    def say(self, texts: Texts) -> None:
        """Show all words in this language; what was entered stays."""
        self.texts = texts
        say_all(self, texts)
        self.show_texts(texts)

    def show_texts(self, texts: Texts) -> None:
        """For pages that show more than fixed words."""

    def show_answers(self, answers: Answers) -> None:
        """Show what was entered before."""

    def read_answers(self, answers: Answers) -> None:
        """Put what is entered into `answers`."""

    def show_missing(self, missing: Sequence[Missing]) -> None:
        """Say what keeps the person here; an empty list takes the words away."""
        self._wrong.setText("\n".join(f"▲ {self.texts.text(f'problem.{each.code}.title')}" for each in missing))
        self._wrong.setVisible(bool(missing))
        if missing:
            from gui.widgets.aloud import say_aloud  # the first page stands without

            self.ensureWidgetVisible(self._wrong)
            say_aloud(self._wrong, self._wrong.text(), urgent=True)

    def opening_words(self) -> str:
        """What a screen reader says when the page opens."""
        return self.title.accessibleName() or self.title.text()  # a title with hints holds markup

    def use_doors(self, doors: Doors) -> None:
        """For pages that ask the outside themselves: these are the doors from now on."""

    def first_focus(self) -> QWidget | None:
        """Where the keyboard stands when the page opens; None: the main button, or the heading where there is none."""
        return None
