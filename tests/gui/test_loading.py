"""The first window loads little; the rest follows a piece at a time, and nothing of it is misspelled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from gui.loading import FOR_A_RUN, FOR_AN_ANSWER, load_ahead

ROOT = Path(__file__).resolve().parents[2]
# What a run, an answer or the notebook needs, and takes longer to load than the window takes to stand.
_LATER = {
    "asyncio",
    "core.checks.mail_queue",
    "core.model",
    "core.run",
    "argparse",
    "dns",
    "cryptography",
    "logging",
    "qasync",
    "sqlite3",
    "typst",
}
_FIRST_WINDOW = """
import builtins, json, pathlib, sys
before = builtins.__import__
from gui.window_start import draw, make_app
from gui.wizard import Wizard
app = make_app()
wizard = Wizard(pathlib.Path(sys.argv[1]) / "s.json", pathlib.Path(sys.argv[1]) / "n.sqlite3")
wizard.show()
draw(app, wizard)
told = {"modules": sorted(sys.modules), "pages": [page.name for page in wizard.made]}
told["imports_are_pythons_own"] = builtins.__import__ is before
told["all_names_in_qt"] = "Qt" in vars(sys.modules["PySide6.QtCore"])
print(json.dumps(told), flush=True)
import os
os._exit(0)
"""


def test_the_first_window_loads_neither_loop_nor_checks_nor_other_pages(tmp_path: Path) -> None:
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    words = [sys.executable, "-c", _FIRST_WINDOW, str(tmp_path)]
    done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=True, timeout=120)
    told = json.loads(done.stdout)
    assert not _LATER & set(told["modules"])
    assert told["pages"] == ["start"]
    assert told["imports_are_pythons_own"], "else PySide reads the source of everything imported later"
    assert not told["all_names_in_qt"], "a name like Qt.Key makes all ninety sorts: as long as the page itself takes"


async def test_all_of_it_is_loaded_ahead_and_the_next_pages_stand(open_wizard) -> None:
    wizard = await open_wizard()
    await load_ahead(wizard.pages)
    assert {*FOR_A_RUN, *FOR_AN_ANSWER} <= set(sys.modules)
    assert {"start", "questions", "server", "running", "answer"} <= {page.name for page in wizard.made}
    assert wizard.page is wizard.start, "who reads the first page still does"
