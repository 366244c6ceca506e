"""One of the report's pictures in the window: the shapes of `core.report.charts`, drawn as they stand.

Grows with the window's text; each sender has a pattern of its own, so that no colour has to be told apart.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.report.charts import WIDTH, Drawing, Shape
from gui.style import colours_now

_TEXT = 12.0  # the shapes' own units a line of text takes
_LEAST = 0.5  # of the window's text size
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
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """A line of the picture's text is as high as one of the window's."""
        return self._size(self._wanted())

    def minimumSizeHint(self) -> QSize:
        """In a narrow window the whole picture shrinks, its words with it, so that none lie on one another."""
        return self._size(self._wanted() * _LEAST)

    def heightForWidth(self, width: int) -> int:
        """As high as it must be at this width."""
        return self._size(min(self._wanted(), width / WIDTH)).height()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it anew; the colours follow the ground the window now has."""
        colours = {name: QColor(value) for name, value in colours_now().items()}
        scale = min(self._wanted(), self.width() / WIDTH)
        painter = QPainter(self)
        painter.setFont(self._font(scale / self._wanted()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape in self.drawing.shapes:
            if shape.text:
                self._write(painter, shape, colours["ink"], scale)
            else:
                _fill(painter, shape, colours["ink"], scale)
        painter.end()

    def _wanted(self) -> float:
        return self.fontMetrics().height() / _TEXT

    def _size(self, scale: float) -> QSize:
        return QSize(round(WIDTH * scale), round(self.drawing.height * scale))

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


def _fill(painter: QPainter, shape: Shape, ink: QColor, scale: float) -> None:
    painter.setPen(QPen(ink, 1))
    painter.setBrush(QBrush(ink, _PATTERNS[shape.pattern]))
    painter.drawRect(QRectF(shape.x * scale, shape.y * scale, shape.width * scale, shape.height * scale))
