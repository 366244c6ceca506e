"""What comes after the answer, part by part: the record, the shut desk, the watch, settings, about, other stories."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from core.again import watch_entries
from core.incident import Incident, Reminder
from core.knowledge.fixes import KINDS
from core.model import Cause, CheckResult, Finding, Report, Severity, Target
from core.notebook import Notebook
from core.practice import INCIDENTS, story_now
from core.settings import load_settings
from gui.pages.about import parts
from gui.pages.start import STORIES
from gui.widgets.dialogs import Confirm
from gui.widgets.fold import Fold
from tests.patience import HANG, until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
AT = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)


def listed_run(domain: str = "example.co.jp") -> Report:
    """A run that found an address on a list and no reason for it."""
    values = {
        "zone": "zen.spamhaus.org", "list_name": "Spamhaus ZEN", "address": "203.0.113.25", "removal": "self_service",
        "wait": "about_a_day", "reasons": [], "weight": "major", "return_codes": ["127.0.0.2"], "source": "mx",
        "lookup_page": "https://check.spamhaus.org/", "parts": [],
    }  # fmt: skip
    found = CheckResult("dnsbl", AT, AT, findings=(Finding("dnsbl.listed", Severity.CRITICAL, values),))
    return Report(Target(domain=domain), (found,), (), AT, AT, "0", "2026-11-22")


def words(page) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())


def keep(tmp_path: Path, report: Report) -> int:
    """In the notebook of the window; the incident's number."""
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.save_run(report)
        return notebook.incidents()[0].id


async def test_the_desk_opens_by_a_written_reason_only(open_wizard, tmp_path: Path) -> None:
    number = keep(tmp_path, listed_run())
    wizard = await open_wizard()
    desk = wizard.aftercare.desk
    await wizard.aftercare.show_answer(number)
    wizard.show_aid("desk")
    assert [list(view.buttons) for view in desk.views] == [[]]
    desk.findChildren(Fold)[-1].button.click()
    wizard.aftercare.who.set("NK")
    desk.reason.setText("短い")
    desk.open_now.click()
    assert wizard.texts.text("problem.delisting.reason_missing.title") in words(desk)
    desk.reason.setText("会社が古い機器を外したと書いてきたため")
    desk.open_now.click()
    await until(lambda: desk.views and "request" in desk.views[0].buttons)
    assert "会社が古い機器" in words(desk)


async def test_a_note_is_kept_found_exported_masked_and_deleted(open_wizard, tmp_path: Path, qtbot: QtBot) -> None:
    number = keep(tmp_path, listed_run())
    wizard = await open_wizard()
    aid, page = wizard.aftercare, wizard.aftercare.notebook
    wizard.open_side("notebook")
    await until(lambda: page.summaries)
    await aid.open(number)
    page.note.setPlainText("hanako@example.co.jp から電話")
    page._add_note()
    await until(lambda: page.incident is not None and page.incident.notes)
    await aid.search("電話")
    assert page._hits is not None
    assert [hit.incident for hit in page._hits] == [number]

    exported = tmp_path / "one.json"
    await aid.export(str(exported), True)
    assert "203.0.113.25" not in exported.read_text(encoding="utf-8")
    await aid.take_in(str(exported))
    assert len(page.summaries) == 2
    await aid.open(number)

    deleting = asyncio.ensure_future(aid.delete(number))
    await until(lambda: any(isinstance(each, Confirm) for each in QApplication.topLevelWidgets() if each.isVisible()))
    question = next(e for e in QApplication.topLevelWidgets() if isinstance(e, Confirm) and e.isVisible())
    qtbot.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    await asyncio.wait_for(deleting, HANG)
    assert number not in {one.id for one in page.summaries}


async def test_an_incident_from_a_file_is_never_checked_again(open_wizard, tmp_path: Path) -> None:
    number = keep(tmp_path, listed_run())
    wizard = await open_wizard()
    aid = wizard.aftercare
    await aid.open(number)
    await aid.export(str(tmp_path / "one.json"), False)
    await aid.take_in(str(tmp_path / "one.json"))
    await aid.show_answer(aid.notebook.incident.id)
    wizard.show_aid("again")
    assert not aid.again.start.isVisible()
    aid.start_again()
    assert aid.run_task is None


