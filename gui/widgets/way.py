"""The one picture: the mail's way from our desk to the customer, and the place where it stops.

The same picture as in the report (`core.report.way`): names, states and the words come from there. Drawn with the
window's own font, so that it grows with the text; for a screen reader it is one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from gui.style import colours_now
from gui.widgets.picture import Picture

_CROSS = 11.0  # radius in pixels at ordinary text size


class WayPicture(Picture):
    """Three boxes and two lines; `way` is what `core.report.way.way` gives."""

    def __init__(self, way: Mapping[str, Any]) -> None:
        super().__init__(str(way["alt"]))
        self.way = way
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as two lines of words above two lines in a box."""
        line = self.fontMetrics().height()
        return QSize(line * 26, line * 6)

    def minimumSizeHint(self) -> QSize:
        """Narrow windows squeeze the lines between the boxes, not the words."""
        return QSize(sum(self._widths()) + self.fontMetrics().height() * 4, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it anew; the colours follow the ground the window now has."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = {name: QColor(value) for name, value in colours_now().items()}
        boxes = self._boxes()
        for index, state in enumerate(self.way["links"]):
            _draw_link(painter, boxes[index], boxes[index + 1], state, colours)
        for node, box in zip(self.way["nodes"], boxes, strict=True):
            _draw_node(painter, box, node, colours)
        self._draw_label(painter, boxes, colours)
        painter.end()

    def _widths(self) -> list[int]:
        """Of each box, from its longest line."""
        metrics = self.fontMetrics()
        names = [str(node["name"]).split("\n") for node in self.way["nodes"]]
        return [max(metrics.horizontalAdvance(line) for line in lines) + metrics.height() for lines in names]

    def _boxes(self) -> list[QRectF]:
        line, widths = self.fontMetrics().height(), self._widths()
        gap = (self.width() - sum(widths) - 2) / 2
        top, height, left = line * 2.4, line * 2.8, 1.0
        boxes = []
        for width in widths:
            boxes.append(QRectF(left, top, width, height))
            left += width + gap
        return boxes

    def _draw_label(self, painter: QPainter, boxes: list[QRectF], colours: Mapping[str, QColor]) -> None:
        """The words stand over the place; a cross marks it on a line, the box's own colour marks a box."""
        at, line = int(self.way["at"]), self.fontMetrics().height()
        left, right = boxes[at // 2], boxes[min(at // 2 + at % 2, 2)]
        middle = left.center().x() if at % 2 == 0 else (left.right() + right.left()) / 2
        if at % 2:
            _draw_cross(painter, QPointF(middle, left.center().y()), colours)
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(colours["critical"])
        width = painter.fontMetrics().horizontalAdvance(self.way["label"]) + 4
        x = min(max(0.0, middle - width / 2), max(0.0, self.width() - width))
        painter.drawText(QRectF(x, 0, width, line * 2), Qt.AlignmentFlag.AlignCenter, self.way["label"])


def _draw_node(painter: QPainter, box: QRectF, node: Mapping[str, Any], colours: Mapping[str, QColor]) -> None:
    stops = node["state"] == "stops"
    painter.setPen(QPen(colours["critical" if stops else "field"], 2 if stops else 1))
    painter.setBrush(colours["critical_ground" if stops else "sunken"])
    painter.drawRoundedRect(box, 8, 8)
    painter.setPen(colours["ink"])
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(node["name"]))


def _draw_link(painter: QPainter, left: QRectF, right: QRectF, state: str, colours: Mapping[str, QColor]) -> None:
    pen = QPen(colours["critical" if state == "stops" else "field"], 2)
    if state != "passes":
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    y = left.center().y()
    painter.drawLine(QLineF(left.right() + 2, y, right.left() - 2, y))


def _draw_cross(painter: QPainter, middle: QPointF, colours: Mapping[str, QColor]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours["critical"])
    painter.drawEllipse(middle, _CROSS, _CROSS)
    painter.setPen(QPen(colours["surface"], 2.4))
    arm = _CROSS * 0.4
    for slope in (1, -1):
        painter.drawLine(QLineF(middle.x() - arm, middle.y() - arm * slope, middle.x() + arm, middle.y() + arm * slope))
