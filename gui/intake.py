"""Files and text dropped or pasted anywhere on the window: taken for what they are.

A refusal is explained at once; waiting mail and a log go with the next run. A field with the keyboard in it keeps its
own paste, and while checks run nothing is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from core.clean import clean
from core.command_output import problem_line
from core.errors import CheckError
from core.guide import Guide
from core.texts import Texts
from gui.tasks import Tasks

if TYPE_CHECKING:
    from gui.widgets.evidence import Evidence

_LONGEST = 2_000_000  # characters of text
_BUSY = ("running", "answer", "report")


class Window(Protocol):
    """What is needed of the window."""

    guide: Guide
    tasks: Tasks
    texts: Texts

    def open_bounce(self, text: str = "") -> None: ...
    def notice(self, key: str, what: str) -> Coroutine[Any, Any, None]: ...
    def show_handed_over(self) -> None: ...


class Intake(QObject):
    """Listens to the window's drops and keys once `listen` is called."""

    def __init__(self, window: Window, widget: QWidget) -> None:
        super().__init__(widget)
        self._window, self._widget = window, widget

    def listen(self, help_wanted: Callable[[], None]) -> None:
        """From now on take drops and the window's keys: pasting, and the one that asks for help."""
        self._widget.setAcceptDrops(True)
        self._widget.installEventFilter(self)
        QShortcut(QKeySequence.StandardKey.Paste, self._widget, self.paste)
        QShortcut(QKeySequence.StandardKey.HelpContents, self._widget, help_wanted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drops on the window itself; parts with a drop zone of their own have taken theirs before."""
        if isinstance(event, QDropEvent) and self._wanted(event.mimeData()):
            if event.type() in (QEvent.Type.DragEnter, QEvent.Type.Drop):
                event.acceptProposedAction()
            if not isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.Drop:
                self.take(event.mimeData())
            return True
        return super().eventFilter(watched, event)

    def paste(self) -> None:
        """Ctrl+V outside a field."""
        data = QGuiApplication.clipboard().mimeData()
        if data is not None and self._wanted(data):
            self.take(data)

    def take(self, data: QMimeData) -> None:
        """Files go before their names as text, text before a picture of it."""
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        text = _text_of(data)
        if len(files) > 1:
            self._window.tasks.start(self._take_several(files))
        elif files:
            self._window.tasks.start(self._take_file(files[0]))
        elif _is_link(text):
            self._window.tasks.start(self._window.notice("gui.intake.link", clean(text.strip(), 200)))
        elif text.strip():
            self._take_text(text)
        elif data.hasImage():
            self._window.tasks.start(self._window.notice("gui.intake.picture", ""))

    def _take_text(self, text: str) -> None:
        from core.knowledge.evidence_kind import kind_of
        from gui.widgets.evidence import Evidence

        text = text[:_LONGEST]
        self._window.tasks.start(self._take(Evidence(kind_of(text), "", text)))

    def _wanted(self, data: QMimeData) -> bool:
        return self._window.guide.page not in _BUSY and (
            data.hasText() or data.hasHtml() or data.hasImage() or any(url.isLocalFile() for url in data.urls())
        )

    async def _take_several(self, paths: list[str]) -> None:
        from gui.widgets.several import read_several

        told = await read_several(paths, self._window.texts)
        if self._window.guide.page in _BUSY:  # a run was started while the files were read
            return
        for piece in told.pieces:
            if piece.kind == "bounce":
                self._window.open_bounce(piece.text[:_LONGEST])
            elif piece.kind != "unknown":
                self._window.guide.answers.hand_over(piece.kind, piece.text, piece.name, piece.cut)
        self._window.show_handed_over()
        await self._window.notice("gui.intake.several", told.words)

    async def _take_file(self, path: str) -> None:
        from gui.widgets.evidence import read_evidence

        try:
            piece = await read_evidence(path)
        except CheckError as error:
            await self._window.notice("gui.intake.unreadable", problem_line(error, self._window.texts))
            return
        await self._take(piece)

    async def _take(self, piece: Evidence) -> None:
        if self._window.guide.page in _BUSY:  # a run was started while the file was read
            return
        if piece.kind == "bounce":
            self._window.open_bounce(piece.text[:_LONGEST])
        elif piece.kind == "unknown":
            await self._window.notice("gui.intake.unknown", piece.name)
        else:
            self._window.guide.answers.hand_over(piece.kind, piece.text, piece.name, piece.cut)
            self._window.show_handed_over()
            await self._window.notice(f"gui.intake.{piece.kind}", piece.name)


def _text_of(data: QMimeData) -> str:
    """Plain text, else the words of what a browser gives as a page."""
    if data.hasText() or not data.hasHtml():
        return data.text()
    from core.checks.bounce.decode import from_html

    return from_html(data.html()[:_LONGEST])


def _is_link(text: str) -> bool:
    """Nothing but the address of a page: what a browser gives when a link is drawn over."""
    word = text.strip()
    return word.lower().startswith(("https://", "http://", "ftp://")) and len(word.split()) == 1
