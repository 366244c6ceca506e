"""One of the report's pictures in the window: the shapes of `core.report.charts`, drawn as they stand.

Grows with the window's text: where a wide picture would shrink its letters, a narrow one stands. Each sender has a
pattern of its own, so that no colour has to be told apart.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from core.report.charts import Drawing, Shape
from gui.style import colours_now
from gui.widgets.picture import Picture

_TEXT = 12.0  # the shapes' own units a line of text takes
_LEAST = 0.5  # of the window's text size, in a window narrower than any we know
_READABLE = 0.9  # of it, so that the wide picture may stand
_PATTERNS = {
    "solid": Qt.BrushStyle.SolidPattern,
    "stripes": Qt.BrushStyle.BDiagPattern,
    "dots": Qt.BrushStyle.Dense5Pattern,
    "crossed": Qt.BrushStyle.CrossPattern,
    "empty": Qt.BrushStyle.NoBrush,
}


class ChartPicture(Picture):
    """`wide` and `narrow` are the same picture, as `core.report.charts.drawings` gives it; a screen reader hears its
    rows."""

    def __init__(self, wide: Drawing, narrow: Drawing) -> None:
        super().__init__(wide.alt)
        self._wide, self._narrow = wide, narrow
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """A line of the picture's text is as high as one of the window's."""
        return _size(self._wide, self._wanted())

    def minimumSizeHint(self) -> QSize:
        """In a narrow window the whole picture shrinks, its words with it, so that none lie on one another."""
        return _size(self._narrow, self._wanted() * _LEAST)

    def heightForWidth(self, width: int) -> int:
        """As high as it must be at this width."""
        drawing = self.drawing_for(width)
        return _size(drawing, min(self._wanted(), width / drawing.width)).height()

    def drawing_for(self, width: int) -> Drawing:
        """The one whose letters can be as large as the window's, or nearly."""
        return self._wide if width >= self._wide.width * self._wanted() * _READABLE else self._narrow

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it anew; the colours follow the ground the window now has."""
        colours = {name: QColor(value) for name, value in colours_now().items()}
        drawing = self.drawing_for(self.width())
        scale = min(self._wanted(), self.width() / drawing.width)
        painter = QPainter(self)
        painter.setFont(self._font(scale / self._wanted()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape in drawing.shapes:
            if shape.text:
                self._write(painter, shape, colours["ink"], scale)
            else:
                _fill(painter, shape, colours["ink"], scale)
        painter.end()

    def _wanted(self) -> float:
        return self.fontMetrics().height() / _TEXT

    def _font(self, part: float) -> QFont:
        font = self.font()
        if part < 1:
            font.setPixelSize(max(1, int(self.fontInfo().pixelSize() * part)))
        return font

    def _write(self, painter: QPainter, shape: Shape, ink: QColor, scale: float) -> None:
        width = painter.fontMetrics().horizontalAdvance(shape.text)
        back = {"start": 0.0, "middle": width / 2, "end": float(width)}[shape.anchor]
        painter.setPen(ink)
        painter.drawText(QPointF(shape.x * scale - back, shape.y * scale), shape.text)


def _size(drawing: Drawing, scale: float) -> QSize:
    return QSize(round(drawing.width * scale), round(drawing.height * scale))


def _fill(painter: QPainter, shape: Shape, ink: QColor, scale: float) -> None:
    painter.setPen(QPen(ink, 1))
    painter.setBrush(QBrush(ink, _PATTERNS[shape.pattern]))
    painter.drawRect(QRectF(shape.x * scale, shape.y * scale, shape.width * scale, shape.height * scale))
