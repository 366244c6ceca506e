"""One of the report's pictures in the window: the shapes of `core.report.charts`, drawn as they stand.

Grows with the window's text; each sender has a pattern of its own, so that no colour has to be told apart.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.report.charts import WIDTH, Drawing, Shape
from gui.style import colours_now

_TEXT = 12.0  # the shapes' own units a line of text takes
_PATTERNS = {
    "solid": Qt.BrushStyle.SolidPattern,
    "stripes": Qt.BrushStyle.BDiagPattern,
    "dots": Qt.BrushStyle.Dense5Pattern,
    "crossed": Qt.BrushStyle.CrossPattern,
    "empty": Qt.BrushStyle.NoBrush,
}


class ChartPicture(QWidget):
    """`drawing` is one of `core.report.charts.drawings`; a screen reader hears its rows."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self.drawing = drawing
        self.setAccessibleName(drawing.alt)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A line of the picture's text is as high as one of the window's."""
        scale = self._scale()
        return QSize(round(WIDTH * scale), round(self.drawing.height * scale))

    def minimumSizeHint(self) -> QSize:
        """The same: squeezed, its words would lie on one another."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it anew; the colours follow the ground the window now has."""
        colours, scale = {name: QColor(value) for name, value in colours_now().items()}, self._scale()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape in self.drawing.shapes:
            if shape.text:
                self._write(painter, shape, colours["ink"], scale)
            else:
                _fill(painter, shape, colours["ink"], scale)
        painter.end()

    def _scale(self) -> float:
        return self.fontMetrics().height() / _TEXT

    def _write(self, painter: QPainter, shape: Shape, ink: QColor, scale: float) -> None:
        width = painter.fontMetrics().horizontalAdvance(shape.text)
        back = {"start": 0.0, "middle": width / 2, "end": float(width)}[shape.anchor]
        painter.setPen(ink)
        painter.drawText(QPointF(shape.x * scale - back, shape.y * scale), shape.text)


def _fill(painter: QPainter, shape: Shape, ink: QColor, scale: float) -> None:
    painter.setPen(QPen(ink, 1))
    painter.setBrush(QBrush(ink, _PATTERNS[shape.pattern]))
    painter.drawRect(QRectF(shape.x * scale, shape.y * scale, shape.width * scale, shape.height * scale))
