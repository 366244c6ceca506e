"""The window says which version it is and from when its knowledge is."""

from __future__ import annotations

import asyncio

from core import __version__
from core.knowledge.dates import data_checked_on
from core.texts import Texts
from gui.widgets.edition import Edition


async def test_the_sidebar_shows_version_and_date_of_the_data(open_wizard) -> None:
    wizard = await open_wizard("ja")
    wizard.resize(1200, 900)  # the sidebar needs room
    shown = wizard.sidebar.findChild(Edition)
    assert __version__ in shown.text()
    checked = data_checked_on()
    for _ in range(200):
        if shown.key == "gui.edition.dated":
            break
        await asyncio.sleep(0.05)
    assert Texts("ja").date(checked) in shown.text()
    wizard.change_language("en")
    assert Texts("en").date(checked) in shown.text()
