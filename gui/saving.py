"""The report's way out of the window: shown as pages, saved, printed, put into a mail draft.

The pages shown and the file are set by one engine from the same data, and what is saved is the very file that was
shown. Printing is left to the system's own PDF program: it knows the printer, and prints letters, not pictures of
them. A mail draft is a file with the report in it: no `mailto:` address can carry one.
"""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from core.errors import CheckError
from core.incident import Incident
from core.model import Report
from core.report.options import ReportOptions
from core.texts import Language, Texts
from gui.pages.report import ReportPage
from gui.tasks import Tasks

_DOTS = 110.0  # an inch of the preview; the page is scaled down to the window
_Key = tuple[int, Language, ReportOptions]


def open_with_system(path: Path) -> bool:
    """Hand a file to the program the system has for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class PdfSaver:
    """Tells the report page how it goes. `take` says which report (and incident) is in hand."""

    def __init__(
        self, window: QWidget, tasks: Tasks, page: ReportPage, opens: Callable[[Path], bool] = open_with_system
    ) -> None:
        self._window, self._tasks, self._page, self._opens = window, tasks, page, opens
        self.saved: Path | None = None
        self._report: Report | None = None
        self._incident: Incident | None = None
        self._taken = 0  # how often something was taken in hand: pages made for what was before are not shown
        self._shown: tuple[_Key, bytes] | None = None
        self._folder: Path | None = None
        page.pages_wanted.connect(self.show_pages)
        page.folder_wanted.connect(self.open_folder)
        page.print_wanted.connect(lambda: self._hand_over("print"))
        page.draft_wanted.connect(lambda: self._hand_over("draft"))

    def take(self, report: Report, incident: Incident | None = None) -> None:
        """From now on it is about this report; with `incident` it holds ticks, before and after, lists, notes."""
        self._report, self._incident, self._shown = report, incident, None
        self._taken += 1
        self._page.offer_aid(bool(incident and incident.causes))
        if self._page.isVisible():
            self.show_pages()

    def choose_file(self, report: Report, language: Language, texts: Texts) -> None:
        """Ask where to; a name that says what, for whom and when is proposed in the person's own folder."""
        from core.report.file_name import pdf_name

        name = Path.home() / pdf_name(report, language, self._incident if report is self._report else None)
        dialog = QFileDialog(self._window, texts.text("gui.report.save_title"), str(name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda path: self.save(report, Path(path), language, texts))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, report: Report, path: Path, language: Language, texts: Texts) -> asyncio.Task[None]:
        """Write `report` to `path`."""
        if report is not self._report:
            self.take(report)
        self._page.show_saving()
        return self._tasks.start(self._write(path, language, texts))

    def show_pages(self) -> None:
        """Make the pages anew and show them, unless they are shown already."""
        if self._report and (self._shown is None or self._shown[0] != self._key(self._page.language())):
            self._tasks.start(self._preview())

    def open_folder(self) -> None:
        """Show the folder of the file saved last."""
        if self.saved:
            self._opens(self.saved.parent)

    def _key(self, language: Language) -> _Key:
        return self._taken, language, self._page.choices.options()

    async def _preview(self) -> None:
        key = self._key(self._page.language())
        try:
            content, pictures = await asyncio.to_thread(self._made, key)
        except CheckError as error:
            self._page.show_failed(self._page.texts.text(f"problem.{error.code}.title", error.values))
            return
        if key == self._key(self._page.language()):  # else something else was chosen meanwhile
            self._shown = (key, content)
            self._page.preview.show_pages(pictures)

    def _made(self, key: _Key, dots: float = _DOTS) -> tuple[bytes, list[bytes]]:
        from core.report.pdf_file import made_pages  # typst takes a moment to load: only when it is wanted

        assert self._report is not None
        pages = made_pages(self._report, key[1], self._incident, key[2])
        return pages.pdf, pages.pictures(dots) if dots else []

    async def _content(self, language: Language) -> bytes:
        """The file that is shown; made now where it is not."""
        key = self._key(language)
        if self._shown and self._shown[0] == key:
            return self._shown[1]
        return (await asyncio.to_thread(self._made, key, 0.0))[0]

    async def _write(self, path: Path, language: Language, texts: Texts) -> None:
        from core.report.pdf_file import write_file

        try:
            await asyncio.to_thread(write_file, path, await self._content(language))
        except OSError as error:
            self._page.show_failed(error.strerror or type(error).__name__)
        except CheckError as error:
            self._page.show_failed(texts.text(f"problem.{error.code}.title", error.values))
        else:
            self.saved = path
            self._page.show_saved(path)

    def _hand_over(self, way: str) -> None:
        if self._report:
            self._tasks.start(self._handed_over(way))

    async def _handed_over(self, way: str) -> None:
        """Write the file into a folder of our own and let the system open it."""
        language = self._page.language()
        try:
            content = await self._content(language)
            path = await asyncio.to_thread(self._laid_down, way, content, language)
        except OSError as error:
            self._page.show_failed(error.strerror or type(error).__name__)
        except CheckError as error:
            self._page.show_failed(self._page.texts.text(f"problem.{error.code}.title", error.values))
        else:
            self._page.show_opened(way, path, self._opens(path))

    def _laid_down(self, way: str, content: bytes, language: Language) -> Path:
        from core.report.file_name import pdf_name
        from core.report.layout import lay_out
        from core.report.mail_file import mail_file
        from core.report.pdf_file import write_file

        assert self._report is not None
        if self._folder is None:  # the other program may need the file as long as we run
            self._folder = Path(tempfile.mkdtemp(prefix="mail-report-"))
            atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / pdf_name(self._report, language, self._incident)
        if way == "draft":
            texts = Texts(language)
            data = lay_out(self._report, texts, self._incident, self._page.choices.options())
            content, path = mail_file(data, content, path.name, texts), path.with_suffix(".eml")
        write_file(path, content)
        return path
