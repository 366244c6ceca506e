"""The report page: the pages that are seen are the file that is saved; print and draft go to other programs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from core.practice import practice_company
from core.report.charts import drawings
from core.report.logo import LARGEST
from core.texts import Texts
from gui.bridge import Tasks
from gui.pages.report import ReportPage
from gui.saving import PdfSaver
from gui.widgets.chart import ChartPicture
from tests.patience import until

JA = Texts("ja")


def _ends(opened: list[Path], ending: str) -> bool:
    return bool(opened) and opened[-1].suffix == ending


async def practised() -> Any:
    from core.run import Run, RunFinished

    async with practice_company("relay-2004") as company:
        events = [event async for event in Run(company.target, doors=company.doors).events()]
    return next(event.report for event in events if isinstance(event, RunFinished))


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the screenless plugin says so of any bare window
async def test_pages_are_seen_saved_printed_and_drafted(qtbot: QtBot, tmp_path: Path) -> None:
    report, opened = await practised(), []
    window, page = QMainWindow(), ReportPage()
    window.setCentralWidget(page)
    qtbot.addWidget(window)
    page.say(JA)
    saver = PdfSaver(window, Tasks(lambda error: pytest.fail(repr(error))), page, lambda path: not opened.append(path))  # type: ignore[func-returns-value]
    saver.take(report)
    window.resize(900, 700)
    window.show()
    await until(lambda: page.preview.count > 3)
    assert page.preview.where.text() == JA.text("gui.report.page", number=1, pages=page.preview.count)
    qtbot.mouseClick(page.preview.on, Qt.MouseButton.LeftButton)
    assert page.preview.where.text() == JA.text("gui.report.page", number=2, pages=page.preview.count)

    await saver.save(report, tmp_path / "a.pdf", "ja", JA)
    assert saver._shown and (tmp_path / "a.pdf").read_bytes() == saver._shown[1]

    page.choices.company.setText("株式会社みどり商事")
    page.choices.company.editingFinished.emit()
    first = saver._shown
    await until(lambda: saver._shown is not first)
    assert page.choices.kept["company"] == "株式会社みどり商事"

    for button, ending in ((page.printing, ".pdf"), (page.draft, ".eml")):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        await until(partial(_ends, opened, ending))
        assert opened[-1].is_file() and opened[-1].stat().st_mode & 0o077 == 0
    await until(lambda: opened[-1].name in page._result.text())

    broken = tmp_path / "logo.svg"
    broken.write_text("<svg/>" * LARGEST)
    page.choices.take_logo(broken)
    assert page.choices.options().logo is None
    assert page.choices._logo_said.text() == JA.text("problem.logo.unknown_kind.title", name="logo.svg")

    for wide, narrow in zip(drawings(report, JA), drawings(report, JA, narrow=True), strict=True):
        picture = ChartPicture(wide, narrow)
        qtbot.addWidget(picture)
        picture.resize(picture.sizeHint())
        assert picture.drawing_for(picture.width()) is wide
        assert not picture.grab().toImage().isNull()
        small = picture.width() * 2 // 3  # as on a screen of 1366 x 768 at 200 %
        assert picture.drawing_for(small) is narrow
        assert small / narrow.width >= picture.width() / wide.width  # its letters are as large
        picture.resize(small, picture.heightForWidth(small))
        assert not picture.grab().toImage().isNull()
        assert picture.accessibleName() == wide.alt
    window.grab().save(str(tmp_path / "page.png"))
