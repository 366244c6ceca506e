"""Brings the window up and sees it out. The first module to import Qt."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import gui.plain_imports  # noqa: F401 - its place before Qt is what it is for

# isort: split

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from gui.one_window import OneWindow
from gui.style import app_icon, apply_style, dress_at_once, dress_exactly, use_japanese_font
from gui.wizard import Wizard

_INTERRUPTED = 130
_PATIENCE = 0.5  # seconds: a window system that shows nothing until then is left to show it later


def make_app(*options: str) -> QApplication:
    """The application, dressed; it dresses anew when the system turns light, dark or stark. `options` are Qt's own."""
    # As an option: asking for the style afterwards loads all of what Python can do with styles.
    app = QApplication([*sys.argv[:1], "-style", "Fusion", *options])
    app.setApplicationName("mail-first-aid")
    app.setApplicationDisplayName("")
    app.setDesktopFileName("mail-first-aid")
    use_japanese_font(app)
    dress_at_once(app)
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(lambda _: apply_style(app))
    hints.accessibility().contrastPreferenceChanged.connect(lambda _: apply_style(app))
    return app


def show_window() -> int:
    """Open the window and stay until it is closed.

    It is drawn before the event loop and what the checks need are loaded: that takes longer than the window itself.
    """
    app, only = make_app(), OneWindow()
    if not only.is_first():
        return 0  # the window that was there has come to the front
    wizard = Wizard()
    wizard.show()
    draw(app, wizard)
    app.setWindowIcon(app_icon())
    if not only.take():
        return 0  # two were started at once
    dress_exactly(app)
    gc.freeze()  # what is there now stays: the collector need not look through it again and again
    only.listen(lambda: _to_front(wizard))
    try:
        return _looped(app, lambda: _until_closed(wizard))
    finally:
        only.end()


def draw(app: QApplication, window: QWidget) -> None:
    """Let the window system show `window` as it is; what the person does waits for the loop."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        handle = window.windowHandle()
        if handle is not None and handle.isExposed():
            return
        time.sleep(0.002)


def test_window() -> int:
    """Walk the practice company from start to PDF in a window nobody sees; 0 when all of it worked."""
    from core.report.fonts import font_files
    from gui.self_test import listening, walk_practice

    # Without a screen Qt on Windows and macOS knows no fonts of the system: the report's own.
    os.environ.setdefault("QT_QPA_FONTDIR", str(font_files()[0].parent))
    with listening() as heard:
        return _looped(make_app("-platform", "offscreen"), lambda: walk_practice(heard))


def _looped(app: QApplication, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    from gui.bridge import run_on_qt

    try:
        return run_on_qt(app, main)
    except KeyboardInterrupt:
        return _INTERRUPTED


async def _until_closed(wizard: Wizard) -> int:
    wizard.tasks.start(_ahead(wizard))
    try:
        await wizard.closed.wait()
    finally:
        await wizard.tasks.stop()
    return 0


async def _ahead(wizard: Wizard) -> None:
    """Load what comes next while the person reads; then begin to look whether something is to be looked at again."""
    from gui.loading import load_ahead

    await load_ahead(wizard.pages)
    wizard.begin_watch()


def _to_front(wizard: Wizard) -> None:
    from PySide6.QtCore import Qt

    wizard.setWindowState(wizard.windowState() & ~Qt.WindowState.WindowMinimized)
    wizard.raise_()
    wizard.activateWindow()
