"""Pictures of every page in both languages, taken from the real window walking the practice company.

    python packaging/screenshots.py FOLDER [--dark] [--stark] [--scale 1.5]

Uses the screen that is there (also Xvfb), else draws offscreen. Settings and notebook are fresh ones of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if TYPE_CHECKING:
    from core.texts import Language
    from gui.wizard import Wizard

_REFUSAL = (
    "550 5.7.1 Unfortunately, messages from [203.0.113.25] weren't sent. Please contact your Internet service provider "
    "since part of their network is on our block list (S3150)."
)
_RUN_LIMIT = 120.0  # seconds
_LONG_ENOUGH = 7.0  # seconds until a check tells how long it may still take
_SETTLES = 0.6  # seconds for what the notebook keeps to be on the screen


def main() -> int:
    """Take the pictures; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--stark", action="store_true", help="high contrast")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--size", default="1120x760")
    chosen = parser.parse_args()
    os.environ["QT_SCALE_FACTOR"] = chosen.scale
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gui.bridge import run_on_qt
    from gui.style import apply_style
    from gui.window_start import make_app

    chosen.folder.mkdir(parents=True, exist_ok=True)
    app = make_app()
    apply_style(app, dark=chosen.dark, stark=chosen.stark)
    return run_on_qt(app, lambda: _take_all(chosen.folder, chosen.size))


async def _take_all(folder: Path, size: str) -> int:
    from core.texts import LANGUAGES

    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as own:
            await _walk(folder, language, size, Path(own))
    return 0


async def _walk(folder: Path, language: Language, size: str, own: Path) -> None:
    from gui.wizard import Wizard

    wizard = Wizard(own / "settings.json", own / "notebook.sqlite3")
    width, _, height = size.partition("x")
    wizard.resize(int(width), int(height))
    wizard.change_language(language)
    wizard.show()
    shots = _Shots(wizard, folder, language)
    try:
        await _refusal_pages(wizard, shots)
        await _question_pages(wizard, shots)
        await _waiting_page(wizard, shots)
        await _practice_pages(wizard, shots)
    finally:
        wizard.close()
        await wizard.closed.wait()


class _Shots:
    def __init__(self, wizard: Wizard, folder: Path, language: str) -> None:
        self._wizard, self._folder, self._language = wizard, folder, language
        self._taken: set[str] = set()

    async def take(self, name: str) -> None:
        """Let the window settle, then keep its picture."""
        await asyncio.sleep(0.25)
        assert name not in self._taken, f"{name} twice: the second would replace the first"
        self._taken.add(name)
        path = self._folder / f"{name}-{self._language}.png"  # no number: the README names two of them for good
        self._wizard.grab().save(str(path))


async def _refusal_pages(wizard: Wizard, shots: _Shots) -> None:
    """The first page, and a refusal read from it."""
    wizard.start.choices.cards["not_delivered"].click()
    await shots.take("start")
    wizard.open_bounce(_REFUSAL)
    await shots.take("bounce")
    await asyncio.sleep(0.5)
    await shots.take("bounce-read")
    wizard.bounce.verticalScrollBar().setValue(wizard.bounce.verticalScrollBar().maximum())
    await shots.take("bounce-letter")
    wizard.to_start()


async def _question_pages(wizard: Wizard, shots: _Shots) -> None:
    """The questions, until a check could begin."""
    wizard.start.choices.choose("not_delivered")
    wizard.go_on()
    await shots.take("questions")
    wizard.go_on()
    wizard.go_on()
    await shots.take("server-missing")
    recent = {"domain": "example.co.jp", "how_inside": "ssh", "ssh": "admin@mail.example.co.jp"}
    wizard.keeping.settings.recent = [recent, {"domain": "branch.example", "mail_host": "mx.branch.example:2525"}]
    wizard.server.say(wizard.texts)
    await asyncio.sleep(0.2)  # the page grows first
    wizard.server.verticalScrollBar().setValue(wizard.server.verticalScrollBar().maximum())
    await shots.take("server-recent")
    wizard.server.mail_host.set_text("mail.example.co.jp")
    wizard.go_on()
    wizard.inside.choices.cards["ssh"].click()
    await shots.take("inside-ssh")
    wizard.inside.choices.cards["paste"].click()
    await shots.take("inside-paste")
    wizard.inside.choices.cards["neither"].click()
    wizard.go_on()
    await shots.take("consent")
    wizard.to_start()


