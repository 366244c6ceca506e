"""Questions of ssh: a fingerprint is compared by program, a password kept nowhere, a cancelled wait closes the box."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from core.clients.askpass import Prompt, PromptKind
from core.texts import Texts
from gui.widgets import dialogs
from gui.widgets.dialogs import HostKeyQuestion, SecretQuestion, ask, in_groups, pasted_fingerprint
from tests.patience import HANG, until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
PRINT = "SHA256:" + "abcdEFGH0123" * 3 + "+/abcde"
OTHER = "SHA256:" + "zbcdEFGH0123" * 3 + "+/abcde"
HOST_KEY = Prompt("host_key", "…", PRINT, "mail.example.jp", "ED25519")


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        (PRINT, PRINT),
        (f"256 {PRINT} root@mail (ED25519)", PRINT),
        (in_groups(PRINT), PRINT),
        (PRINT.removeprefix("SHA256:"), PRINT),
        ("yes", None),
        ("", None),
    ],
)
def test_a_fingerprint_is_found_in_what_was_pasted(pasted: str, found: str | None) -> None:
    assert pasted_fingerprint(pasted) == found


def test_the_right_fingerprint_is_accepted(qtbot: QtBot) -> None:
    dialog = HostKeyQuestion(None, Texts("ja"), HOST_KEY)
    qtbot.addWidget(dialog)
    dialog.edit.setText(f"256 {PRINT} (ED25519)")
    dialog.compare.click()
    assert dialog.answer == PRINT


def test_another_fingerprint_is_never_accepted(qtbot: QtBot) -> None:
    dialog = HostKeyQuestion(None, Texts("en"), HOST_KEY)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.edit.setText(OTHER)
    dialog.compare.click()
    assert dialog.answer is None
    assert dialog.verdict.isVisible()
    assert not dialog.unsure.isVisible()


def test_going_on_unsure_is_never_the_default(qtbot: QtBot) -> None:
    dialog = HostKeyQuestion(None, Texts("en"), HOST_KEY)
    qtbot.addWidget(dialog)
    assert dialog.compare.isDefault()
    assert not dialog.unsure.isDefault()
    dialog.unsure.click()
    assert dialog.answer == "yes"


async def test_a_password_goes_through_once(qtbot: QtBot) -> None:
    asked = asyncio.create_task(ask(None, Texts("ja"), Prompt("password", "root@h's password:", host="h")))
    dialog = await shown_dialog()
    assert dialog.edit.echoMode() == QLineEdit.EchoMode.Password
    dialog.edit.setText("geheim")
    dialog.accept()
    assert await asyncio.wait_for(asked, HANG) == "geheim"


async def test_stopping_the_login_answers_nothing(qtbot: QtBot) -> None:
    asked = asyncio.create_task(ask(None, Texts("ja"), Prompt("other", "Token <b>?</b>", host="h")))
    dialog = await shown_dialog()
    dialog.reject()
    assert await asyncio.wait_for(asked, HANG) is None


async def test_a_cancelled_question_closes_its_box(qtbot: QtBot) -> None:
    asked = asyncio.create_task(ask(None, Texts("ja"), Prompt("passphrase", "…", host="h")))
    dialog = await shown_dialog()
    closed = asyncio.get_running_loop().create_future()
    dialog.finished.connect(closed.set_result)
    asked.cancel()
    await asyncio.wait_for(closed, HANG)
    with pytest.raises(asyncio.CancelledError):
        await asked


async def shown_dialog() -> SecretQuestion:
    def shown() -> list[SecretQuestion]:
        return [
            each for each in QApplication.topLevelWidgets() if isinstance(each, SecretQuestion) and each.isVisible()
        ]

    await until(shown)
    return shown()[0]


@pytest.mark.parametrize("kind", ["password", "passphrase", "other", "sudo"])
async def test_how_long_the_server_waits_is_shown_while_it_waits(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, kind: PromptKind
) -> None:
    monkeypatch.setattr(dialogs, "LOGIN_SECONDS", 2.0)
    texts = Texts("en")
    dialog = SecretQuestion(None, texts, Prompt(kind, "Password:", host="mail.test"))
    qtbot.addWidget(dialog)
    dialog.open()
    if kind == "sudo":  # the login is done; nothing runs out
        assert dialog.left.text() == ""
        return
    assert dialog.left.text() == texts.text("gui.ask.left", {"seconds": 2})
    await until(lambda: dialog.left.text() == texts.text("gui.ask.late"))
    dialog.edit.setText("still taken")
    assert dialog.take() == "still taken"
