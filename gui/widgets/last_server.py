"""The server looked at last, on the first page: one press leads to the first question still open for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.clean import clean
from core.recent_servers import Server
from core.texts import Texts
from gui.widgets.text import SpokenButton, label, said


def last_server(server: Server, texts: Texts, wanted: Callable[[], object]) -> QWidget:
    """One row: which server, and a button that calls `wanted`."""
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(14)
    about = clean("　".join(server[name] for name in ("domain", "mail_host") if name in server), 300)
    line.addWidget(label(said(texts, "gui.recent.last", {"about": about})), 1)
    button = SpokenButton("gui.recent.again", "link")
    button.say(texts)
    button.setAccessibleName(said(texts, "gui.recent.again_of", {"about": about}))
    button.clicked.connect(lambda: wanted())
    line.addWidget(button)
    return holder
