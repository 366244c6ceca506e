"""A fix card in the window: commands to be typed as they stand, filled in with every letter; what is done stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.knowledge.fixes import KINDS, hold_steps
from core.model import Cause, Report, Target
from core.notebook import Notebook
from gui.widgets.command_text import CommandText
from gui.widgets.joins import JOINER
from tests.patience import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
AT = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
COMMAND = "ls -l /etc/mail/sendmail.mc && rm -f /var/spool/x"


def drawn(shown: CommandText) -> str:
    return QLabel.text(shown)


def words(page) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())


async def card_page(open_wizard, tmp_path: Path, cause: str, kind: str):
    """The first-aid page with this cause's card open."""
    causes = (Cause(cause, "confirmed", "you"),)
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.save_run(Report(Target(domain="example.co.jp"), (), causes, AT, AT, "0", "2026-11-22"))
        number = notebook.incidents()[0].id
    wizard = await open_wizard()
    await wizard.aftercare.show_answer(number)
    wizard.show_aid("first_aid")
    page = wizard.aftercare.first_aid
    await until(lambda: cause in page.views)
    page._choose_kind(KINDS.index(kind))
    return wizard, page


def test_a_line_of_a_command_ends_at_a_blank_only(qtbot: QtBot) -> None:
    shown = CommandText(COMMAND)
    qtbot.addWidget(shown)
    shown.resize(2000, 60)
    shown.show()
    for word in COMMAND.split():
        assert JOINER.join(word) in drawn(shown)
    assert drawn(shown).replace(JOINER, "") == shown.text() == COMMAND == shown.accessibleName()
    assert shown.heightForWidth(400) >= shown.heightForWidth(2000)


def test_a_word_wider_than_its_line_may_break_but_not_in_its_first_letters(qtbot: QtBot) -> None:
    word = "/root/" + "mail-first-aid/" * 20
    shown = CommandText(f"ls {word}")
    qtbot.addWidget(shown)
    shown.resize(200, 60)
    shown.show()
    assert JOINER.join(word[:12]) + word[12:] in drawn(shown)
    shown.resize(100_000, 60)
    assert JOINER.join(word) in drawn(shown)


async def test_a_value_stands_in_the_commands_while_it_is_typed(open_wizard, tmp_path: Path, qtbot: QtBot) -> None:
    _, page = await card_page(open_wizard, tmp_path, "resolver_broken", "postfix")
    view = page.views["resolver_broken"]
    field = view.blanks["resolver"].edit
    before = words(view)
    assert "# echo" in before
    qtbot.keyClicks(field, "192.0.2.53")
    assert page.views["resolver_broken"] is view, "nobody left the field"
    assert "\necho 'nameserver 192.0.2.53' > /etc/resolv.conf" in words(view) and "# echo" not in words(view)
    next(one for one in view.copies if "nameserver 192.0.2.53" in one.accessibleDescription()).click()
    assert QGuiApplication.clipboard().text() == "echo 'nameserver 192.0.2.53' > /etc/resolv.conf"
    qtbot.keyClicks(field, "'; reboot #")
    assert "# echo" in words(view) and "reboot" not in words(view)


async def test_a_card_that_was_done_says_so(open_wizard, tmp_path: Path) -> None:
    wizard, page = await card_page(open_wizard, tmp_path, "resolver_broken", "postfix")
    wizard.aftercare.who.set("NK")
    said = wizard.texts.text("gui.fix.done").split("(")[0]
    assert f"✓ {said}" not in words(page)
    page.views["resolver_broken"].outcomes["stopped"].click()
    stopped = wizard.texts.text("gui.fix.stopped")
    await until(lambda: f"▲ {stopped}" in words(page) and "NK" in words(page))
    view = page.views["resolver_broken"]
    for _ in range(2):  # once it asks whether it was done without ticks
        view.outcomes["done"].click()
    await until(lambda: any(one.word("outcome") == "done" for one in wizard.aftercare.incident.entries))
    wizard.show_aid("first_aid")
    await until(lambda: words(page).count(f"✓ {said}") == 2)  # above its steps, and beside its buttons


@pytest.mark.parametrize("kind", ["sendmail", "exchange"])
async def test_the_first_thing_to_do_has_its_command(open_wizard, tmp_path: Path, kind: str) -> None:
    _, page = await card_page(open_wizard, tmp_path, "open_relay", kind)
    shown = [one.text() for one in page.findChildren(CommandText)]
    commands = [step.run for step in hold_steps(kind)]
    assert set(commands) <= set(shown) and len(commands) == (2 if kind == "sendmail" else 0)
