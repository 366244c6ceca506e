"""The window's pages, each made when it is first asked for.

The window stands as soon as its first page does; another page, and what it needs, is loaded when somebody goes there.
Here too is what each page's wishes lead to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol, TypeVar, get_args

from core.guide import PageName
from gui.pages.page import Page
from gui.pages.start import StartPage

if TYPE_CHECKING:
    from core.clients import Doors
    from core.recent_servers import Server
    from core.texts import Language
    from gui.aftercare import Aftercare
    from gui.keeping import Keeping
    from gui.pages.answer import AnswerPage
    from gui.pages.arrival import ArrivalPage
    from gui.pages.blacklists import BlacklistsPage
    from gui.pages.bounce import BouncePage
    from gui.pages.consent import ConsentPage
    from gui.pages.inside import InsidePage
    from gui.pages.questions import QuestionsPage
    from gui.pages.report import ReportPage
    from gui.pages.running import RunningPage
    from gui.pages.server import ServerPage
    from gui.pages.settings import SettingsPage
    from gui.tasks import Tasks

Made = TypeVar("Made", bound=Page)
_HELD_BY_AFTERCARE = ("first_aid", "again", "desk", "letters", "notebook", "about")
_OTHER_NAMES: Mapping[str, str] = {"report": "report_page", "settings": "settings_page"}


class Window(Protocol):
    """What the pages need of the window: its own part, and what their wishes lead to."""

    tasks: Tasks
    doors: Doors
    keeping: Keeping

    @property
    def aftercare(self) -> Aftercare: ...
    def dressed(self, page: Made) -> Made: ...
    def open_earlier(self, run_id: int) -> None: ...
    def look_again(self, server: Server) -> None: ...
    def open_bounce(self, text: str = "") -> None: ...
    def open_bounce_file(self, path: str) -> None: ...
    def show_aid(self, name: PageName) -> None: ...
    def skip_check(self, check_id: str) -> None: ...
    def choose_file(self, language: Language) -> None: ...
    def change_language(self, language: Language) -> None: ...
    def prefer(self, page: SettingsPage) -> None: ...
    def hand_on(self, page: ReportPage) -> None: ...


class PagesOnDemand:
    """The part of the window that makes pages; `pages` finds each by its name."""

    @cached_property
    def pages(self) -> PageTable:
        """Every page there is; to ask for one is to make it."""
        return PageTable({name: partial(self._page_named, name) for name in get_args(PageName)})

    def _page_named(self, name: PageName) -> Page:
        holder = getattr(self, "aftercare") if name in _HELD_BY_AFTERCARE else self  # noqa: B009 - it is the window's
        page: Page = getattr(holder, _OTHER_NAMES.get(name, name))
        return page

    @cached_property
    def start(self: Window) -> StartPage:
        """What happened?"""
        page = self.dressed(StartPage())
        page.choices.chosen.connect(lambda _: page.show_missing(()))
        page.earlier_wanted.connect(self.open_earlier)
        page.again_wanted.connect(self.look_again)
        page.offer_last(self.keeping.last_server)
        page.refusal_wanted.connect(self.open_bounce)
        page.tools.wanted.connect(self.show_aid)
        page.refusal.file_dropped.connect(self.open_bounce_file)
        page.refusal.text_dropped.connect(self.open_bounce)
        return page

    @cached_property
    def bounce(self: Window) -> BouncePage:
        """A refusal explained."""
        from gui.pages.bounce import BouncePage

        page = self.dressed(BouncePage())
        page.read_wanted.connect(lambda text: self.tasks.start(page.explain(text)))
        page.file_wanted.connect(self.open_bounce_file)
        return page

    @cached_property
    def questions(self: Window) -> QuestionsPage:
        """Who is affected, and how?"""
        from gui.pages.questions import QuestionsPage

        return self.dressed(QuestionsPage())

    @cached_property
    def server(self: Window) -> ServerPage:
        """Which server?"""
        from gui.pages.server import ServerPage

        page = self.dressed(ServerPage())
        page.offer_recent(self.keeping)
        page.lookup_wanted.connect(lambda domain: self.tasks.start(page.look_up(domain, self.doors)))
        return page

    @cached_property
    def inside(self: Window) -> InsidePage:
        """How can the server be read?"""
        from gui.pages.inside import InsidePage

        page = self.dressed(InsidePage())
        page.file_wanted.connect(lambda path: self.tasks.start(page.take_file(path)))
        return page

    @cached_property
    def consent(self: Window) -> ConsentPage:
        """What will be done, and is it allowed?"""
        from gui.pages.consent import ConsentPage

        return self.dressed(ConsentPage())

    @cached_property
    def running(self: Window) -> RunningPage:
        """The checks at work."""
        from gui.pages.running import RunningPage

        page = self.dressed(RunningPage())
        page.skip_wanted.connect(self.skip_check)
        return page

    @cached_property
    def answer(self: Window) -> AnswerPage:
        """What it is, and who acts."""
        from gui.pages.answer import AnswerPage

        page = self.dressed(AnswerPage())
        page.wanted.connect(self.show_aid)
        return page

    @cached_property
    def report_page(self: Window) -> ReportPage:
        """The report as pages."""
        from gui.pages.report import ReportPage

        page = self.dressed(ReportPage())
        page.choices.remember(self.keeping.settings.report)
        page.save_wanted.connect(self.choose_file)
        page.aid_wanted.connect(lambda: self.show_aid("first_aid"))
        self.hand_on(page)
        return page

    @cached_property
    def blacklists(self: Window) -> BlacklistsPage:
        """Which lists work, and whose keys are here."""
        from gui.pages.blacklists import BlacklistsPage

        return self.dressed(BlacklistsPage(self.tasks.start, self.doors))

    @cached_property
    def arrival(self: Window) -> ArrivalPage:
        """Does mail arrive?"""
        from gui.pages.arrival import ArrivalPage

        return self.dressed(ArrivalPage(self.tasks.start, self.doors))

    @cached_property
    def settings_page(self: Window) -> SettingsPage:
        """Language, look, DNS server."""
        from gui.pages.settings import SettingsPage

        page = self.dressed(SettingsPage())
        page.language_chosen.connect(self.change_language)
        page.wanted.connect(self.show_aid)
        page.folder_wanted.connect(lambda: self.aftercare.open_folder())
        self.prefer(page)
        return page


class PageTable(Mapping[PageName, Page]):
    """Pages by name, in the order people meet them."""

    def __init__(self, makers: Mapping[PageName, Callable[[], Page]]) -> None:
        self._makers = makers

    def __getitem__(self, name: PageName) -> Page:
        return self._makers[name]()

    def __iter__(self) -> Iterator[PageName]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
