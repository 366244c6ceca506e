"""Saving the report as PDF: the file is chosen, written beside the window's own work, and its folder shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from core.errors import CheckError
from core.model import Report
from core.texts import Language, Texts
from gui.bridge import Tasks
from gui.pages.report import ReportPage


class PdfSaver:
    """Tells the report page how it goes."""

    def __init__(self, window: QWidget, tasks: Tasks, page: ReportPage) -> None:
        self._window, self._tasks, self._page = window, tasks, page
        self.saved: Path | None = None

    def choose_file(self, report: Report, language: Language, texts: Texts) -> None:
        """Ask where to; a name with date and time is proposed in the person's own folder."""
        name = texts.text("gui.report.file_name", at=report.started_at.astimezone().strftime("%Y-%m-%d-%H%M"))
        dialog = QFileDialog(self._window, texts.text("gui.report.save_title"), str(Path.home() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda path: self.save(report, Path(path), language, texts))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, report: Report, path: Path, language: Language, texts: Texts) -> asyncio.Task[None]:
        """Write `report` to `path`."""
        self._page.show_saving()
        return self._tasks.start(self._write(report, path, language, texts))

    def open_folder(self) -> None:
        """Show the folder of the file saved last."""
        if self.saved:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.saved.parent)))

    async def _write(self, report: Report, path: Path, language: Language, texts: Texts) -> None:
        from core.report.pdf_file import write_pdf  # typst takes a moment to load: only when it is wanted

        try:
            await asyncio.to_thread(write_pdf, report, language, path)
        except OSError as error:
            self._page.show_failed(error.strerror or type(error).__name__)
        except CheckError as error:
            self._page.show_failed(texts.text(f"problem.{error.code}.title", error.values))
        else:
            self.saved = path
            self._page.show_saved(path)