async def test_the_watch_tells_of_what_is_due_once(open_wizard, tmp_path: Path) -> None:
    number = keep(tmp_path, listed_run())
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.add_all(number, watch_entries(AT))
    wizard = await open_wizard()
    aid = wizard.aftercare
    assert await aid.records.due(AT + timedelta(minutes=59)) == []
    due = await aid.records.due(AT + timedelta(hours=25))
    assert [one.about for _, one in due] == ["1", "24"]
    texts = wizard.texts
    said = aid.notices.look(due, texts)
    assert said.splitlines() == [texts.text("gui.watch.again", count=hours) for hours in (1, 24)]
    assert aid.notices.look(due, texts) == ""
    await aid.look_at_watch(AT + timedelta(hours=73))
    assert aid.notices.look(await aid.records.due(AT + timedelta(hours=73)), texts) == ""


@pytest.mark.qt_log_ignore("propagateSizeHints", "systemTrayWindowChanged", "does not support raise")
async def test_a_click_on_the_notice_opens_the_incident_once(open_wizard, tmp_path: Path) -> None:
    """There is no tray on this screen: its signals are given by hand. `make walks` has a tray and a mouse."""
    number = keep(tmp_path, listed_run())
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.add_all(number, watch_entries(AT))
    wizard = await open_wizard()
    aid = wizard.aftercare
    for hours in (2, 25):
        due = await aid.records.due(AT + timedelta(hours=hours))
        aid.notices._number = due[0][0].id
        aid.notices._show(aid.notices.look(due, wizard.texts), wizard.texts)
    opened: list[int] = []
    aid.notices.opened.connect(opened.append)
    aid.notices.tray.messageClicked.emit()
    await until(lambda: wizard.guide.page == "again" and aid.incident is not None)
    assert opened == [number] and aid.incident.id == number and not aid.notices.tray.isVisible()


async def test_what_a_file_says_of_its_reminders_cannot_break_the_watch(open_wizard) -> None:
    wizard = await open_wizard()
    incident = Incident(id=1, opened_at=AT)
    due = [
        (incident, Reminder(str(number), AT, what, about))
        for number, (what, about) in enumerate(
            [("again", "9" * 5000), ("again", "x\n\u202ey"), ("delisting", "<b>\x1b[2J</b>"), ("again", "1")]
        )
    ]
    said = wizard.aftercare.notices.look(due, wizard.texts)
    assert len(said) < 1000 and "\x1b" not in said and "\u202e" not in said
    assert said.splitlines()[-1] == wizard.texts.text("gui.watch.more", count=1)


async def test_initials_and_the_sender_of_letters_are_asked_once(open_wizard, tmp_path: Path, qtbot: QtBot) -> None:
    number = keep(tmp_path, listed_run())
    wizard = await open_wizard()
    aid = wizard.aftercare
    await aid.show_answer(number)
    wizard.show_aid("first_aid")
    await until(lambda: aid.first_aid.isVisible())
    qtbot.keyClicks(aid.first_aid.findChild(QLineEdit, "initials"), "NK")
    wizard.show_aid("letters")
    await until(lambda: aid.letters.isVisible())
    for fold in aid.letters.findChildren(Fold):
        fold.button.setChecked(True)
    aid.letters.fields["company"].set_text("みどり商事")
    aid.letters._take_sender()
    assert "みどり商事" in aid.letters.body_text.toPlainText()
    await until(lambda: load_settings(tmp_path / "settings.json").initials == "NK")
    kept = load_settings(tmp_path / "settings.json")
    assert kept.sender["company"] == "みどり商事"
    later = await open_wizard()
    assert later.aftercare.who.initials == "NK"
    await later.aftercare.show_answer(number)
    later.show_aid("letters")
    await until(lambda: later.aftercare.letters.isVisible())
    assert "みどり商事" in later.aftercare.letters.body_text.toPlainText()


