"""Does mail arrive? One message with a random word: written by the person, or sent by us to their own mailbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, cast, get_args

from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from core.clients import Doors
from core.clients.arrival_ledger import Purpose
from core.errors import CheckError
from core.guide import Answers
from core.model import Finding, Target
from core.texts import Texts
from core.typed_names import is_host_and_port, is_host_name, is_ssh_destination, mail_domain
from gui.pages.page import Page
from gui.widgets.aloud import say_aloud, tell
from gui.widgets.badge import Badge
from gui.widgets.choice import ChoiceSet
from gui.widgets.field import Field
from gui.widgets.finding import card, finding_row, rows_card
from gui.widgets.fold import Fold
from gui.widgets.keyboard import Resting
from gui.widgets.text import SpokenButton, SpokenLabel, said

if TYPE_CHECKING:
    from core.arrival_run import Wish
    from core.clients.arrival_ledger import ArrivalLedger

Start = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


_UNDER_WAY = ("arrival.sent", "arrival.write_send", "arrival.write_receive", "arrival.wait")


class SpokenCheck(QCheckBox):
    """A statement to tick, known by its key."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def say(self, texts: Texts) -> None:
        """Show the words in this language."""
        self.setText(texts.text(self.key))


class ArrivalPage(Page):
    """`start` runs work beside the window. Nothing is sent before both statements are ticked and the button pressed."""

    name = "arrival"

    def __init__(self, start: Start, doors: Doors) -> None:
        super().__init__()
        self._start, self._doors = start, doors
        self._kept: ArrivalLedger | None = None
        self._finding: Finding | None = None
        self._shown: QWidget | None = None
        self.choices = ChoiceSet(("send", "receive", "relay"), "gui.arrival")
        column = QVBoxLayout(self.choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.parts = {"send": self._by_hand("send"), "receive": self._by_hand("receive"), "relay": self._relay()}
        for name, choice in self.choices.cards.items():
            column.addWidget(choice)
            column.addWidget(self.parts[name])
        self.body.addWidget(self.choices)
        self.choices.chosen.connect(self._show_part)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self.body.addWidget(self._bar)
        self._found = QVBoxLayout()
        self.body.addLayout(self._found)
        self.body.addWidget(self._proof_card())
        self._show_part(None)

    # --- building -------------------------------------------------------------------------------------------------

    def _by_hand(self, purpose: Purpose) -> QFrame:
        frame, box = card()
        box.addWidget(SpokenLabel("gui.arrival.by_hand", "small"))
        button = SpokenButton("gui.arrival.word")
        button.clicked.connect(lambda: self.make_word(purpose))
        line = QHBoxLayout()
        line.addWidget(button)
        line.addStretch(1)
        box.addLayout(line)
        setattr(self, f"word_{purpose}", button)
        return frame

    def _relay(self) -> QFrame:
        frame, box = card()
        self.domain, self.host = Field("gui.arrival.domain"), Field("gui.arrival.host")
        self.mailbox, self.outside = Field("gui.arrival.mailbox"), Field("gui.arrival.outside")
        self.own_server, self.own_mailbox = (
            SpokenCheck("gui.arrival.own_server"),
            SpokenCheck("gui.arrival.own_mailbox"),
        )
        for field, example in ((self.mailbox, "hanako@example.com"), (self.outside, "hanako@server.example.net")):
            if isinstance(field.edit, QLineEdit):
                field.edit.setPlaceholderText(example)
        self.send = SpokenButton("gui.arrival.send")
        self.send.clicked.connect(lambda: self._start(self.send_now()))
        for widget in (self.domain, self.host, self.mailbox, self.outside, self.own_server, self.own_mailbox):
            box.addWidget(widget)
        box.addWidget(SpokenLabel("gui.arrival.promise", "small"))
        line = QHBoxLayout()
        line.addWidget(self.send)
        line.addStretch(1)
        box.addLayout(line)
        return frame

    def _proof_card(self) -> QFrame:
        frame, box = card()
        self.header = Field("gui.arrival.header", lines=7)
        self.confirm, self.missing = SpokenButton("gui.arrival.confirm"), SpokenButton("gui.arrival.missing")
        self.confirm.clicked.connect(self.read_header)
        self.missing.clicked.connect(lambda: self._show_missing_test())
        line = QHBoxLayout()
        line.addWidget(self.confirm)
        line.addWidget(self.missing)
        line.addStretch(1)
        box.addWidget(self.header)
        box.addLayout(line)
        return frame

    # --- doing ----------------------------------------------------------------------------------------------------

    # What sends and reads is loaded when a button is pressed: the page stands before that.

    def _ledger(self) -> ArrivalLedger:
        from core.arrival_run import arrivals

        if self._kept is None:
            self._kept = arrivals(self._doors)
        return self._kept

    def make_word(self, purpose: Purpose) -> None:
        """A word for a message the person writes."""
        from core.arrival_run import start_by_hand

        self._show(start_by_hand(purpose, "", self._ledger())[1])

    def _show_missing_test(self) -> None:
        from core.arrival_run import missing_arrival

        self._show(missing_arrival(self._ledger()))

    async def send_now(self) -> None:
        """Send the one message, if everything it needs was told."""
        from core.arrival_run import start_arrival

        if not self._complete():
            return
        resting = Resting(self.send)
        self._bar.show()
        try:
            _, finding = await start_arrival(self._wish(), self._doors, self.texts, self._ledger())
        except CheckError as error:
            self._complain(f"problem.{error.code}.title", error)
            return
        finally:
            self._bar.hide()
            resting.over()
            self.own_mailbox.setChecked(False)  # each message is agreed to by itself
        self._show(finding)

    def read_header(self) -> None:
        """What the pasted header proves."""
        from core.arrival_run import confirm_arrival

        self._show(confirm_arrival(self.header.text(), self._ledger()))

    def _wish(self) -> Wish:
        from core.arrival_run import Wish

        target = Target(
            domain=mail_domain(self.domain.text()) or None,
            mail_host=self.host.text().strip() or None,
            outside=self.outside.text().strip() or None,
        )
        said_so = {"own_server": self.own_server.isChecked(), "own_mailbox": self.own_mailbox.isChecked()}
        consents: Any = frozenset(name for name, ticked in said_so.items() if ticked)
        return Wish("relay", self.mailbox.text(), target, consents=consents)

    def _complete(self) -> bool:
        domain, host, outside = mail_domain(self.domain.text()), self.host.text().strip(), self.outside.text().strip()
        wrong = {
            self.domain: "guide.no_server" if not domain and not host else
            "guide.bad_domain" if domain and not is_host_name(domain) else "",
            self.host: "guide.bad_host" if host and not is_host_and_port(host) else "",
            self.outside: "guide.bad_outside" if outside and not is_ssh_destination(outside) else "",
        }  # fmt: skip
        for field, code in wrong.items():
            field.show_wrong(self.texts.text(f"problem.{code}.title") if code else "")
        return not any(wrong.values())

    # --- showing --------------------------------------------------------------------------------------------------

    def show_answers(self, answers: Answers) -> None:
        """The server that was told on the way here."""
        self.domain.set_text(mail_domain(answers.domain))
        self.host.set_text(answers.mail_host)
        self.outside.set_text(self.outside.text() or answers.outside)

    def use_doors(self, doors: Doors) -> None:
        """Ask through these from now on."""
        self._doors = doors

    def show_texts(self, texts: Texts) -> None:
        """The last result in this language."""
        if self._finding:
            self._show(self._finding)

    def _show(self, finding: Finding) -> None:
        self._finding = finding
        self._wrong.hide()
        if self._shown:
            self._shown.hide()
            self._shown.deleteLater()
        row = finding_row(finding, "arrival", self.texts)
        if finding.code in _UNDER_WAY:  # nothing failed: it is only not yet known
            for badge in row.findChildren(Badge):
                badge.show_state(self.texts, "waiting")
        self._shown = rows_card([row])
        self._found.addWidget(self._shown)
        if folds := row.findChildren(Fold):
            folds[0].button.setChecked(True)
        self.ensureWidgetVisible(self._shown)
        say_aloud(self._shown, said(self.texts, f"{finding.code}.title", finding.values))

    def _complain(self, key: str, error: CheckError) -> None:
        meaning = key.removesuffix(".title") + ".meaning"
        parts = [said(self.texts, each, error.values) for each in (key, meaning) if self.texts.has(each)]
        tell(self._wrong, "▲ " + "\n".join(parts), urgent=True)
        self.ensureWidgetVisible(self._wrong)

    def _show_part(self, chosen: str | None) -> None:
        if self._shown:  # it spoke of another question
            self._shown.hide()
            self._finding = None
        for name, part in self.parts.items():
            part.setVisible(name == chosen)

    def purpose(self) -> Purpose | None:
        """What was chosen."""
        chosen = self.choices.value()
        return cast(Purpose, chosen) if chosen in get_args(Purpose) else None
