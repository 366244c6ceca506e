"""The pages of what comes after the answer, each made when it is first asked for, with what its wishes lead to."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from core.delisting import DeskLine
    from core.incident import Incident
    from gui.pages.about import AboutPage
    from gui.pages.again import AgainPage
    from gui.pages.desk import DeskPage
    from gui.pages.first_aid import FirstAidPage
    from gui.pages.incident_page import IncidentPage
    from gui.pages.letters import LettersPage
    from gui.pages.notebook import NotebookPage
    from gui.pages.page import Page
    from gui.widgets.initials import Who

    AnyPage = TypeVar("AnyPage", bound=Page)
    OfAnIncident = TypeVar("OfAnIncident", bound=IncidentPage)


class Holder(Protocol):
    """What the pages need of who holds them."""

    who: Who
    incident: Incident | None

    def dressed(self, page: AnyPage) -> AnyPage: ...
    def followed(self, page: OfAnIncident) -> OfAnIncident: ...
    def begin(self, work: Coroutine[Any, Any, Any]) -> object: ...
    def start_again(self) -> None: ...
    def stop(self) -> Coroutine[Any, Any, None]: ...
    def open_request(self, line: DeskLine) -> None: ...
    def add_to_opened(self, entries: list[tuple[str, dict[str, str]]]) -> Coroutine[Any, Any, None]: ...
    def open(self, number: int) -> Coroutine[Any, Any, None]: ...
    def show_answer(self, number: int) -> Coroutine[Any, Any, None]: ...
    def delete(self, number: int) -> Coroutine[Any, Any, None]: ...
    def export(self, path: str, mask: bool) -> Coroutine[Any, Any, None]: ...
    def take_in(self, path: str) -> Coroutine[Any, Any, None]: ...
    def search(self, word: str) -> Coroutine[Any, Any, None]: ...
    def open_folder(self) -> None: ...


class AftercarePages:
    """First aid, check again, desk, letters, notebook, about."""

    @cached_property
    def first_aid(self: Holder) -> FirstAidPage:
        """What to do now, step by step."""
        from gui.pages.first_aid import FirstAidPage

        return self.followed(FirstAidPage(self.who))

    @cached_property
    def again(self: Holder) -> AgainPage:
        """The same checks, before and now."""
        from gui.pages.again import AgainPage

        page = self.followed(AgainPage(self.who))
        page.run_wanted.connect(self.start_again)
        page.stop_wanted.connect(lambda: self.begin(self.stop()))
        return page

    @cached_property
    def desk(self: Holder) -> DeskPage:
        """Off the blacklists."""
        from gui.pages.desk import DeskPage

        page = self.followed(DeskPage(self.who))
        page.request_wanted.connect(self.open_request)
        return page

    @cached_property
    def letters(self: Holder) -> LettersPage:
        """Letters to send."""
        from gui.pages.letters import LettersPage

        return self.followed(LettersPage(self.who))

    @cached_property
    def notebook(self: Holder) -> NotebookPage:
        """What was before."""
        from gui.pages.notebook import NotebookPage

        page = self.dressed(NotebookPage(self.who))
        page.added.connect(lambda entries: self.begin(self.add_to_opened(entries)))
        page.open_wanted.connect(lambda number: self.begin(self.open(number)))
        page.answer_wanted.connect(lambda number: self.begin(self.show_answer(number)))
        page.delete_wanted.connect(lambda number: self.begin(self.delete(number)))
        page.export_wanted.connect(lambda path, mask: self.begin(self.export(path, mask)))
        page.import_wanted.connect(lambda path: self.begin(self.take_in(path)))
        page.search_wanted.connect(lambda word: self.begin(self.search(word)))
        page.folder_wanted.connect(self.open_folder)
        return page

    @cached_property
    def about(self: Holder) -> AboutPage:
        """Promises, licences, details for support."""
        from gui.pages.about import AboutPage

        page = self.dressed(AboutPage())
        page.report = self.incident.latest if self.incident else None
        return page
