"""Servers looked at before: one press fills in what belongs to it, another forgets it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from core.clean import clean
from core.recent_servers import Server
from core.texts import Texts
from gui.widgets.finding import rows_card
from gui.widgets.text import SpokenButton, SpokenLabel, label, said


class RecentServers(QWidget):
    """Hidden while there are none. `chosen` and `forgotten` carry the server as it is kept."""

    chosen = Signal(dict)
    forgotten = Signal(dict)

    def __init__(self) -> None:
        super().__init__()
        self.servers: list[Server] = []
        self.takes: list[SpokenButton] = []
        self.forgets: list[SpokenButton] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(10)
        self._box.addWidget(SpokenLabel("gui.recent.title", "heading"))
        self._card: QFrame | None = None
        self.hide()

    def show_servers(self, servers: list[Server], texts: Texts) -> None:
        """Build the lines anew, in this language."""
        self.servers = servers
        self.takes, self.forgets = [], []
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None
        if servers:
            self._card = rows_card([self._row(server, texts) for server in servers])
            self._box.addWidget(self._card)
        self.setVisible(bool(servers))

    def _row(self, server: Server, texts: Texts) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(14)
        about = clean("　".join(server[name] for name in ("domain", "mail_host") if name in server), 300)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(about))
        if server.get("ssh") and server.get("how_inside") == "ssh":
            words.addWidget(label(said(texts, "gui.recent.login", {"login": clean(server["ssh"], 300)}), "small"))
        line.addLayout(words, 1)
        take, forget = SpokenButton("gui.recent.take", "link"), SpokenButton("gui.recent.forget", "link")
        for button, signal in ((take, self.chosen), (forget, self.forgotten)):
            button.say(texts)
            button.setAccessibleName(said(texts, f"{button.key}_of", {"about": about}))
            button.clicked.connect(partial(_tell, signal, server))
            line.addWidget(button)
        self.takes.append(take)
        self.forgets.append(forget)
        return holder


def _tell(signal: object, server: Server, _checked: bool = False) -> None:
    signal.emit(dict(server))  # type: ignore[attr-defined]
