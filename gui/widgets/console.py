"""What to type on the server's own screen, one line at a time, and what the answer should look like.

Each line only lists waiting mail. The pictures are shortened listings of the programs themselves; a test has the
queue reader read each of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.texts import Texts
from gui.widgets.text import SpokenButton, SpokenLabel, label


@dataclass(frozen=True)
class ConsoleLine:
    """A command, the same as administrator, and a shortened answer."""

    command: str
    as_root: str
    looks_like: str


_POSTFIX = """\
-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
7F4174269       373 Sun Nov 22 01:31:00  sales@example.co.jp
             (connect to mx.example.com[192.0.2.10]:25: Connection timed out)
                                         taro@example.com

-- 0 Kbytes in 1 Request."""
_SENDMAIL = """\
                /var/spool/mqueue (1 request)
-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------
6AM1VcQl000542       15 Sun Nov 22 01:31 <sales@example.co.jp>
                 (Deferred: Connection timed out with mx.example.com.)
                                         <taro@example.com>
                Total requests: 1"""
_EXIM = """\
25m   376 1vMZkA-00000J-2k <sales@example.co.jp>
          taro@example.com
"""
_OPENSMTPD = """\
3fc5cb4d1c2d8a3f|inet4|mta|auth|sales@example.co.jp|taro@example.com|taro@example.com|\
1795311060|1795656660|0|3|pending|1200|Network error on destination MXs"""
_QMAIL = "22 Nov 2026 01:31:00 GMT  #123456  373  <sales@example.co.jp>\n\tremote\ttaro@example.com"
_ZIMBRA = "/opt/zimbra/common/sbin/postqueue -p"
_MAILCOW = "docker exec $(docker ps -qf name=postfix-mailcow) postqueue -p"
LINES: tuple[ConsoleLine, ...] = (
    ConsoleLine("postqueue -p", "sudo postqueue -p", _POSTFIX),
    ConsoleLine("mailq", "sudo mailq", _SENDMAIL),
    ConsoleLine("exim -bp", "sudo exim -bp", _EXIM),
    ConsoleLine("smtpctl show queue", "sudo smtpctl show queue", _OPENSMTPD),
    ConsoleLine(_ZIMBRA, f"sudo {_ZIMBRA}", _POSTFIX),
    ConsoleLine(_MAILCOW, f"sudo sh -c '{_MAILCOW}'", _POSTFIX),
    ConsoleLine("/var/qmail/bin/qmail-qread", "sudo /var/qmail/bin/qmail-qread", _QMAIL),
)


class ConsoleGuide(QWidget):
    """One line at a time; "it did not work" leads to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.place = 0
        self.type_this = SpokenLabel("gui.console.type", "strong")
        self.command = label(role="code", selectable=True)
        self.copy = SpokenButton("gui.console.copy")
        self.copied = SpokenLabel("gui.console.copied", "small")
        self.looks_like = label(role="code", wrap=False)
        self.as_root = label(role="code", selectable=True)
        self.next, self.back = SpokenButton("gui.console.next"), SpokenButton("gui.console.back", "link")
        self.copy.clicked.connect(self._copy)
        self.next.clicked.connect(lambda: self.show_line(self.place + 1))
        self.back.clicked.connect(lambda: self.show_line(self.place - 1))
        self._lay_out()
        self._texts: Texts | None = None
        self.show_line(0)

    def say(self, texts: Texts) -> None:
        """Show the words in this language, at the line where the person is."""
        self._texts = texts
        self.show_line(self.place)

    def show_line(self, place: int) -> None:
        """The line at `place`, counted from 0; the first follows the last."""
        self.place = place % len(LINES)
        line = LINES[self.place]
        self.command.setText(line.command)
        self.looks_like.setText(line.looks_like.rstrip())
        self.as_root.setText(line.as_root)
        self.type_this.values = {"number": self.place + 1, "count": len(LINES)}
        self.copied.hide()
        self.back.setVisible(self.place > 0)
        if self._texts:
            self.type_this.say(self._texts)

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.type_this)
        box.addLayout(_row(self.command, self.copy))
        for part in (self.copied, SpokenLabel("gui.console.looks_like", "small"), self.looks_like):
            box.addWidget(part)
        box.addWidget(SpokenLabel("gui.console.denied", "small"))
        box.addWidget(self.as_root)
        box.addWidget(SpokenLabel("gui.console.not_found", "small"))
        ways = QHBoxLayout()
        ways.addWidget(self.next)
        ways.addWidget(self.back)
        ways.addStretch(1)
        box.addLayout(ways)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())
        self.copied.show()


def _row(wide: QWidget, narrow: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.addWidget(wide, 1)
    line.addWidget(narrow)
    return line
