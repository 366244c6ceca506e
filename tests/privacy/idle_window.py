"""The window as somebody opens it, looks through its pages and closes it, without ever starting a check.

"Is there a newer version?" is among what is pressed: it explains how to look, and asks nobody.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from gui.bridge import run_on_qt
from gui.window_start import make_app
from gui.wizard import Wizard

PAGES = ("settings", "about", "notebook", "blacklists", "arrival")


async def looked_through(folder: Path) -> int:
    """0 when every page was there."""
    wizard = Wizard(folder / "settings.json", folder / "notebook.sqlite3")
    wizard.show()
    await asyncio.sleep(1)
    for name in PAGES:
        wizard.open_side(name)
        await asyncio.sleep(0.3)
        if name == "about":
            wizard.aftercare.about.newer.click()
            assert wizard.aftercare.about.how_newer.text()
    print("looked through", *PAGES)
    wizard.close()
    await asyncio.wait_for(wizard.closed.wait(), 20)
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    with TemporaryDirectory() as place:
        sys.exit(run_on_qt(make_app(), lambda: looked_through(Path(place))))
