"""What outlives a window, and what comes in from outside: place, unfinished look, second start, drops and pastes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.settings import Settings, save_settings
from core.unfinished import Unfinished
from gui.one_window import OneWindow
from gui.widgets.dialogs import Confirm
from tests.patience import HANG, until

# Of a window system without a screen, whenever a dialog opens.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

BOUNCE = "550 5.7.1 Service unavailable; client [203.0.113.25] blocked using zen.spamhaus.org"
QUEUE = (
    "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n"
    "4A0F2B1C3D     1234 Thu Nov 19 08:01:07  sales@example.jp\n"
    "                                         guest@far.example\n\n-- 2 Kbytes in 1 Request.\n"
)
LOG = "Nov 22 08:00:01 mx postfix/smtpd[99]: connect from unknown[192.0.2.1]\n" * 3


def drop(wizard, data: QMimeData) -> None:
    where = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(wizard, QDragEnterEvent(QPoint(5, 5), *where))
    QApplication.sendEvent(wizard, QDropEvent(QPointF(5, 5), *where))


def accepted(zone: QWidget, data: QMimeData) -> bool:
    where = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(5, 5), *where)
    event.ignore()
    zone.dragEnterEvent(event)
    return event.isAccepted()


def text(words: str) -> QMimeData:
    data = QMimeData()
    data.setText(words)
    return data


async def dialog_of(wizard) -> Confirm:
    def shown() -> list[Confirm]:
        return [each for each in wizard.findChildren(Confirm) if each.isVisible()]

    await until(shown)
    return shown()[0]


async def test_a_refusal_dropped_anywhere_is_explained(open_wizard) -> None:
    wizard = await open_wizard("ja")
    drop(wizard, text(BOUNCE))
    await until(lambda: wizard.guide.page == "bounce")
    assert wizard.guide.answers.bounce == BOUNCE


@pytest.mark.parametrize(("kind", "content"), [("queue", QUEUE), ("log", LOG)])
async def test_a_file_dropped_on_any_page_goes_with_the_run(
    open_wizard, tmp_path: Path, kind: str, content: str
) -> None:
    wizard = await open_wizard("ja")
    wizard.guide.page = "questions"
    wizard._show_page()
    path = tmp_path / "OneDrive - 株式会社" / "写し.txt"
    path.parent.mkdir()
    path.write_bytes(content.encode("cp932"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drop(wizard, data)
    (await dialog_of(wizard)).yes.click()
    assert getattr(wizard.guide.answers.to_target(), kind).text == content
    assert wizard.guide.page == "questions"


async def test_paste_outside_a_field_is_taken_too(open_wizard) -> None:
    wizard = await open_wizard("en")
    QApplication.clipboard().setText(BOUNCE)
    wizard.intake.paste()
    await until(lambda: wizard.guide.page == "bounce")


async def test_what_is_no_evidence_is_said_to_be_none(open_wizard) -> None:
    wizard = await open_wizard("en")
    drop(wizard, text("Dear all, lunch is at noon."))
    dialog = await dialog_of(wizard)
    assert "could not tell" in dialog.windowTitle()
    dialog.yes.click()
    assert wizard.guide.page == "start"


async def test_ten_files_at_once_are_all_named(open_wizard, tmp_path: Path) -> None:
    """Three had been taken, each over the one before, and the others were dropped without a word."""
    wizard = await open_wizard("en")
    urls = []
    for number in range(12):
        path = tmp_path / f"maillog-{number:02}"
        path.write_text(LOG.replace("mx ", f"mx{number:02} "))
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
        urls.append(QUrl.fromLocalFile(str(path)))
    (tmp_path / "maillog-03").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "maillog-04").write_text(QUEUE)
    os.utime(tmp_path / "maillog-03", (1_700_000_003, 1_700_000_003))
    data = QMimeData()
    data.setUrls(urls)
    assert not accepted(wizard.start.refusal, data), "a place for one file leaves several to the window"
    drop(wizard, data)
    dialog = await dialog_of(wizard)
    told = "\n".join(each.text() for each in dialog.findChildren(QLabel))
    for said in ("maillog-02, maillog-05", "maillog-03 is a picture", "maillog-04: a list of waiting mail", "2 more"):
        assert said in told, said
    dialog.yes.click()
    taken = wizard.guide.answers.to_target()
    assert taken.log and taken.log.text.index("mx02") < taken.log.text.index("mx11") and not taken.log.cut
    assert taken.queue and taken.queue.name == "maillog-04"


async def test_a_screenshot_or_a_link_is_called_what_it_is(open_wizard) -> None:
    wizard = await open_wizard("en")
    data = QMimeData()
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    drop(wizard, data)
    dialog = await dialog_of(wizard)
    assert "picture" in dialog.windowTitle()
    dialog.yes.click()
    await until(lambda: wizard.findChild(Confirm) is None)
    drop(wizard, text("https://mail.example.jp/logs/mail.log"))
    assert "address of a page" in (await dialog_of(wizard)).windowTitle()


async def test_what_a_browser_gives_as_a_page_alone_is_read(open_wizard) -> None:
    wizard = await open_wizard("en")
    data = QMimeData()
    data.setHtml(f"<html><body>{''.join(f'<p>{line}</p>' for line in BOUNCE.splitlines())}</body></html>")
    drop(wizard, data)
    await until(lambda: wizard.guide.page == "bounce")
    assert "<p>" not in wizard.bounce.field.text()


async def test_a_copied_file_pasted_into_a_box_is_read_instead_of_its_name(open_wizard, tmp_path: Path) -> None:
    wizard = await open_wizard("en")
    wizard.open_bounce()
    box = wizard.bounce.field.edit
    path = tmp_path / "returned.eml"
    path.write_text(BOUNCE)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    QApplication.clipboard().setMimeData(data)
    key = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier, "v")
    QApplication.sendEvent(box, key)
    assert not key.isAccepted(), "the window's own key takes it"
    QApplication.clipboard().setText(BOUNCE)
    key = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier, "v")
    QApplication.sendEvent(box, key)
    assert key.isAccepted(), "text is the box's"


async def test_nothing_is_taken_while_checks_run(open_wizard) -> None:
    wizard = await open_wizard("en")
    wizard.guide.page = "running"
    drop(wizard, text(BOUNCE))
    await asyncio.sleep(0.1)
    assert wizard.guide.page == "running"
    assert wizard.guide.answers.bounce == ""


async def test_a_window_stands_where_it_stood(open_wizard) -> None:
    first = await open_wizard("en")
    first.resize(700, 487)
    first.close()
    await asyncio.wait_for(first.closed.wait(), HANG)
    again = await open_wizard("en")
    assert (again.width(), again.height()) == (700, 487)


async def test_nonsense_about_the_place_is_ignored(open_wizard, tmp_path: Path) -> None:
    save_settings(Settings("en", window="%%% 箱"), tmp_path / "settings.json")
    wizard = await open_wizard()
    assert wizard.isVisible()
    assert wizard.width() <= wizard.screen().availableSize().width()


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_look_cut_short_is_offered_once(open_wizard, tmp_path: Path, wanted: bool) -> None:
    note = Unfinished(tmp_path / "settings.json")
    note.begin({"domain": "example.co.jp", "mail_host": "mail.example.co.jp", "symptom": "slow"})
    wizard = await open_wizard("ja")
    dialog = await dialog_of(wizard)
    (dialog.yes if wanted else dialog.no).click()
    await until(lambda: note.left() is None)
    await until(lambda: wizard.guide.page == ("consent" if wanted else "start"))
    assert (wizard.guide.answers.mail_host == "mail.example.co.jp") is wanted


async def test_a_kill_in_the_middle_leaves_the_note_and_an_end_does_not(open_wizard, silent_dns, silent_smtp) -> None:
    from core.clients import Doors

    wizard = await open_wizard("en", Doors(resolver=silent_dns), mail_host=silent_smtp)
    wizard.guide.page = "consent"
    wizard._show_page()
    wizard.consent.choices.cards["no"].click()
    wizard.go_on()
    await until(lambda: wizard.guide.page == "running")
    await until(lambda: (wizard.unfinished.left() or {}).get("mail_host") == silent_smtp)
    wizard.go_back()
    await until(lambda: wizard.unfinished.left() is None)


def test_a_broken_note_offers_nothing(tmp_path: Path) -> None:
    note = Unfinished(tmp_path / "settings.json")
    for content in (b"", b"{", b"[]", b'{"form": 2, "answers": {}}', b"\xff\xfe"):
        (tmp_path / "unfinished.json").write_bytes(content)
        assert note.left() is None


def ended(other: subprocess.Popen[Any], qapp: QApplication) -> int | None:
    """The exit status of another start, while this window goes on; None when it does not end."""
    end = time.monotonic() + HANG
    while other.poll() is None and time.monotonic() < end:
        qapp.processEvents()
        time.sleep(0.02)
    return other.poll()


def test_a_second_start_brings_the_first_to_the_front(qapp: QApplication, tmp_path: Path) -> None:
    shown: list[str] = []
    first = OneWindow(tmp_path)
    assert first.is_first()
    assert first.take()
    first.listen(lambda: shown.append("shown"))
    code = "import sys; from pathlib import Path; from gui.one_window import OneWindow; "
    code += "sys.exit(0 if OneWindow(Path(sys.argv[1])).is_first() else 7)"
    second = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=os.environ)
    assert ended(second, qapp) == 7
    assert len(shown) == 1
    first.end()
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], timeout=HANG, check=False).returncode == 0


def test_of_two_started_at_once_one_stays(qapp: QApplication, tmp_path: Path) -> None:
    """Neither has the lock while its window is drawn; the one that takes it last gives way."""
    shown: list[str] = []
    first = OneWindow(tmp_path)
    assert first.is_first()
    code = "import sys; from pathlib import Path; from gui.one_window import OneWindow; "
    code += "one = OneWindow(Path(sys.argv[1])); print(one.is_first(), flush=True); sys.stdin.readline(); "
    code += "sys.exit(0 if one.take() else 7)"
    words = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(words, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as second:
        assert second.stdout is not None
        assert second.stdin is not None
        assert second.stdout.readline() == "True\n"
        assert first.take()
        first.listen(lambda: shown.append("shown"))
        second.stdin.write("\n")
        second.stdin.flush()
        assert ended(second, qapp) == 7
    assert len(shown) == 1
    first.end()


def test_a_window_that_hangs_keeps_nobody_out(tmp_path: Path) -> None:
    first = OneWindow(tmp_path)
    assert first.take()  # and never listens
    assert OneWindow(tmp_path).is_first()
    assert not (tmp_path / "window.show").exists()
    first.end()
