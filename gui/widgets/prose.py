"""A label whose lines stand far enough apart to be read: 1.6 times the size of its letters (WCAG 1.4.12 asks for 1.5).

Qt's own label knows the font's spacing only, which is 1.33 in Windows' Japanese font. Nothing else of it changes: the
text stays plain, and screen readers see a label. Text that can be selected, or does not begin at the left, keeps Qt's
own drawing.

The first page is made of these: they do without the names in `Qt`. PySide makes all its ninety sorts of names when the
first is asked for, which takes as long as the page itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QWidget

from gui.widgets.joins import held_against, joined, keep_copies_plain

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QPaintEvent

PITCH = 1.6  # from one base line to the next, by the size of the letters
_OF_TITLES = 1.4  # large letters need less
_DRAWN_BY_QT = ("badge", "ring", "code", "mark")  # have a ground of their own, one line, or are not prose
_SELECTABLE = 1 | 2  # by mouse, by keyboard, as Qt.TextInteractionFlag has them
PLAIN_TEXT = 0  # Qt.TextFormat.PlainText
_pitches: dict[tuple[str, float], float] = {}  # by font; a layout asks for it hundreds of times


def line_pitch(font: QFont, role: str = "body") -> float:
    """Pixels from line to line; never less than the font itself wants."""
    times = _OF_TITLES if role == "title" else PITCH
    known = (font.key(), times)
    if known not in _pitches:
        _pitches[known] = max(QFontMetricsF(font).lineSpacing(), QFontInfo(font).pixelSize() * times)
    return _pitches[known]


class Prose(QLabel):
    """A label for running text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heights: dict[int, int] = {}
        self._here: bool | None = None
        self._words = self._told = ""  # what is said; the same for a screen reader, where joiners are drawn
        self._plain, self._simple = False, True  # no markup; neither to be selected nor aligned

    def drawn_here(self) -> bool:
        """Whether this label draws its lines itself."""
        if self._here is None:
            plain = self._plain and self._simple
            self._here = plain and self.wordWrap() and self.property("role") not in _DRAWN_BY_QT
        return self._here

    def setTextFormat(self, form: Qt.TextFormat) -> None:
        """Plain or rich."""
        self._plain = form.value == PLAIN_TEXT
        self._forget()
        super().setTextFormat(form)
        self._draw_anew()

    def setTextInteractionFlags(self, flags: Qt.TextInteractionFlag) -> None:
        """Whether text can be selected, and links followed."""
        self._simple = not flags.value & _SELECTABLE
        self._forget()
        super().setTextInteractionFlags(flags)
        self._draw_anew()

    def setAlignment(self, alignment: Qt.AlignmentFlag) -> None:
        """Anything but from the left, in the middle of the height."""
        self._simple = False
        self._forget()
        super().setAlignment(alignment)

    def setWordWrap(self, wrap: bool) -> None:
        """Many lines or one."""
        self._forget()
        super().setWordWrap(wrap)
        self._draw_anew()

    def setProperty(self, name: str, value: object) -> bool:
        """`role` says how the text looks; `textFormat` by its number spares a start the names in `Qt`."""
        if name == "textFormat":
            self._plain = value == PLAIN_TEXT
        self._forget()
        return super().setProperty(name, value)

    def setText(self, text: str) -> None:
        """Show other words."""
        self._heights, self._words = {}, text
        self._draw()

    def text(self) -> str:
        """The words as they were set, without what only the eye sees."""
        return self._words

    def _draw_anew(self) -> None:
        if self._words:
            self._draw()

    def _draw(self) -> None:
        """Lines that Qt draws are held together beforehand; of those drawn here it is seen where they end."""
        shown = self._words
        if self._plain and not self.drawn_here() and self.wordWrap() and self.property("role") not in _DRAWN_BY_QT:
            shown = joined(self._words)
        super().setText(shown)
        if shown != self._words:
            keep_copies_plain()
        told = self._words if shown != self._words else ""
        if told != self._told and self.accessibleName() == self._told:
            self._told = told
            self.setAccessibleName(told)

    def changeEvent(self, event: QEvent) -> None:
        """Another font, another height."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._heights = {}
        super().changeEvent(event)

    def heightForWidth(self, width: int) -> int:
        """As high as the lines are that fit into this width."""
        if width not in self._heights:
            self._heights[width] = self._height(width) if self.drawn_here() else super().heightForWidth(width)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """Qt's width with our height."""
        hint = super().sizeHint()
        return QSize(hint.width(), self.heightForWidth(hint.width())) if self.drawn_here() else hint

    def minimumSizeHint(self) -> QSize:
        """Qt's narrowest width with our height."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), self.heightForWidth(hint.width())) if self.drawn_here() else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines, from the left and in the middle of the height."""
        if not self.drawn_here():
            super().paintEvent(event)
            return
        room = self.contentsRect()
        lines = self._laid_out(room.width())
        spare = room.height() - lines.boundingRect().height()
        painter = QPainter(self)  # its pen has the label's colour
        lines.draw(painter, QPointF(room.left(), room.top() + max(0.0, spare / 2)))
        painter.end()

    def _forget(self) -> None:
        self._here, self._heights = None, {}

    def _height(self, width: int) -> int:
        return round(self._laid_out(width - self._frame()).boundingRect().height()) + self._rim()

    def _laid_out(self, width: int) -> QTextLayout:
        words = self._words.replace("\n", "\u2028")
        layout = self._lines(words, width)
        if layout.lineCount() > 1:
            begins = {layout.lineAt(line).textStart() for line in range(1, layout.lineCount())}
            if places := held_against(words, begins):
                return self._lines(joined(words, places=places), width)
        return layout

    def _lines(self, words: str, width: int) -> QTextLayout:
        layout = QTextLayout(words, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        pitch, at = line_pitch(self.font(), str(self.property("role"))), 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, at + (pitch - line.height()) / 2))
            at += pitch
        layout.endLayout()
        return layout

    def _frame(self) -> int:
        return self.width() - self.contentsRect().width()

    def _rim(self) -> int:
        """What lies above the first and below the last line, so that a line stands in the middle of its pitch."""
        natural = QFontMetricsF(self.font()).height()
        return round(line_pitch(self.font(), str(self.property("role"))) - natural) + (
            self.height() - self.contentsRect().height()
        )
