"""The watch after a repair: while the app is open it tells, in the system's tray, of what is due. It checks nothing by
itself. Without a tray the window's entry in the task bar asks for attention. Nothing is told twice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon

from core.clean import clean
from core.incident import Incident, Reminder
from core.texts import Texts
from gui.style import app_icon

Due = tuple[Incident, Reminder]
_MOST_LINES = 3
_SHOWN_MS = 30_000
_LONGEST_NUMBER = 4  # digits; an incident from a file may say anything


class Watch(QObject):
    """`opened` carries the incident's number when somebody clicks the notice or the tray's icon."""

    opened = Signal(int)

    def __init__(self, owner: QMainWindow) -> None:
        super().__init__(owner)
        self._owner = owner
        self._told: set[str] = set()
        self._number = 0
        self.tray: QSystemTrayIcon | None = None

    def look(self, due: Sequence[Due], texts: Texts) -> str:
        """Tell of what was not told yet, the whole of it in one notice; returns its words, "" when all was told."""
        fresh = [one for one in due if _key(one) not in self._told]
        if not fresh:
            return ""
        self._told |= {_key(one) for one in fresh}
        self._number = fresh[0][0].id
        words = [_said(reminder, texts) for _, reminder in fresh[:_MOST_LINES]]
        if more := len(fresh) - len(words):
            words.append(texts.text("gui.watch.more", count=more))
        said = "\n".join(words)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._show(said, texts)
        else:
            QApplication.alert(self._owner)
        return said

    def _show(self, said: str, texts: Texts) -> None:
        if self.tray is None:
            self.tray = QSystemTrayIcon(app_icon(), self)
            self.tray.messageClicked.connect(self._open)
            self.tray.activated.connect(self._open)
        self.tray.setToolTip(texts.text("app.name"))
        self.tray.show()
        self.tray.showMessage(texts.text("app.name"), said, app_icon(), _SHOWN_MS)

    def _open(self) -> None:
        """Once, however many signals one click makes."""
        if self.tray is None or not self.tray.isVisible():
            return
        self.end()
        self.opened.emit(self._number)

    def end(self) -> None:
        """Out of the tray."""
        if self.tray is not None:
            self.tray.hide()


def _key(one: Due) -> str:
    incident, reminder = one
    return f"{incident.id}-{reminder.key}"


def _said(reminder: Reminder, texts: Texts) -> str:
    if reminder.what == "again" and reminder.about.isdecimal() and len(reminder.about) <= _LONGEST_NUMBER:
        return texts.text("gui.watch.again", count=int(reminder.about))
    return clean(texts.text("gui.watch.delisting", about=clean(reminder.about, 80)), 300)
