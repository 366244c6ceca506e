"""The frame around the pages: the steps at the side or above, the stack of pages, the buttons below."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow, QStackedWidget

from gui.standing import stand_as_before
from gui.widgets.footer import Footer
from gui.widgets.ground import ground
from gui.widgets.place import Place
from gui.widgets.steps import Sidebar

if TYPE_CHECKING:
    import asyncio

    from PySide6.QtGui import QResizeEvent

    from core.texts import Texts
    from gui.pages.page import Page
    from gui.pages_on_demand import Made

_SMALLEST = (640, 340)  # pixels: a screen of 1366 x 768 at 200 %, less its bars
_ROOM_FOR_A_PAGE = 620  # pixels beside the steps


class Frame(QMainWindow):
    """`made`: the pages there are so far."""

    texts: Texts

    def __init__(self) -> None:
        super().__init__()
        self.made: list[Page] = []
        self._narrow = False

    @cached_property
    def closed(self) -> asyncio.Event:
        """Set when nothing runs any more."""
        from asyncio import Event

        return Event()

    def lay_out(self, place: str) -> None:
        """Put the parts together; `place` is where the window stood last time."""
        self.sidebar, self.stack, self.footer, self.place = Sidebar(), QStackedWidget(), Footer(), Place()
        self.place.hide()
        self.setCentralWidget(ground(self.sidebar, self.place, self.stack, self.footer))
        stand_as_before(self, place)
        self.setMinimumSize(*_SMALLEST)
        self.sidebar.setFixedWidth(max(236, self.fontMetrics().horizontalAdvance("あ") * 19))

    def dressed(self, page: Made) -> Made:
        """A page just made, with its place in the window and its words."""
        self.made.append(page)
        page.show_narrow(self._narrow)
        self.stack.addWidget(page)  # Qt lays it out here, at a width of its own: it has no words yet to be broken
        page.say(self.texts)
        return page

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The steps stand at the side where there is room, else in one line above the page."""
        super().resizeEvent(event)
        side = self.sidebar.minimumWidth()
        narrow = self.width() < side + _ROOM_FOR_A_PAGE or self.height() < self.sidebar.heightForWidth(side)
        if narrow == self.place.isHidden():
            self.place.setVisible(narrow)
            self.sidebar.setVisible(not narrow)
            self.footer.show_narrow(narrow)
            self._narrow = narrow
            for page in self.made:
                page.show_narrow(narrow)
