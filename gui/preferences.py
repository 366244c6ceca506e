"""What the settings page changes takes effect at once, and is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.errors import CheckError
from core.settings import Settings
from gui.pages.page import Page

if TYPE_CHECKING:
    from core.clients import Doors
    from gui.pages.settings import SettingsPage


class Window(Protocol):
    """What this needs of the window."""

    settings: Settings
    doors: Doors
    made: list[Page]

    def keep_settings(self) -> None:
        """Save them."""


class Preferences:
    """Follows the page's signals."""

    def __init__(self, window: Window, page: SettingsPage) -> None:
        self._window, self._page = window, page
        page.look_chosen.connect(self.choose_look)
        page.resolver_chosen.connect(self.choose_resolver)

    async def show(self, find_place: Callable[[], Awaitable[Path | None]]) -> None:
        """As they are kept, and where the notebook lies."""
        self._page.show_settings(self._window.settings, str(await find_place() or ""))

    def choose_look(self, look: str) -> None:
        """Light, dark, or as the system wears it."""
        self._window.settings.look = look
        wear(look)
        self._window.keep_settings()

    def choose_resolver(self, address: str) -> None:
        """Ask this DNS server from now on; "" is the system's. What is no address is said and changes nothing."""
        if address:
            from core.clients.dns_servers import parse_server

            try:
                parse_server(address)
            except (CheckError, ValueError):
                self._page.resolver.show_wrong(self._page.texts.text("gui.settings.bad_resolver"))
                return
        self._page.resolver.show_wrong("")
        self._window.settings.resolver = address
        self._window.doors = with_resolver(self._window.doors, address)
        for page in self._window.made:
            page.use_doors(self._window.doors)
        self._page.tell("gui.settings.taken")
        self._window.keep_settings()


class WayOut:
    """The part of the window that knows where checks and look-ups go out."""

    settings: Settings
    _doors: Doors | None

    @property
    def doors(self) -> Doors:
        """With the DNS server that is preferred."""
        if self._doors is None:
            from core.clients import Doors

            self._doors = with_resolver(Doors(), self.settings.resolver)
        return self._doors

    @doors.setter
    def doors(self, doors: Doors) -> None:
        self._doors = doors


def with_resolver(doors: Doors, address: str) -> Doors:
    """The same doors, with this DNS server."""
    return replace(doors, resolver=address or None)


def wear(look: str) -> None:
    """Light, dark, or as the system wears it, from now on."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication

    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
    QGuiApplication.styleHints().setColorScheme(schemes[look])
