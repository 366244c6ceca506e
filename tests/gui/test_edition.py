"""The window says which version it is and from when its knowledge is."""

from __future__ import annotations

from core import __version__
from core.knowledge.dates import data_checked_on
from core.texts import Texts
from gui.widgets.edition import Edition
from tests.patience import until


async def test_the_sidebar_shows_version_and_date_of_the_data(open_wizard) -> None:
    wizard = await open_wizard("ja")
    wizard.resize(1200, 900)  # the sidebar needs room
    shown = wizard.sidebar.findChild(Edition)
    assert __version__ in shown.text()
    checked = data_checked_on()
    await until(lambda: shown.key == "gui.edition.dated")
    assert Texts("ja").date(checked) in shown.text()
    wizard.change_language("en")
    assert Texts("en").date(checked) in shown.text()
