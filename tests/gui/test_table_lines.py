"""A short table of sentences is read in lines, nothing cut; boxes and tables are as high as what they hold."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QScrollArea, QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.model import Evidence, Table
from core.texts import Texts
from gui.widgets.raw import evidence_text, raw_box, table_view
from gui.widgets.table_lines import reads_as_lines, table_lines, table_or_lines

SAID = "550 5.7.1 Unfortunately, messages from [203.0.113.25] were not sent. \u202e<b>gnp.exe</b>"
COLUMNS = ("final_recipient", "status", "diagnostic_code")


def labels(shown: QWidget) -> list[str]:
    return [each.text() for each in shown.findChildren(QLabel)]


def test_sentences_are_lines_and_numbers_are_columns() -> None:
    assert reads_as_lines(Table(COLUMNS, (("a@b.example", "5.7.1", SAID),)))
    assert not reads_as_lines(Table(COLUMNS, (("a@b.example", "5.7.1", "no"),)))
    assert not reads_as_lines(Table(COLUMNS, (("a@b.example", "5.7.1", SAID),) * 13))


def test_each_row_has_a_line_for_whatever_it_says(qtbot: QtBot) -> None:
    table = Table(COLUMNS, (("", "5.7.1", SAID), ("a@b.example", "5.1.1", "")))
    shown = table_lines(table, ["Recipient", "Code", "Their words"], "rows", Texts("en"))
    qtbot.addWidget(shown)
    said = labels(shown)
    assert [each for each in said if each in ("Recipient", "Code", "Their words")] == [
        *("Code", "Their words"),
        *("Recipient", "Code"),
    ]
    assert any(each.startswith("550 5.7.1") and "\u202e" not in each for each in said)
    assert "" not in said


def test_a_pasted_refusal_was_no_answer_to_a_question() -> None:
    assert evidence_text([Evidence("", "550 no")], Texts("en")) == "550 no"
    assert evidence_text([Evidence("EHLO x", "250 ok")], Texts("en")) == "> EHLO x\n250 ok"


def page_with(shown: QWidget, qtbot: QtBot) -> QScrollArea:
    page, ground = QScrollArea(), QWidget()
    box = QVBoxLayout(ground)
    box.addWidget(shown)
    box.addStretch(1)
    page.setWidgetResizable(True)
    page.setWidget(ground)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    return page


async def test_a_box_is_as_high_as_its_lines(qtbot: QtBot) -> None:
    box = raw_box("word " * 60, "raw")
    page = page_with(box, qtbot)
    heights = []
    for width in (900, 400, 900):
        page.resize(width, 600)
        for _ in range(50):
            await asyncio.sleep(0.01)
            if box.width() > width / 2 and box.verticalScrollBar().maximum() == 0:
                break
        assert box.verticalScrollBar().maximum() == 0, width
        heights.append(box.height())
    assert heights[0] == heights[2] < heights[1]


def test_a_table_leaves_no_empty_strip(qtbot: QtBot) -> None:
    view = table_view(Table(COLUMNS, (("a", "b", "c"),) * 3), ["a", "b", "c"], "rows")
    page = page_with(view, qtbot)
    assert page.isVisible()
    QCoreApplication.processEvents()
    assert view.verticalScrollBar().maximum() == 0
    assert abs(view.viewport().height() - sum(view.rowHeight(row) for row in range(3))) <= 2


def test_a_short_table_wider_than_its_page_is_read_in_lines(qtbot: QtBot) -> None:
    texts, headings = Texts("en"), ["Recipient", "Code", "Their words"]
    short = Table(COLUMNS, (("somebody@partner.example", "5.7.1", "no"),))
    kinds = []
    for table, room in ((short, 2000), (short, 120), (Table(COLUMNS, short.rows * 13), 120)):
        shown = table_or_lines(table, headings, "rows", texts, room)
        qtbot.addWidget(shown)
        kinds.append(isinstance(shown, QTableView))
        assert shown.accessibleName() == "rows"
    assert kinds == [True, False, True]
