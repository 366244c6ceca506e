"""The frame around the pages: the steps at the side or above, the stack of pages, the buttons below."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from core.guide import SIDES
from gui.standing import stand_as_before
from gui.widgets.footer import Footer
from gui.widgets.ground import ground, put_above
from gui.widgets.place import Place
from gui.widgets.steps import Sidebar

if TYPE_CHECKING:
    import asyncio

    from PySide6.QtGui import QResizeEvent

    from core.guide import Guide, PageName
    from core.model import Report
    from core.texts import Texts
    from gui.pages.page import Page
    from gui.pages_on_demand import Made
    from gui.widgets.tour import Tour

_SMALLEST = (640, 340)  # pixels: a screen of 1366 x 768 at 200 %, less its bars
_ROOM_FOR_A_PAGE = 620  # pixels beside the steps


class Frame(QMainWindow):
    """`made`: the pages there are so far."""

    texts: Texts

    def __init__(self) -> None:
        super().__init__()
        self.made: list[Page] = []
        self.tour: Tour | None = None  # made when somebody practises
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

    def name_window(self, guide: Guide, story: str, report: Report | None) -> None:
        """The page's name over the window; practice is marked there and above the page."""
        page = guide.page
        key = f"gui.{page}.title" if page in SIDES else f"gui.step.{guide.step}"
        practised = page not in SIDES and page != "start" and _practised(guide, report)
        self.show_tour(page if practised else None, story)
        mark = f"{self.texts.text('report.practice')} " if practised else ""
        self.setWindowTitle(f"{mark}{self.texts.text(key)} - {self.texts.text('app.name')}")

    def show_tour(self, page: PageName | None, story: str) -> None:
        """Above a page of practice, say so and what to look at; None: this page is about the real thing."""
        if page is not None and self.tour is None:
            from gui.widgets.tour import Tour

            self.tour = Tour()
            self.tour.show_narrow(self._narrow)
            put_above(self.stack, self.tour)
        if self.tour is not None:
            self.tour.setVisible(page is not None)
            if page is not None:
                self.tour.show_page(page, story, self.texts)

    def turn_to(self, page: Page) -> None:
        """Show this page; who cannot see it hears what it is, after the keyboard has come to stand on it."""
        turned = self.stack.currentWidget() is not page
        self.stack.setCurrentWidget(page)
        if turned:
            page.verticalScrollBar().setValue(0)  # who comes back is not set down in the midst of a list
            QTimer.singleShot(0, page, lambda: self._say_where(page))

    def _say_where(self, page: Page) -> None:
        from gui.widgets.aloud import say_aloud  # the first page stands without

        if page is self.stack.currentWidget() and not page.title.hasFocus():  # what has the keyboard is said anyway
            say_aloud(page, page.opening_words())

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
            if self.tour is not None:
                self.tour.show_narrow(narrow)
            for page in self.made:
                page.show_narrow(narrow)


def _practised(guide: Guide, report: Report | None) -> bool:
    """Whether this is about the practice company: now, or in an earlier record."""
    if not guide.earlier or report is None:
        return guide.practice
    from core.report.layout import is_practice

    return is_practice(report)
