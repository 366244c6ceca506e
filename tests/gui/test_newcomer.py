"""What a clerk who saw only the window stumbled over, each told by what the window and its file then say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from core.notebook import Notebook
from core.practice import practice_company
from core.run import Run, RunFinished
from tests.patience import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


async def practised(story: str):
    """The practice company's whole run."""
    async with practice_company(story) as company:
        events = [event async for event in Run(company.target, doors=company.doors).events()]
    return next(event.report for event in events if isinstance(event, RunFinished))


def keep(tmp_path: Path, runs: Sequence, practice: str = "") -> int:
    """In the notebook of the window, one incident; its number."""
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        first, *others = runs
        notebook.save_run(first, practice=practice)
        number = notebook.incidents()[0].id
        for other in others:
            notebook.save_run(other, incident=number, practice=practice)
        return number


def words(page) -> str:
    """All that the page says."""
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())


def printed(wizard) -> str:
    """All that stands in the file the report page would save now, from the data its pages are made of."""
    from core.report.layout import lay_out

    saver = wizard.saver
    return str(lay_out(saver._report, wizard.texts, saver._incident, wizard.report_page.choices.options()))


async def to_report(wizard) -> None:
    """From the answer on to the report page."""
    while wizard.guide.page != "answer":
        wizard.go_back()
    wizard.go_on()
    assert wizard.guide.page == "report"


async def test_the_report_holds_every_tick_also_those_set_after_it_was_first_seen(open_wizard, tmp_path: Path) -> None:
    number = keep(tmp_path, [await practised("relay-2004")], "relay-2004")
    wizard = await open_wizard()
    aid = wizard.aftercare
    await aid.show_answer(number)
    await to_report(wizard)
    assert wizard.texts.text("report.work.nothing_done") in printed(wizard)

    aid.who.set("NK")
    wizard.go_back()
    wizard.show_aid("first_aid")
    aid.first_aid.boxes["hold_outgoing"].click()
    await until(lambda: "hold_outgoing" in aid.incident.ticks)
    await to_report(wizard)
    at = aid.incident.ticks["hold_outgoing"].at
    step, moment = wizard.texts.text("checklist.step.hold_outgoing"), wizard.texts.datetime(at)
    assert f"'✓', '{step}', 'NK', '{moment}'" in printed(wizard)
    assert wizard.texts.text("report.work.nothing_done") not in printed(wizard)


async def test_the_report_of_a_practice_tells_of_its_second_look(open_wizard, tmp_path: Path) -> None:
    number = keep(tmp_path, [await practised("relay-2004")], "relay-2004")
    wizard = await open_wizard()
    aid = wizard.aftercare
    await aid.show_answer(number)
    await to_report(wizard)
    aid.start_again()
    await until(lambda: len(aid.incident.runs) == 2 and aid.run_task is None, 90)
    said = printed(wizard)
    assert wizard.texts.text("again.verdict.still_wrong") in said
    assert wizard.texts.text("report.practice") in said
    assert wizard.texts.text("letters.practice") in said


async def test_ticks_stand_in_the_report_of_an_incident_opened_from_the_first_page(open_wizard, tmp_path: Path) -> None:
    from tests.gui.test_aftercare import listed_run

    number = keep(tmp_path, [listed_run()])
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.add(number, "tick", {"step": "tell_boss", "initials": "NK"})
        run = notebook.runs()[0].id
    wizard = await open_wizard()
    wizard.open_earlier(run)
    await until(lambda: wizard.aftercare.incident is not None)
    await to_report(wizard)
    assert f"'✓', '{wizard.texts.text('checklist.step.tell_boss')}', 'NK'" in printed(wizard)
