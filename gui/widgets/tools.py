"""The tools beside the way: a line of links on the first page."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.guide import SIDES
from gui.widgets.flow import FlowLayout
from gui.widgets.text import SpokenButton, SpokenLabel


class Tools(QWidget):
    """`wanted` carries the page's name."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        line = FlowLayout(14, self)
        line.addWidget(SpokenLabel("gui.start.tools", "small", wrap=False))
        self.buttons = {name: SpokenButton(f"gui.start.tool.{name}", "link") for name in SIDES}
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.wanted.emit(name))
            line.addWidget(button)
