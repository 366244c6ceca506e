"""From the click to the PDF, and every way to leave on the way: skip, stop, close, a server that never answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.clients import Doors
from core.model import Severity
from gui.pages.answer import headline
from gui.widgets.dialogs import Confirm
from gui.widgets.fold import Fold
from gui.wizard import Wizard
from tests.patience import HANG, until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
RUN_LIMIT = 90


async def practised(wizard: Wizard, qtbot: QtBot) -> Wizard:
    qtbot.mouseClick(wizard.start.choices.cards["practice"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(wizard.footer.on, Qt.MouseButton.LeftButton)
    assert wizard.guide.page == "running"
    await asyncio.wait_for(wizard.run_task, RUN_LIMIT)
    assert wizard.guide.page == "answer"
    return wizard


async def start_silent_run(wizard: Wizard, mail_host: str) -> None:
    """A run on a server that never greets: it goes on until somebody ends it."""
    wizard.guide.answers.symptom = "slow"
    wizard.guide.answers.mail_host = mail_host
    wizard.guide.answers.how_inside = "neither"
    wizard.guide.answers.own_server = False
    wizard.guide.page = "consent"
    wizard._show_page()
    wizard.go_on()
    assert wizard.guide.page == "running"
    await until(
        lambda: "smtp_banner" in wizard.running.lines and wizard.running.lines["smtp_banner"].state == "running"
    )


def confirmation() -> Confirm | None:
    shown = [each for each in QApplication.topLevelWidgets() if isinstance(each, Confirm) and each.isVisible()]
    assert len(shown) < 2
    return shown[0] if shown else None


async def test_practice_from_the_click_to_the_pdf(open_wizard, qtbot: QtBot, tmp_path: Path) -> None:
    wizard = await practised(await open_wizard(), qtbot)
    assert wizard.report.causes[0].code == "open_relay"
    assert wizard.answer.title.plain == headline(wizard.report.causes[0], wizard.report.target, wizard.texts)
    certainty = wizard.report.causes[0].certainty  # never a suspicion as a fact: it is said in the same breath
    assert wizard.answer.title.plain.startswith(f"原因（{wizard.texts.text(f'certainty.{certainty}')}）：")
    assert {line.state for line in wizard.running.lines.values()} <= {
        "ok",
        "warning",
        "critical",
        "unknown",
        "not_applicable",
    }
    qtbot.mouseClick(wizard.footer.on, Qt.MouseButton.LeftButton)
    for language in ("ja", "en"):
        pdf = tmp_path / f"報告 {language}.pdf"
        await asyncio.wait_for(wizard.save_pdf(wizard.report, pdf, language), 60)
        assert pdf.read_bytes().startswith(b"%PDF")
    assert wizard.report_page.folder.isVisible()
    assert pdf.name in wizard.report_page._result.text()


async def test_the_answer_changes_its_language_and_opens_its_details(open_wizard, qtbot: QtBot) -> None:
    wizard = await practised(await open_wizard(), qtbot)
    japanese = wizard.answer.title.plain
    wizard.change_language("en")
    english = headline(wizard.report.causes[0], wizard.report.target, wizard.texts)
    await until(lambda: wizard.answer.title.plain == english != japanese)
    # The Japanese parts go in the next rounds of the loop.
    await until(lambda: all(fold._texts is wizard.texts for fold in wizard.answer.findChildren(Fold)))
    folds = wizard.answer.findChildren(Fold)
    assert len(folds) > 5
    for fold in folds:
        fold.button.click()
        assert fold.button.text() == wizard.texts.text(f"{fold._key}.close")


async def test_the_answer_has_no_empty_tail(open_wizard, qtbot: QtBot) -> None:
    wizard = await practised(await open_wizard(), qtbot)
    page, ground = wizard.answer, wizard.answer.widget()
    last = page._holder

    def fits() -> bool:
        bottom = last.mapTo(ground, last.rect().bottomLeft()).y()
        return ground.height() - bottom < 120 and last.height() <= last.heightForWidth(last.width()) + 40

    await until(fits)  # a layout takes its rounds of the loop


async def test_practice_is_not_written_into_the_notebook(open_wizard, qtbot: QtBot) -> None:
    wizard = await practised(await open_wizard(), qtbot)
    wizard.to_start()
    assert wizard.start.earlier_buttons == []


async def test_a_failed_save_keeps_the_result_and_says_why(open_wizard, qtbot: QtBot, tmp_path: Path) -> None:
    wizard = await practised(await open_wizard("en"), qtbot)
    await asyncio.wait_for(wizard.save_pdf(wizard.report, tmp_path / "no such folder" / "x.pdf", "en"), 60)
    assert "could not be saved" in wizard.report_page._result.text()
    assert wizard.report_page.save.isEnabled()


async def test_a_skipped_check_could_not_look_and_the_run_is_kept(
    open_wizard, qtbot: QtBot, silent_smtp: str, silent_dns: str
) -> None:
    wizard = await open_wizard(doors=Doors(resolver=silent_dns))
    await start_silent_run(wizard, silent_smtp)
    run = wizard.run_task
    for line in wizard.running.lines.values():
        if line.result is None:
            line.skip.click()
    await asyncio.wait_for(run, HANG)
    skipped = next(result for result in wizard.report.results if result.check_id == "smtp_banner")
    assert skipped.severity is Severity.UNKNOWN
    assert skipped.problem.code == "run.skipped"
    wizard.to_start()
    assert len(wizard.start.earlier_buttons) == 1
    wizard.start.earlier_buttons[0].click()
    assert wizard.guide.page == "answer"
    assert wizard.report.results[0].check_id
    assert not wizard.footer.again.isVisible()


async def test_the_window_stays_alive_and_can_be_stopped(
    open_wizard, qtbot: QtBot, silent_smtp: str, silent_dns: str
) -> None:
    wizard = await open_wizard(doors=Doors(resolver=silent_dns))
    await start_silent_run(wizard, silent_smtp)
    loop, longest, last = asyncio.get_running_loop(), 0.0, 0.0
    last = loop.time()
    for _ in range(30):
        await asyncio.sleep(0.01)
        longest, last = max(longest, loop.time() - last), loop.time()
    assert longest < 3  # whoever waited in the window's thread would wait for a server that never answers
    qtbot.mouseClick(wizard.footer.back, Qt.MouseButton.LeftButton)
    await until(lambda: wizard.guide.page == "consent")
    assert wizard.run_task is None


async def test_closing_midway_asks_once_and_leaves_nothing_running(
    open_wizard, qtbot: QtBot, silent_smtp: str, silent_dns: str
) -> None:
    before = asyncio.all_tasks()
    wizard = await open_wizard(doors=Doors(resolver=silent_dns))
    await start_silent_run(wizard, silent_smtp)
    wizard.close()
    wizard.close()
    await until(lambda: confirmation() is not None)
    question = confirmation()
    assert question.no.isDefault()
    question.no.click()
    await until(lambda: confirmation() is None and not wizard._closing)
    assert wizard.run_task is not None
    assert not wizard.closed.is_set()
    wizard.close()
    await until(lambda: confirmation() is not None)
    confirmation().yes.click()
    await asyncio.wait_for(wizard.closed.wait(), HANG)
    await asyncio.sleep(0.05)
    assert not wizard.isVisible()
    assert len(wizard.tasks) == 0
    assert asyncio.all_tasks() - before == set()


async def test_closing_with_nothing_running_asks_nothing(open_wizard) -> None:
    wizard = await open_wizard()
    wizard.close()
    await asyncio.wait_for(wizard.closed.wait(), HANG)
    assert confirmation() is None


@pytest.mark.logs_warnings
async def test_a_fault_of_ours_is_told_and_the_way_stays_open(open_wizard, qtbot: QtBot, caplog) -> None:
    wizard = await open_wizard(mail_host="mail.example.jp")

    async def fails() -> None:
        raise RuntimeError("ours")

    wizard.tasks.start(fails())
    await until(lambda: confirmation() is not None)
    confirmation().yes.click()
    await until(lambda: confirmation() is None)
    assert "a task of the window failed" in caplog.text
    assert wizard.footer.on.isEnabled()
