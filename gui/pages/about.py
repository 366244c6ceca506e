"""About: what the app promises, which edition it is, on whose work it stands, and what to send when asking for help."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core import __version__
from core.model import Report
from core.support_details import support_details
from core.texts import Texts
from gui.pages.page import Page
from gui.widgets.aloud import say_aloud, tell
from gui.widgets.finding import card
from gui.widgets.fold import Fold
from gui.widgets.raw import raw_box
from gui.widgets.text import SpokenButton, SpokenLabel, label

_PROMISES = ("reads", "sends_nothing", "knows_not")
# What the window and the command line stand on; each is shown with the licence its own package names.
_PARTS = (
    "PySide6-Essentials", "shiboken6", "qasync", "dnspython", "platformdirs", "certifi", "cryptography", "keyring",
    "pyspf", "dkimpy", "typst", "fonttools",
)  # fmt: skip


class AboutPage(Page):
    """Nothing here asks the network."""

    name = "about"

    def __init__(self) -> None:
        super().__init__()
        self.report: Report | None = None
        frame, box = card()
        for promise in _PROMISES:
            box.addWidget(SpokenLabel(f"gui.about.promise.{promise}", "strong"))
            box.addWidget(SpokenLabel(f"gui.about.promise.{promise}_more", "small"))
        self.body.addWidget(frame)
        frame, box = card()
        self.version = label(role="strong", selectable=True)
        self.newer = SpokenButton("gui.about.newer")
        self.newer.clicked.connect(self._show_newer)
        self.how_newer = SpokenLabel("gui.about.newer_how")
        self.how_newer.hide()
        for part in (self.version, self.newer, self.how_newer):
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if part is self.newer else Qt.AlignmentFlag(0))
        self.body.addWidget(frame)
        frame, box = card()
        box.addWidget(SpokenLabel("gui.about.support", "strong"))
        box.addWidget(SpokenLabel("gui.about.support_more", "small"))
        self.copy = SpokenButton("gui.about.copy")
        self.copy.clicked.connect(self._copy)
        box.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        self.copied = label(role="small")
        self.copied.hide()
        box.addWidget(self.copied)
        self.body.addWidget(frame)
        self._licences = QVBoxLayout()
        self.body.addLayout(self._licences)
        self._frame: QWidget | None = None

    def show_texts(self, texts: Texts) -> None:
        """Version and licences in this language."""
        self.version.setText(texts.text("gui.about.version", version=__version__))
        if self._frame:
            self._frame.hide()
            self._frame.deleteLater()
        self._frame, box = card()
        box.addWidget(label(texts.text("gui.about.licence"), "strong"))
        box.addWidget(label(texts.text("gui.about.licence_more"), "small"))
        title = texts.text("gui.about.parts.open")
        fold = Fold(texts, lambda: _parts(texts), title, "gui.about.parts")
        box.addWidget(fold.button, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(fold)
        self._licences.addWidget(self._frame)

    def details(self) -> str:
        """What is copied for support: no address, no path, no secret (`core.support_details`)."""
        return support_details(self.report, more=_of_the_window())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details())
        tell(self.copied, self.texts.text("gui.about.copied"))

    def _show_newer(self) -> None:
        self.how_newer.show()
        say_aloud(self.how_newer, self.how_newer.text())


def _of_the_window() -> Mapping[str, str]:
    screen = QGuiApplication.primaryScreen()
    return {
        "qt": f"{qVersion()} {QGuiApplication.platformName()}",
        "scale": f"{screen.devicePixelRatio():g}" if screen else "?",
        "machine": platform.machine(),
    }


def _parts(texts: Texts) -> QWidget:
    lines = [f"{name} {version}: {licence}" for name, version, licence in parts()]
    lines.append(texts.text("gui.about.fonts"))
    return raw_box("\n".join(lines), texts.text("gui.about.parts.open"))


_LICENCES = ("License-Expression", "License")  # keys of a package's own metadata, the newer first


def parts() -> list[tuple[str, str, str]]:
    """Name, version and licence of every part that is installed here, as its own package says."""
    found = []
    for name in _PARTS:
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        # `get` is not in every Python's type of it, and a missing key is an error in some and None in others.
        licence = next((about[key] for key in _LICENCES if key in set(about)), "") or "see its package"
        found.append((name, about["Version"], licence.splitlines()[0][:200]))
    return found
