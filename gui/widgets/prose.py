"""A label whose lines stand far enough apart to be read: 1.6 times the size of its letters (WCAG 1.4.12 asks for 1.5).

Qt's own label knows the font's spacing only, which is 1.33 in Windows' Japanese font. Nothing else of it changes: the
text stays plain, and screen readers see a label. Text that can be selected, or does not begin at the left, keeps Qt's
own drawing.

The first page is made of these: they do without the names in `Qt`. PySide makes all its ninety sorts of names when the
first is asked for, which takes as long as the page itself.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QWidget

from gui.widgets.joins import JOINER, held_against, joined, keep_copies_plain

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QMouseEvent, QPaintEvent

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
        self._lines_at: tuple[int, QTextLayout] | None = None  # the last that were laid out, for this width
        self._look: tuple[QFont, float, int] | None = None  # as `_measures` tells
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
        self._heights, self._lines_at, self._words = {}, None, text
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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Selected words would be dragged as they are drawn, with their joiners: a press begins a new selection."""
        if not self._simple and JOINER in self.selectedText():
            self.setSelection(0, 0)
        super().mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another font, another height; to ask which change it is takes as long as to measure anew."""
        self._forget()
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
        """Qt's narrowest width; as high as one line, as Qt has it: what more is needed follows from the width."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), round(self._measures()[1])) if self.drawn_here() else hint

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
        self._here = self._look = self._lines_at = None
        self._heights = {}

    def _height(self, width: int) -> int:
        inside, outside = self.contentsRect(), self.size()
        lines = self._laid_out(width - (outside.width() - inside.width()))
        return round(lines.boundingRect().height()) + self._measures()[2] + outside.height() - inside.height()

    def _measures(self) -> tuple[QFont, float, int]:
        """The font, from line to line, and what lies above the first and below the last line, so that a line stands
        in the middle of its pitch."""
        if self._look is None:
            font = self.font()
            pitch = line_pitch(font, str(self.property("role")))
            self._look = font, pitch, round(pitch - QFontMetricsF(font).height())
        return self._look

    def _laid_out(self, width: int) -> QTextLayout:
        if self._lines_at is None or self._lines_at[0] != width:
            words = self._words.replace("\n", "\u2028")
            layout, begins = self._lines(words, width)
            if begins and (places := held_against(words, begins)):
                layout, _ = self._lines(joined(words, places=places), width)
            self._lines_at = width, layout
        return self._lines_at[1]

    def _lines(self, words: str, width: int) -> tuple[QTextLayout, set[int]]:
        """The lines, and with which letters they begin after the first."""
        font, pitch, _ = self._measures()
        layout, begins, at = QTextLayout(words, font), set(), 0.0
        layout.setTextOption(_anywhere())
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, at + (pitch - line.height()) / 2))
            if at:
                begins.add(line.textStart())
            at += pitch
        layout.endLayout()
        return layout, begins


@cache
def _anywhere() -> QTextOption:
    """A line ends between words, and inside one that is longer than the line."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option
