"""Who ticks and who signs are asked once: the settings remember them."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QTimer

from core.settings import Settings
from gui.widgets.initials import Who

_PAUSE_MS = 1000  # a name is typed letter by letter; it is written to the disk once


class Window(Protocol):
    """What this needs of the window."""

    @property
    def settings(self) -> Settings:
        """What is remembered."""

    def keep_settings(self) -> None:
        """Save it."""


def remembered_who(window: Window) -> Who:
    """As the settings have it; what changes is kept."""
    who = Who(window.settings.initials, window.settings.sender)
    pause = QTimer(who)
    pause.setSingleShot(True)
    pause.timeout.connect(window.keep_settings)

    def initials() -> None:
        window.settings.initials = who.initials
        pause.start(_PAUSE_MS)

    def writer() -> None:
        window.settings.sender = dict(who.writer)
        window.keep_settings()

    who.changed.connect(initials)
    who.signs.connect(writer)
    return who