async def test_a_missing_value_is_typed_once_and_a_dangerous_one_refused(
    open_wizard, tmp_path: Path, qtbot: QtBot
) -> None:
    cause = Cause("resolver_broken", "confirmed", "you")
    number = keep(tmp_path, replace(listed_run(), causes=(cause,)))
    wizard = await open_wizard()
    aid = wizard.aftercare
    await aid.show_answer(number)
    wizard.show_aid("first_aid")
    page = aid.first_aid
    await until(lambda: "resolver_broken" in page.views)
    page._choose_kind(KINDS.index("postfix"))

    async def typed(text: str, seen: str) -> str:
        field = page.views["resolver_broken"].blanks["resolver"].edit
        field.setFocus()
        field.clear()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        await until(lambda: seen in words(page) and page.views["resolver_broken"].blanks["resolver"].edit is not field)
        return words(page)

    said = await typed("192.0.2.53'; reboot #", wizard.texts.text("problem.fix.bad_value.title", name="resolver"))
    assert "reboot" not in said and "# echo" in said
    assert page.views["resolver_broken"].blanks["resolver"].edit.text().endswith("reboot #")  # to be mended, not lost
    said = await typed("192.0.2.53", "echo 'nameserver 192.0.2.53' > /etc/resolv.conf")
    assert wizard.texts.text("problem.fix.bad_value.title", name="resolver") not in said
    command = next(one for one in page.views["resolver_broken"].copies if "nameserver" in one.accessibleDescription())
    command.click()
    assert QGuiApplication.clipboard().text() == "echo 'nameserver 192.0.2.53' > /etc/resolv.conf"
    assert "192.0.2.53" not in (tmp_path / "settings.json").read_text(encoding="utf-8")


async def test_what_the_settings_page_changes_is_kept(open_wizard, tmp_path: Path) -> None:
    wizard = await open_wizard()
    wizard.open_side("settings")
    wizard.settings_page.resolver.set_text("not an address")
    wizard.settings_page.take.click()
    assert wizard.doors.resolver is None
    assert wizard.texts.text("gui.settings.bad_resolver") in words(wizard.settings_page)
    wizard.settings_page.resolver.set_text("192.0.2.53:5353")
    wizard.settings_page.take.click()
    wizard.settings_page.languages["en"].click()
    kept = load_settings(tmp_path / "settings.json")
    assert (wizard.doors.resolver, kept.resolver, kept.language) == ("192.0.2.53:5353", "192.0.2.53:5353", "en")
    assert wizard.texts.language == "en"


async def test_about_asks_nobody_and_copies_no_secret(open_wizard) -> None:
    wizard = await open_wizard(domain="secret-company.example")
    wizard.open_side("about")
    page = wizard.aftercare.about
    page.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "mail-first-aid:" in copied
    assert "secret-company" not in copied
    assert not page.how_newer.isVisible()
    page.newer.click()
    assert page.how_newer.isVisible()
    assert {"PySide6-Essentials", "dnspython"} <= {name for name, _, _ in parts()}


async def test_every_story_can_be_chosen_and_changes_once_it_is_repaired(open_wizard, tmp_path: Path) -> None:
    wizard = await open_wizard()
    assert set(STORIES) <= set(INCIDENTS)
    assert list(wizard.start.incidents.buttons) == list(STORIES)
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.save_run(listed_run(), practice="relay-2004")
        number = notebook.incidents()[0].id
        assert story_now(notebook.incident(number)) == "relay-2004"
        notebook.add(number, "tick", {"step": "repair_cause", "initials": "NK"})
        assert story_now(notebook.incident(number)) == "relay-2004-closed"
    fresh = await wizard.aftercare.records.keep_run(listed_run(), practice="relay-2004")
    assert fresh.id != number  # practising anew begins anew
    assert fresh.ticks == {}