async def _waiting_page(wizard: Wizard, shots: _Shots) -> None:
    """Checks that wait for a server that takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        wizard.guide.answers.domain = ""
        wizard.guide.answers.mail_host = f"127.0.0.1:{silent.getsockname()[1]}"
        wizard.run_again()
        await asyncio.sleep(_LONG_ENOUGH)
        await shots.take("running-long")
        wizard.go_back()
        if wizard.run_task is not None:
            await asyncio.wait([wizard.run_task], timeout=_RUN_LIMIT)
        await asyncio.sleep(_SETTLES)
    wizard.to_start()


async def _practice_pages(wizard: Wizard, shots: _Shots) -> None:
    """The practice run, its answer and report."""
    wizard.start.choices.choose("practice")
    wizard.go_on()
    await shots.take("running")
    if wizard.run_task is not None:
        await asyncio.wait_for(wizard.run_task, _RUN_LIMIT)
    await shots.take("answer")
    bar = wizard.answer.verticalScrollBar()
    for part in range(1, 5):
        bar.setValue(bar.maximum() * part // 4)
        await shots.take(f"answer-{part + 1}")
    await _aid_pages(wizard, shots)
    wizard.go_on()
    await shots.take("report")
    wizard.to_start()
    wizard.start.choices.cards["practice"].setFocus()  # as a press with the mouse does
    wizard.start.choices.cards["practice"].click()
    await shots.take("start-practice")
    wizard.start.verticalScrollBar().setValue(wizard.start.verticalScrollBar().maximum())
    await shots.take("start-below")
    await _tool_pages(wizard, shots)


async def _tool_pages(wizard: Wizard, shots: _Shots) -> None:
    """The tools beside the way; the notebook holds what was practised."""
    for tool in ("blacklists", "arrival", "notebook", "settings", "about"):
        wizard.open_side(tool)
        await asyncio.sleep(_SETTLES)
        if tool == "notebook":
            await wizard.aftercare.open(wizard.aftercare.notebook.summaries[0].id)
        await shots.take(tool)
        bar = wizard.page.verticalScrollBar()
        if bar.maximum():
            bar.setValue(bar.maximum())
            await shots.take(f"{tool}-below")
        wizard.go_back()


async def _aid_pages(wizard: Wizard, shots: _Shots) -> None:
    """The practice story to its end: repaired, checked again, the lists asked."""
    aid = wizard.aftercare
    wizard.show_aid("desk")
    await shots.take("desk-shut")
    wizard.show_aid("first_aid")
    aid.who.set("NK")
    await shots.take("first-aid")
    bar = aid.first_aid.verticalScrollBar()
    for part in range(1, 5):
        bar.setValue(bar.maximum() * part // 4)
        await shots.take(f"first-aid-{part + 1}")
    for _ in range(2):  # once more, since no step was ticked
        aid.first_aid.views["open_relay"].outcomes["done"].click()
        await asyncio.sleep(_SETTLES)
    aid.again.start.click()
    await shots.take("again-running")
    if aid.run_task is not None:
        await asyncio.wait_for(aid.run_task, _RUN_LIMIT)
    await asyncio.sleep(_SETTLES)
    await shots.take("again")
    wizard.show_aid("desk")
    await shots.take("desk")
    aid.desk.views[0].buttons["request"].click()
    await shots.take("request")
    aid.letters.open_letter("boss")
    await shots.take("letter")
    wizard.go_back()
    wizard.go_back()


if __name__ == "__main__":
    sys.exit(main())
