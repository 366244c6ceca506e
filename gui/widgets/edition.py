"""Which edition this is: the program's version and how fresh its knowledge is, at the foot of the sidebar."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent

from core import __version__
from core.texts import Texts
from gui.widgets.text import SpokenLabel

_PAUSE_MS = 300  # reading the dates of all data files takes a tenth of a second: after the window has been drawn


class Edition(SpokenLabel):
    """ "Version 0.1.0, lists checked 22 Nov 2026"; the date follows once the window stands."""

    def __init__(self) -> None:
        super().__init__("gui.edition.version", "small")
        self.values = {"version": __version__}
        self._texts: Texts | None = None
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.timeout.connect(self._read)

    def say(self, texts: Texts) -> None:
        """Show the words in this language."""
        self._texts = texts
        super().say(texts)

    def showEvent(self, event: QShowEvent) -> None:
        """The first time: read the date soon."""
        super().showEvent(event)
        if self.key == "gui.edition.version":
            self._reading.start(_PAUSE_MS)

    def _read(self) -> None:
        from core.knowledge.dates import data_checked_on

        checked = data_checked_on()
        if checked is None:
            return
        self.key, self.values = "gui.edition.dated", {"version": __version__, "date": checked.isoformat()}
        if self._texts is not None:
            self.say(self._texts)
