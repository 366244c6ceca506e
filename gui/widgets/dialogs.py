"""Questions in a window of their own. Opened with `open()` and awaited, never `exec()`: the run goes on behind."""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.clients.askpass import Prompt
from core.texts import Texts
from gui.widgets.aloud import tell
from gui.widgets.text import SpokenButton as Button
from gui.widgets.text import label, restyle, said

LOGIN_SECONDS = 120.0  # sshd's LoginGraceTime unless its admin chose otherwise
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{20,60}=?|MD5(?::[0-9a-fA-F]{2}){16}")


class Question(QDialog):
    """A title, some lines, and buttons; the column is open for a field in between."""

    def __init__(self, parent: QWidget | None, texts: Texts, title: str, lines: Sequence[str]) -> None:
        super().__init__(parent)
        self.texts = texts
        self.setWindowTitle(title)
        self.setMinimumWidth(600)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(28, 24, 28, 22)
        self.column.setSpacing(12)
        self.column.addWidget(label(title, "heading"))
        for line in lines:
            self.column.addWidget(label(line, selectable=True))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(10)

    def add_buttons(self, *buttons: Button) -> None:
        """Put the buttons at the end, the main one last."""
        self._buttons.addStretch(1)
        for button in buttons:
            button.say(self.texts)
            self._buttons.addWidget(button)
        self.column.addStretch(1)
        self.column.addLayout(self._buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """As wide as its buttons need, as high as its wrapped lines need at that width."""
        width = max(600, self.column.totalSizeHint().width())
        self.column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self.resize(width, self.column.totalHeightForWidth(width))
        super().showEvent(event)


async def answer_of(dialog: QDialog) -> bool:
    """Show the dialog and wait for it: True when accepted. A cancelled wait closes the dialog."""
    finished: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finish(code: int) -> None:
        if not finished.done():
            finished.set_result(code)

    dialog.finished.connect(finish)
    dialog.open()
    try:
        return await finished == QDialog.DialogCode.Accepted.value
    finally:
        if not finished.done() or finished.cancelled():
            dialog.reject()
        dialog.deleteLater()  # when Qt's loop has its turn: whoever awaited can still read the fields


class Confirm(Question):
    """A question with two answers (or one, when there is nothing to choose). The calm one is the default."""

    def __init__(self, parent: QWidget | None, texts: Texts, key: str, what: str = "", *, notice: bool = False) -> None:
        super().__init__(parent, texts, texts.text(f"{key}.title"), [said(texts, f"{key}.body", {"what": what})])
        self.yes = Button(f"{key}.yes", "main" if notice else "plain")
        self.yes.clicked.connect(self.accept)
        self.no = Button(f"{key}.no" if not notice else f"{key}.yes", "main")
        self.no.clicked.connect(self.reject)
        self.add_buttons(*([self.yes] if notice else [self.yes, self.no]))
        (self.yes if notice else self.no).setDefault(True)
        (self.yes if notice else self.no).setFocus()


class SecretQuestion(Question):
    """A password, a passphrase, a PIN, or whatever the server asks. Kept nowhere.

    A server waits for a login only so long (OpenSSH's usual LoginGraceTime); the seconds left are shown.
    """

    def __init__(self, parent: QWidget | None, texts: Texts, prompt: Prompt) -> None:
        key = f"gui.ask.{prompt.kind}"
        super().__init__(parent, texts, texts.text(f"{key}.title"), [said(texts, f"{key}.body", {"host": prompt.host})])
        self.column.addWidget(label(prompt.text, "code", selectable=True))
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.edit.setAccessibleName(texts.text(f"{key}.title"))
        self.column.addWidget(self.edit)
        self.column.addWidget(label(texts.text("gui.ask.kept_nowhere"), "small"))
        self.left = label(role="small")
        if prompt.kind != "sudo":  # the login is done by then: nothing runs out
            self._count_down(texts)
        send, stop = Button("gui.ask.send", "main"), Button("gui.ask.stop")
        send.setDefault(True)
        send.clicked.connect(self.accept)
        stop.clicked.connect(self.reject)
        self.add_buttons(stop, send)
        self.edit.setFocus()

    def _count_down(self, texts: Texts) -> None:
        until = time.monotonic() + LOGIN_SECONDS
        self.column.addWidget(self.left)

        def show() -> None:
            left = max(0, round(until - time.monotonic()))
            self.left.setText(texts.text("gui.ask.left", {"seconds": left}) if left else texts.text("gui.ask.late"))

        show()
        ticking = QTimer(self)
        ticking.timeout.connect(show)
        ticking.start(1000)

    def take(self) -> str:
        """The answer; the field is empty afterwards."""
        answer = self.edit.text()
        self.edit.clear()
        return answer


class HostKeyQuestion(Question):
    """A server met for the first time: compare its fingerprint by program, or go on knowing it was not compared."""

    def __init__(self, parent: QWidget | None, texts: Texts, prompt: Prompt) -> None:
        values = {"host": prompt.host, "type": prompt.key_type or "?"}
        key = "gui.ask.host_key"
        super().__init__(parent, texts, texts.text(f"{key}.title"), [said(texts, f"{key}.body", values)])
        self._shown = prompt.fingerprint or ""
        self.answer: str | None = None
        self.column.addWidget(label(in_groups(self._shown), "code", selectable=True))
        self.column.addWidget(label(texts.text(f"{key}.ask_admin"), "small"))
        self.column.addWidget(label("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub", "code", selectable=True))
        self.edit = QLineEdit()
        self.edit.setAccessibleName(texts.text(f"{key}.paste"))
        self.edit.setPlaceholderText(texts.text(f"{key}.paste"))
        self.column.addWidget(self.edit)
        self.verdict = label(role="wrong")
        self.verdict.hide()
        self.column.addWidget(self.verdict)
        self._add_ways()

    def _add_ways(self) -> None:
        self.compare, self.unsure = (
            Button("gui.ask.host_key.compare", "main"),
            Button("gui.ask.host_key.unsure", "link"),
        )
        stop = Button("gui.ask.stop")
        self.compare.clicked.connect(self._compare)
        self.compare.setDefault(True)  # Enter compares; it never goes on unasked
        self.unsure.clicked.connect(self._go_on_unsure)
        stop.clicked.connect(self.reject)
        self.add_buttons(self.unsure, stop, self.compare)
        self.edit.setFocus()

    def _compare(self) -> None:
        pasted = pasted_fingerprint(self.edit.text())
        if pasted and hmac.compare_digest(pasted, self._shown.rstrip("=")):
            self.answer = self._shown
            self.accept()
            return
        word = "different" if pasted else "no_fingerprint"
        tell(self.verdict, f"● {self.texts.text(f'gui.ask.host_key.{word}')}", urgent=True)
        self.resize(self.width(), self.column.totalHeightForWidth(self.width()))
        restyle(self.edit, wrong="true")
        self.unsure.setVisible(not pasted)  # a key that differs is never accepted from here

    def _go_on_unsure(self) -> None:
        self.answer = "yes"
        self.accept()


def pasted_fingerprint(text: str) -> str | None:
    """The fingerprint in a pasted line, as ssh-keygen prints it or grouped by blanks; None when there is none."""
    found = _FINGERPRINT.search(text) or _FINGERPRINT.search("".join(text.split()))
    if found is None and re.fullmatch(r"[A-Za-z0-9+/]{43}=?", bare := "".join(text.split())):
        return f"SHA256:{bare.rstrip('=')}"
    return found.group().rstrip("=") if found else None


def in_groups(fingerprint: str) -> str:
    """SHA256: and the rest in groups of four, for reading aloud."""
    kind, colon, rest = fingerprint.partition(":")
    return f"{kind}{colon} " + " ".join(rest[at : at + 4] for at in range(0, len(rest), 4))


async def ask(parent: QWidget | None, texts: Texts, prompt: Prompt) -> str | None:
    """Bring one question of ssh to the person; None stops the login."""
    if prompt.kind == "host_key":
        dialog = HostKeyQuestion(parent, texts, prompt)
        return dialog.answer if await answer_of(dialog) else None
    secret = SecretQuestion(parent, texts, prompt)
    return secret.take() if await answer_of(secret) else None
