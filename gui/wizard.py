"""The window: the steps at the side, one page at a time, and what the buttons do."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from core.errors import CheckError
from core.guide import AID, Answers, Guide, PageName
from core.texts import Language, Texts
from core.unfinished import Unfinished
from gui import telling
from gui.frame import Frame
from gui.keeping import Keeping
from gui.language import QtWords, chosen_language
from gui.pages.page import Page
from gui.pages_on_demand import PagesOnDemand
from gui.preferences import WayOut, wear
from gui.standing import standing
from gui.tasks import Tasks, loop_runs
from gui.widgets.text import say_all

if TYPE_CHECKING:
    import asyncio

    from PySide6.QtGui import QCloseEvent

    from core.clients import Doors
    from core.clients.askpass import Prompt
    from core.incident import Incident
    from core.model import Report
    from core.recent_servers import Server
    from gui.aftercare import Aftercare
    from gui.bridge import RunHandle
    from gui.intake import Intake
    from gui.pages.report import ReportPage
    from gui.pages.settings import SettingsPage
    from gui.preferences import Preferences
    from gui.saving import PdfSaver

_SOON_MS = 10


class Wizard(PagesOnDemand, WayOut, Frame):
    """`closed` is set when the window has gone and nothing of it runs any more."""

    def __init__(
        self, settings_file: Path | None = None, notebook_file: Path | None = None, doors: Doors | None = None
    ) -> None:
        super().__init__()
        self._notebook_file = notebook_file
        self.keeping = Keeping(settings_file, notebook_file, self.tell_of)
        self.settings = self.keeping.settings
        self._doors = doors
        self.guide = Guide(Answers.from_remembered(self.settings.answers))
        self.texts = Texts(chosen_language(self.settings.language))
        self.tasks = Tasks(self._tell_of_fault)
        self.report: Report | None = None
        self._incident: Incident | None = None  # that `report` belongs to
        self._run: RunHandle | None = None
        self.run_task: asyncio.Task[None] | None = None
        self._closing = False
        self.unfinished = Unfinished(settings_file)
        self._qt_words = QtWords()
        if self.settings.look != "system":
            wear(self.settings.look)
        self.lay_out(self.settings.window)
        self._connect()
        self._say()
        self._show_page()
        QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        """What waits until the window is drawn: drops and keys, the notebook, and what was left unfinished."""
        if not loop_runs():
            QTimer.singleShot(_SOON_MS, self, self._begin)
            return
        self.intake.listen(help_wanted=self.explain_words)
        self._load_earlier()
        self.start.say(self.texts)
        if (left := self.unfinished.left()) is not None:
            self.tasks.start(self._offer(left))

    @cached_property
    def intake(self) -> Intake:
        """Takes what is dropped and pasted."""
        from gui.intake import Intake

        return Intake(self, self)

    @cached_property
    def aftercare(self) -> Aftercare:
        """What comes after the answer."""
        from gui.aftercare import Aftercare

        return Aftercare(self, self, self._notebook_file)

    def begin_watch(self) -> None:
        """From now on it is told when something is to be looked at again: who holds the watch is made, if not yet."""
        vars(self).setdefault("aftercare", self.aftercare)

    def prefer(self, page: SettingsPage) -> None:
        """What is chosen on this page takes effect."""
        from gui.preferences import Preferences

        self.preferences: Preferences = Preferences(self, page)

    def hand_on(self, page: ReportPage) -> None:
        """The report leaves the window by this page."""
        from gui.saving import PdfSaver

        self.saver: PdfSaver = PdfSaver(self, self.tasks, page)
        if self.report:
            self.saver.take(self.report, self._incident)

    def _connect(self) -> None:
        self.footer.on.clicked.connect(self.go_on)
        self.footer.back.clicked.connect(self.go_back)
        self.footer.again.clicked.connect(self.run_again)
        self.footer.language_chosen.connect(self.change_language)
        self.footer.words.clicked.connect(self.explain_words)

    # --- walking --------------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.pages[self.guide.page]

    def go_on(self) -> None:
        """To the next page, or say what is missing here."""
        if self.guide.page == "report":
            self.to_start()
            return
        self.page.read_answers(self.guide.answers)
        if self.guide.page == "start":
            self.guide.practice, self.guide.earlier = self.start.practice_chosen, False
            self.guide.reading = False
        missing = self.guide.missing()
        self.page.show_missing(missing)
        if missing or (self.guide.page == "server" and self.server.looks_up_first()):
            return
        self.guide.go_on()
        self._show_page()
        if self.guide.page == "running":
            self._start_run()

    def go_back(self) -> None:
        """To the page before; while checks run: stop them first."""
        if self.guide.page == "running":
            self.tasks.start(self._stop_run())
            return
        self.page.read_answers(self.guide.answers)
        self.guide.go_back()
        self._show_page()

    def to_start(self) -> None:
        """Another incident."""
        self.guide.to_start()
        self.start.choices.choose(None)
        self._load_earlier()
        self.start.say(self.texts)
        self._show_page()

    def run_again(self) -> None:
        """The same checks on the same answers."""
        self.guide.page = "running"
        self._show_page()
        self._start_run()

    def open_earlier(self, run_id: int) -> None:
        """Show an incident from the notebook."""
        if report := self.keeping.earlier_run(run_id):
            self.guide.open_incident()
            self._take_report(report)
            self.tasks.start(self.aftercare.follow(run_id))

    def look_again(self, server: Server) -> None:
        """A server looked at before: on to the first question still open for it."""
        self.guide.look_again(server, self.start.symptom, self.settings.recent)
        self._show_page()

    def show_kept(self, report: Report, incident: Incident) -> None:
        """Show the answer of an incident from the notebook."""
        self.guide.open_incident()
        self._take_report(report, incident)

    def show_aid(self, name: PageName) -> None:
        """Show what is done about the answer, or a tool beside the way: "back" returns here."""
        self.page.read_answers(self.guide.answers)
        (self.guide.open_aid if name in AID else self.guide.open_side)(name)
        self._show_page()
        if name == "notebook":
            self.tasks.start(self.aftercare.load_list())
        elif name == "settings":
            self.tasks.start(self.preferences.show(self.aftercare.load_list))

    open_side = show_aid

    def incident_changed(self, incident: Incident | None) -> None:
        """Something was written down: the answer's steps may have opened, and the report tells of it."""
        if self.guide.page != "running":  # there the answer is still to come
            self._incident = incident
            self.answer.show_incident(incident)
            if self.report and "report_page" in vars(self):
                self.saver.take(self.report, incident)

    def open_bounce(self, text: str = "") -> None:
        """Show the page that explains a refusal, with `text` in it."""
        if text:
            self.guide.answers.bounce, self.guide.answers.bounce_name = text, ""
        self.start.read_answers(self.guide.answers)
        self.guide.read_bounce()
        self._show_page()

    def open_bounce_file(self, path: str) -> None:
        """The same with a file's content."""
        if self.guide.page != "bounce":
            self.open_bounce()
        self.tasks.start(self.bounce.take_file(path))

    def _show_page(self) -> None:
        page = self.page
        page.show_answers(self.guide.answers)
        page.show_missing(())
        self.turn_to(page)
        self.sidebar.show_step(self.guide, self.texts)
        self.place.show_step(self.guide, self.texts)
        self.footer.show_for(self.guide, self.texts)
        self._name_window()
        (page.first_focus() or (page.title if self.footer.on.isHidden() else self.footer.on)).setFocus()

    def _name_window(self) -> None:
        self.name_window(self.guide, self.start.story if self.guide.practice else "", self.report)

    def change_language(self, language: Language) -> None:
        """Switch all words at once; what was entered stays."""
        self.texts = Texts(language)
        self.settings.language = language
        self._say()
        self.sidebar.show_step(self.guide, self.texts)
        self.place.show_step(self.guide, self.texts)
        self.footer.show_for(self.guide, self.texts)
        self.keep_settings()

    def _say(self) -> None:
        self._qt_words.use(self.texts.language)
        say_all(self.sidebar, self.texts)
        self.footer.say(self.texts)
        for page in self.made:
            page.say(self.texts)
        self._name_window()

    # --- running ----------------------------------------------------------------------------------------------

    def _start_run(self) -> None:
        self.keep_settings()
        self.running.reset()
        from gui.bridge import RunHandle

        self._run = RunHandle(self.doors, self.ask_prompt, self.running.hear)
        self.run_task = self.tasks.start(self._whole_run(self._run))

    async def _whole_run(self, run: RunHandle) -> None:
        try:
            if self.guide.practice:
                report = await run.practise(self.start.story)
            else:
                self.unfinished.begin(self.guide.answers.remembered())
                self.keeping.remember_server(self.guide.answers)
                checked = await run.check(self.guide.answers.to_target())
                report = await self.aftercare.beside_earlier(checked)
            await self.aftercare.keep_run(report, self.start.story if self.guide.practice else "")
            await self.answer.make_ready(report, self.aftercare.incident)
        finally:
            self._run = self.run_task = None
            self.unfinished.end()
        self.guide.go_on()
        self._take_report(report, self.aftercare.incident)

    def skip_check(self, check_id: str) -> None:
        """End one check now."""
        if self._run:
            self._run.skip(check_id)

    async def _stop_run(self) -> None:
        if self.run_task:
            import asyncio

            self.run_task.cancel()
            await asyncio.gather(self.run_task, return_exceptions=True)
        self.guide.go_back()
        self._show_page()

    async def ask_prompt(self, prompt: Prompt) -> str | None:
        """A question of ssh, put to the person."""
        return await telling.answered(self, self.texts, prompt)

    def _take_report(self, report: Report, incident: Incident | None = None) -> None:
        self.report, self._incident = report, incident
        if "report_page" in vars(self):
            self.report_page.forget()
            self.saver.take(report, incident)
        self.answer.show_report(report, incident)
        self.footer.has_aid = self.answer.next_steps is not None
        self._show_page()

    def _load_earlier(self) -> None:
        self.start.show_earlier(self.keeping.earlier_runs())

    def keep_settings(self) -> None:
        """Language, answers and what the settings page chose."""
        if wrong := self.keeping.keep_settings(self.guide.answers):
            self.tasks.start(self.notice("gui.notice.settings", wrong))

    def choose_file(self, language: Language) -> None:
        """Ask where the report goes."""
        if self.report:
            self.saver.choose_file(self.report, language, self.texts)

    def save_pdf(self, report: Report, path: Path, language: Language) -> asyncio.Task[None]:
        """Write `report` to `path`, beside the window's own work; the page tells how it went."""
        self.report_page.show_saving()  # made now, if nobody has been there yet
        return self.saver.save(report, path, language, self.texts)

    # --- telling and closing --------------------------------------------------------------------------------------

    def tell_of(self, error: CheckError) -> None:
        """What could not be kept or read."""
        self.tasks.start(
            self.notice("gui.notice.problem", self.texts.text(f"problem.{error.code}.title", error.values))
        )

    def _tell_of_fault(self, error: BaseException) -> None:
        if self._closing:
            return
        if self.guide.page == "running":
            self.guide.go_back()
            self._show_page()
        self.tasks.start(self.notice("gui.notice.fault", type(error).__name__))

    def explain_words(self) -> None:
        """F1: what the terms of art on this page mean."""
        self.tasks.start(telling.words_here(self, self.texts, self.page))

    def show_handed_over(self) -> None:
        """The page that is shown lists what was handed over."""
        self.page.show_answers(self.guide.answers)

    async def _offer(self, left: dict[str, str]) -> None:
        """The app ended while it looked: go on from the question that comes before a look, or start new."""
        wanted = await telling.offer(self, self.texts, left)
        self.unfinished.end()
        if wanted and self.guide.page == "start":
            self.guide.answers = Answers.from_remembered(left)
            self.guide.page = "consent"
            self._show_page()

    async def notice(self, key: str, what: str) -> None:
        """Tell something, and wait until it is read."""
        await telling.notice(self, self.texts, key, what)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while checks run; close only when nothing runs any more."""
        if self.closed.is_set():
            event.accept()
            return
        event.ignore()
        if not self._closing:
            self._closing = True
            self.tasks.start(self._close())

    async def _close(self) -> None:
        if not await self._may_close():
            self._closing = False
            return
        self.page.read_answers(self.guide.answers)
        if "aftercare" in vars(self):
            self.aftercare.end()
        self.settings.window = standing(self)
        await self.tasks.stop()
        self.keeping.keep_settings(self.guide.answers)  # no window is left to complain in
        self.closed.set()
        self.close()

    async def _may_close(self) -> bool:
        if self.run_task is None and ("aftercare" not in vars(self) or self.aftercare.run_task is None):
            return True
        return await telling.confirm_close(self, self.texts)
