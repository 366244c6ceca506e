"""A real window without a screen, on the event loop the app itself runs on.

`QT_QPA_PLATFORM=xcb` in the environment runs the same tests in a real X window.
"""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import qasync
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.clients import Doors
from core.settings import Settings, save_settings
from core.texts import Language
from gui.style import apply_style, use_japanese_font
from gui.wizard import Wizard
from tests.patience import HANG

Open = Callable[..., Awaitable[Wizard]]


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every loop of these tests is Qt's."""
    return {"qt": lambda: qasync.QEventLoop(QApplication.instance())}


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp: QApplication) -> None:
    qapp.setQuitOnLastWindowClosed(False)
    qapp.setStyle("Fusion")
    use_japanese_font(qapp)
    apply_style(qapp, dark=False)


@pytest.fixture
def silent_dns() -> Iterator[str]:
    """A DNS server that hears and never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
async def silent_smtp() -> AsyncIterator[str]:
    """A mail server that takes the connection and never greets."""
    writers = []

    async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for writer in writers:
        writer.close()


@pytest.fixture
async def open_wizard(qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens windows with fresh settings and notebook, and sees each of them out."""
    opened: list[Wizard] = []

    async def opening(language: Language = "ja", doors: Doors | None = None, **answers: str) -> Wizard:
        settings = tmp_path / "settings.json"
        if not settings.exists():
            save_settings(Settings(language, dict(answers)), settings)
        wizard = Wizard(settings, tmp_path / "notebook.sqlite3", doors)
        opened.append(wizard)
        wizard.show()
        await asyncio.sleep(0)
        return wizard

    yield opening
    for wizard in opened:
        await wizard.tasks.stop()
        if not wizard.closed.is_set():
            wizard.close()
            await asyncio.wait_for(wizard.closed.wait(), HANG)
        wizard.deleteLater()


@pytest.fixture(autouse=True)
def _windows_end_on_their_own_thread() -> Iterator[None]:
    """Collect a test's windows here, as the app does (`gui.bridge`): on a worker thread, Qt would crash."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()
