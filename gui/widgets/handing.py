"""Hand a text on: copy it, open it as a mail draft, or save it as a page for printing. Nothing is sent by the app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFont, QGuiApplication, QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from core.letters import mail_draft
from core.texts import Texts
from gui.widgets.aloud import tell
from gui.widgets.flow import FlowLayout
from gui.widgets.text import SpokenButton, label

Content = Callable[[], tuple[str, str, str]]  # address ("" when the person knows better), subject, body
_MARGIN = 18.0  # millimetres
_POINTS = 10.0


class Handing(QWidget):
    """Three buttons and what came of the last. `done` carries "copied", "drafted" or "printed"."""

    done = Signal(str)

    def __init__(self, texts: Texts, content: Content, about: str) -> None:
        super().__init__()
        self._texts, self._content = texts, content
        self.told = label(role="small")
        self.told.hide()
        line = FlowLayout(12)
        self.buttons = {name: SpokenButton(f"gui.handing.{name}") for name in ("copy", "draft", "print")}
        for name, act in (("copy", self.copy), ("draft", self.draft), ("print", self.choose_file)):
            button = self.buttons[name]
            button.say(texts)
            button.setAccessibleDescription(about)
            button.clicked.connect(act)
            line.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(line)
        box.addWidget(self.told)

    def copy(self) -> None:
        """The whole text onto the clipboard."""
        _, subject, body = self._content()
        QGuiApplication.clipboard().setText(f"{subject}\n\n{body}" if subject else body)
        self._tell("copied")

    def draft(self) -> None:
        """Open the person's own mail program; a text too long for that goes onto the clipboard as well."""
        draft = mail_draft(*self._content())
        if not draft.whole:
            QGuiApplication.clipboard().setText(self._content()[2])
        opened = QDesktopServices.openUrl(QUrl(draft.url, QUrl.ParsingMode.StrictMode))
        self._tell(("drafted" if draft.whole else "drafted_part") if opened else "no_mail_program")

    def choose_file(self) -> None:
        """Ask where the page for printing shall lie."""
        dialog = QFileDialog(self, self._texts.text("gui.handing.print_title"), str(Path.home()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(lambda path: self.write_page(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_page(self, path: Path) -> None:
        """The text as a PDF page on A4, in lines as they are."""
        _, subject, body = self._content()
        try:
            path.touch()
        except OSError as error:
            self._tell("not_printed", error.strerror or type(error).__name__)
            return
        write_page(path, f"{subject}\n\n{body}" if subject else body)
        self._tell("printed", str(path))

    def _tell(self, what: str, detail: str = "") -> None:
        tell(self.told, self._texts.text(f"gui.handing.{what}", what=detail))
        self.done.emit(what)


def write_page(path: Path, text: str) -> None:
    """`text` as plain text on A4."""
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(_MARGIN, _MARGIN, _MARGIN, _MARGIN), QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(_POINTS)
    document.setDefaultFont(font)
    document.setPlainText(text)
    document.print_(writer)
