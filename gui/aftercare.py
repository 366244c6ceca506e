"""What comes after the answer: first aid, checking again, the desk, letters, the notebook; settings and about.

Holds the incident that is shown, writes down what its pages want kept, and hands every page the incident as it then
is. While the window is open it looks every minute whether something is to be looked at again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMainWindow

from core.again import checks_to_repeat, target_again
from core.clients import Doors
from core.delisting import DeskLine
from core.errors import CheckError
from core.guide import PageName
from core.incident import Incident
from core.model import Report
from core.practice import story_now
from core.settings import Settings
from core.texts import Texts
from gui.aftercare_pages import AftercarePages
from gui.bridge import RunHandle, Tasks
from gui.pages.incident_page import IncidentPage
from gui.people import remembered_who
from gui.records import Records
from gui.watch import Watch
from gui.widgets.dialogs import Confirm, answer_of

if TYPE_CHECKING:
    from core.clients.askpass import Prompt
    from gui.aftercare_pages import OfAnIncident
    from gui.pages_on_demand import Made

_WATCH_MS = 60_000


class Window(Protocol):
    """What this needs of the window."""

    texts: Texts
    tasks: Tasks
    doors: Doors
    settings: Settings

    def dressed(self, page: Made) -> Made:
        """Give a new page its place and its words."""

    def show_aid(self, name: PageName) -> None:
        """Show one of the pages."""

    def show_kept(self, report: Report, incident: Incident) -> None:
        """Show the answer of an incident from the notebook."""

    def incident_changed(self, incident: Incident | None) -> None:
        """Something was written down."""

    def tell_of(self, error: CheckError) -> None:
        """Tell what could not be kept or read."""

    async def ask_prompt(self, prompt: Prompt) -> str | None:
        """A question of ssh."""

    def keep_settings(self) -> None:
        """Save them."""


class Aftercare(AftercarePages):
    """Its pages are made as one goes to them, and stand in the window's stack."""

    def __init__(self, window: Window, owner: QMainWindow, notebook_file: Path | None) -> None:
        self._window, self._owner = window, owner
        self.records = Records(notebook_file)
        self.who = remembered_who(window)
        self.incident: Incident | None = None
        self.run_task: asyncio.Task[None] | None = None
        self.notices = Watch(owner)
        self.notices.opened.connect(lambda number: self.begin(self._open_due(number)))
        self._following: list[IncidentPage] = []
        self.watching = QTimer(owner)
        self.watching.timeout.connect(lambda: self.begin(self.look_at_watch()))
        self.watching.start(_WATCH_MS)

    def dressed(self, page: Made) -> Made:
        """A page just made, in the window."""
        return self._window.dressed(page)

    def followed(self, page: OfAnIncident) -> OfAnIncident:
        """A page just made about the incident that is shown: what it wants kept is kept."""
        self.dressed(page)
        page.added.connect(lambda entries: self.begin(self.add(entries)))
        page.wanted.connect(self._window.show_aid)
        page.show_incident(self.incident)
        self._following.append(page)
        return page

    # --- the incident ---------------------------------------------------------------------------------------------

    async def keep_run(self, report: Report, practice: str = "") -> None:
        """Into the notebook; without it the answer stands, but nothing can be ticked."""
        try:
            self.show(await self.records.keep_run(report, practice=practice))
        except CheckError as error:
            self.show(None)
            self._window.tell_of(error)

    async def beside_earlier(self, report: Report) -> Report:
        """`report` with what a look at earlier runs adds; as it is without a notebook, which `keep_run` then tells."""
        try:
            return await self.records.beside_earlier(report)
        except CheckError:
            return report

    async def follow(self, run_id: int) -> None:
        """The incident that this run of the notebook belongs to."""
        try:
            self.show(await self.records.incident_of(run_id))
        except CheckError as error:
            self._window.tell_of(error)

    def show(self, incident: Incident | None) -> None:
        """Every page about this incident."""
        self.incident = incident
        for page in self._following:
            page.show_incident(incident)
        if "about" in vars(self):
            self.about.report = incident.latest if incident else None
        self._window.incident_changed(incident)

    async def add(self, entries: list[tuple[str, dict[str, str]]]) -> None:
        """Write down what a page wants kept."""
        if self.incident is None:
            return
        try:
            self.show(await self.records.add(self.incident.id, entries))
        except CheckError as error:
            self._window.tell_of(error)
            self.show(self.incident)  # a tick that was not kept is not shown

    def open_request(self, line: DeskLine) -> None:
        """Show the letter for this list."""
        self.letters.open_request(line)
        self._window.show_aid("letters")

    # --- check again ----------------------------------------------------------------------------------------------

    def start_again(self) -> None:
        """Repeat what was wrong."""
        if self.run_task is None and self.incident is not None and self.incident.imported_at is None:
            self.run_task = self.begin(self._check_again(self.incident))

    async def _check_again(self, incident: Incident) -> None:
        self.again.show_running(True)
        kept: Incident | None = None
        try:
            report = await self._run_again(incident)
            kept = await self.records.keep_run(report, incident.id, incident.practice)
            done = [("reminder_done", {"key": one.key}) for one in kept.due(datetime.now(UTC)) if one.what == "again"]
            self.incident = await self.records.add(incident.id, done) if done else kept
        except CheckError as error:
            self._window.tell_of(error)
        finally:
            self.run_task = None
            self.again.show_running(False)
        self.show(self.incident)
        if kept is not None:
            self.again.say_verdict()

    async def _run_again(self, incident: Incident) -> Report:
        first = incident.runs[0].report
        only = checks_to_repeat(first) | checks_to_repeat(incident.runs[-1].report)
        handle = RunHandle(self._window.doors, self._window.ask_prompt, self.again.hear)
        if incident.practice:
            return await handle.practise(story_now(incident), only)
        return await self.beside_earlier(await handle.check(target_again(first), only))

    async def stop(self) -> None:
        """Leave off; nothing of it is kept."""
        if self.run_task:
            self.run_task.cancel()
            await asyncio.gather(self.run_task, return_exceptions=True)

    # --- the notebook ---------------------------------------------------------------------------------------------

    async def load_list(self) -> Path | None:
        """The list as the notebook has it now; where it lies, None when it cannot be read."""
        await self._tried(self._load_list())
        return self.notebook.place

    async def _load_list(self) -> None:
        self.notebook.show_list(*await self.records.incidents())

    async def add_to_opened(self, entries: list[tuple[str, dict[str, str]]]) -> None:
        """A note, or that it is over, into the incident that the notebook shows."""
        opened = self.notebook.incident
        if opened is not None:
            await self._tried(self._add_to(opened.id, entries))

    async def _add_to(self, number: int, entries: list[tuple[str, dict[str, str]]]) -> None:
        incident = await self.records.add(number, entries)
        self.notebook.show_incident(incident)
        if self.incident and self.incident.id == number:
            self.show(incident)
        await self._load_list()

    async def open(self, number: int) -> None:
        """Show an incident's history on the notebook's page."""

        async def opening() -> None:
            self.notebook.show_incident(await self.records.incident(number))

        await self._tried(opening())

    async def show_answer(self, number: int) -> None:
        """The answer of an incident, with its first aid."""

        async def showing() -> None:
            incident = await self.records.incident(number)
            if incident.latest:
                self.show(incident)
                self._window.show_kept(incident.latest, incident)

        await self._tried(showing())

    async def delete(self, number: int) -> None:
        """Ask once, then forget it for good."""
        texts = self._window.texts
        if not await answer_of(Confirm(self._owner, texts, "gui.notebook.delete_now", str(number))):
            return

        async def deleting() -> None:
            whole = await self.records.delete(number)
            self.notebook.show_incident(None)
            if self.incident and self.incident.id == number:
                self.show(None)
            await self._load_list()
            words = [texts.text("notebook.deleted", id=str(number))]
            words += [] if whole else [texts.text("notebook.deleted_no_room")]
            self.notebook.show_news(" ".join(words))

        await self._tried(deleting())

    async def export(self, path: str, mask: bool) -> None:
        """The opened incident as a single file."""
        texts, opened = self._window.texts, self.notebook.incident

        async def exporting(number: int) -> None:
            await self.records.export(number, Path(path), mask=mask)
            self.notebook.show_news(texts.text("notebook.exported", path=path))

        if opened is not None:
            await self._tried(exporting(opened.id))

    async def take_in(self, path: str) -> None:
        """An incident from a file; it is marked so, and never checked again."""
        texts = self._window.texts

        async def taking() -> None:
            number = await self.records.take_in(path)
            self.notebook.show_incident(await self.records.incident(number))
            await self._load_list()
            self.notebook.show_news(texts.text("notebook.imported", id=str(number)))

        await self._tried(taking())

    async def search(self, word: str) -> None:
        """Where a word stands."""

        async def searching() -> None:
            self.notebook.show_hits(word, await self.records.search(word))

        await self._tried(searching())

    def open_folder(self) -> None:
        """Show where the notebook lies."""
        if self.notebook.place:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.notebook.place.parent)))

    async def _tried(self, work: Awaitable[None]) -> None:
        try:
            await work
        except CheckError as error:
            self.notebook.tell(error)

    # --- the watch ------------------------------------------------------------------------------------------------

    async def look_at_watch(self, now: datetime | None = None) -> None:
        """Tell of what is due, once each, in the tray; a click opens it. Nothing is checked by itself."""
        try:
            due = await self.records.due(now or datetime.now(UTC))
        except CheckError:
            return  # the next minute looks again; whoever opens the notebook is told
        self.notices.look(due, self._window.texts)

    async def _open_due(self, number: int) -> None:
        self._owner.showNormal()
        self._owner.raise_()
        await self.show_answer(number)
        self._window.show_aid("again")

    def end(self) -> None:
        """The window closes."""
        self.watching.stop()
        self.notices.end()

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start `work`; the window owns it."""
        return self._window.tasks.start(work)
