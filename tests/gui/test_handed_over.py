"""Texts and files handed over are told apart by their content, wherever they are pasted or dropped."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.checks.mail_queue.reader import read_queue
from gui.pages.inside import InsidePage
from gui.widgets.console import LINES
from gui.widgets.evidence import Evidence
from gui.wizard import Wizard
from tests.gui.test_bounce_page import BLOCKED, until

LOG = "Nov 22 01:31:00 mail postfix/smtp[812]: 7F4174269: to=<taro@example.com>, status=deferred (timed out)\n" * 3
QUEUE = LINES[0].looks_like + "\n"


def drop(zone: QWidget, *, path: Path | None = None, text: str = "") -> None:
    data = QMimeData()
    if path:
        data.setUrls([QUrl.fromLocalFile(str(path))])
    else:
        data.setText(text)
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    zone.dropEvent(QDropEvent(QPoint(5, 5), action, data, button, none))  # type: ignore[attr-defined]


def words(page: QWidget) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())


async def on_inside(wizard: Wizard) -> InsidePage:
    wizard.guide.page = "inside"
    wizard.inside.show_answers(wizard.guide.answers)
    wizard._show_page()
    return wizard.inside


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.command)
def test_the_picture_of_each_listing_is_one_the_queue_reader_reads(line) -> None:
    facts = read_queue(line.looks_like, datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert (facts.total, facts.unparsed) == (1, 0)
    assert line.command in line.as_root


async def test_a_list_dropped_where_a_refusal_is_read_goes_with_the_run_as_a_list(open_wizard, tmp_path: Path) -> None:
    wizard = await open_wizard("en")
    listing = tmp_path / "mailq.txt"
    listing.write_text(QUEUE)
    drop(wizard.start.refusal, path=listing)
    await until(lambda: "queue" in wizard.bounce.shelf.taken)
    assert wizard.texts.text("gui.evidence.moved.queue") in words(wizard.bounce)
    assert "mailq.txt" in words(wizard.bounce)
    assert wizard.bounce.field.text() == ""
    wizard.go_on()
    target = wizard.guide.answers.to_target()
    assert target.queue is not None and target.bounce is None
    assert (target.queue.name, target.queue.text) == ("mailq.txt", QUEUE)
    page = await on_inside(wizard)
    assert page.choices.value() == "paste"
    assert "mailq.txt" in words(page)


async def test_a_log_pasted_where_a_refusal_is_read_goes_with_the_run_as_a_log(open_wizard) -> None:
    wizard = await open_wizard("ja")
    drop(wizard.start.refusal, text=LOG)
    await until(lambda: "log" in wizard.bounce.shelf.taken)
    assert wizard.texts.text("gui.evidence.moved.log") in words(wizard.bounce)
    wizard.go_on()
    target = wizard.guide.answers.to_target()
    assert target.log is not None and target.bounce is None
    assert target.log.text == LOG


async def test_a_packed_log_is_unpacked(open_wizard, tmp_path: Path) -> None:
    wizard = await open_wizard("en")
    packed = tmp_path / "mail.log.2.gz"
    packed.write_bytes(gzip.compress(LOG.encode()))
    drop(wizard.start.refusal, path=packed)
    await until(lambda: "log" in wizard.bounce.shelf.taken)
    assert wizard.bounce.shelf.taken["log"].text.strip() == LOG.strip()
    assert "lines: 3" in words(wizard.bounce)


async def test_of_what_only_a_part_is_read_the_checks_know_it_after_every_step_back(open_wizard) -> None:
    wizard = await open_wizard("en", mail_host="mail.example.co.jp", how_inside="paste")
    page = await on_inside(wizard)
    page.shelf.take(Evidence("queue", "mailq.txt", QUEUE, cut=True))
    for _ in range(2):
        assert wizard.texts.text("gui.evidence.cut") in words(page)
        wizard.go_on()
        assert wizard.guide.page == "consent"
        target = wizard.guide.answers.to_target()
        assert target.queue is not None and target.queue.cut
        wizard.go_back()


async def test_a_piece_left_out_does_not_go_with_the_run(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard()
    drop(wizard.start.refusal, text=LOG)
    await until(lambda: "log" in wizard.bounce.shelf.taken)
    qtbot.mouseClick(wizard.bounce.shelf.buttons["log"], Qt.MouseButton.LeftButton)
    wizard.go_on()
    assert wizard.guide.answers.to_target().log is None


async def test_on_the_way_inside_each_text_is_kept_as_what_it_is(open_wizard, tmp_path: Path) -> None:
    wizard = await open_wizard("en", how_inside="paste")
    page = await on_inside(wizard)
    page.queue.set_text(LOG)
    await until(lambda: "log" in page.shelf.taken)
    assert page.queue.text() == ""
    page.queue.set_text(BLOCKED)
    await until(lambda: "bounce" in page.shelf.taken)
    returned = tmp_path / "list.txt"
    returned.write_text(QUEUE)
    drop(page.zone, path=returned)
    await until(lambda: "queue" in page.shelf.taken)
    page.read_answers(wizard.guide.answers)
    target = wizard.guide.answers.to_target()
    assert target.queue is not None and target.log is not None and target.bounce is not None
    page.queue.set_text("Mail queue is empty")  # a newer list in the place of the file's
    page.read_answers(wizard.guide.answers)
    assert wizard.guide.answers.queue == "Mail queue is empty"
    assert "queue" not in page.shelf.taken


async def test_what_is_none_of_the_three_is_said_to_be_none(open_wizard, tmp_path: Path) -> None:
    wizard = await open_wizard("ja", how_inside="paste")
    page = await on_inside(wizard)
    picture = tmp_path / "写真.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    drop(page.zone, path=picture)
    await until(lambda: "写真.png" in words(page))
    page.read_answers(wizard.guide.answers)
    answers = wizard.guide.answers
    assert (answers.queue, answers.log, answers.bounce) == ("", "", "")


async def test_the_console_is_walked_one_line_at_a_time(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard("en", how_inside="paste")
    page = await on_inside(wizard)
    console, seen = page.console, []
    for _ in LINES:
        assert console.command.text() in words(page)
        seen.append(console.command.text())
        qtbot.mouseClick(console.copy, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == seen[-1]
        qtbot.mouseClick(console.next, Qt.MouseButton.LeftButton)
    assert seen == [line.command for line in LINES]
    assert console.place == 0


async def test_sudo_is_no_unless_chosen_and_what_it_may_do_is_said(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard("en", how_inside="ssh", ssh="admin@mail.example.jp")
    page = await on_inside(wizard)
    assert page.sudo.buttons["no"].isChecked()
    assert "unknown" not in page.sudo.buttons
    assert wizard.texts.text("gui.inside.sudo_note") in words(page)
    page.sudo.buttons["passwordless"].click()
    page.read_answers(wizard.guide.answers)
    assert wizard.guide.answers.to_target().sudo == "passwordless"
    assert "sudo" not in wizard.guide.answers.remembered()
