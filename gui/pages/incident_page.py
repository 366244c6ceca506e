"""What the pages about an incident share: they are built anew from it whenever something was written down."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.clean import clean
from core.errors import CheckError
from core.incident import Incident
from core.texts import Texts
from gui.pages.page import Page
from gui.widgets.aloud import tell
from gui.widgets.initials import Who
from gui.widgets.text import label, said


class IncidentPage(Page):
    """Subclasses build their content in `build`. `added`: entries for the notebook; `wanted`: another page's name."""

    added = Signal(list)
    wanted = Signal(str)

    def __init__(self, who: Who) -> None:
        super().__init__()
        self.who = who
        self.incident: Incident | None = None
        self._holder: QWidget | None = None
        self._stale = True
        who.changed.connect(self._wrong.hide)

    def show_incident(self, incident: Incident | None) -> None:
        """Show this incident; focus and place on the page stay where they were."""
        same = incident is not None and self.incident is not None and incident.id == self.incident.id
        self.incident = incident
        bar = self.verticalScrollBar()
        place = bar.value() if same else 0
        self.show_texts(self.texts)
        QTimer.singleShot(0, self, lambda: bar.setValue(place))  # when the new parts have their heights

    def showEvent(self, event: QShowEvent) -> None:
        """What changed meanwhile is built now."""
        if self._stale:
            self._build_anew(self.texts)
        super().showEvent(event)

    def show_texts(self, texts: Texts) -> None:
        """Build everything in this language, now or when it is next seen."""
        if self.isVisible():
            self._build_anew(texts)
        else:
            self._stale = True

    def _build_anew(self, texts: Texts) -> None:
        self._stale = False
        focus = self._focus()
        if self._holder:
            self._holder.hide()
            self._holder.deleteLater()
        self._holder = QWidget()
        box = QVBoxLayout(self._holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(14)
        if self.incident is None and self.needs_incident:
            box.addWidget(label(texts.text("gui.aid.nothing_yet")))
        else:
            if self.needs_incident and self.incident is not None and self.incident.practice:
                box.addWidget(label(texts.text("gui.aid.practice"), "small"))
            self.build(box, texts)
        self.body.addWidget(self._holder)
        self._holder.show()  # at once, so that the keyboard can stand in it
        if focus is not None:
            (self._shown_part(focus) or self.first_focus() or self.title).setFocus()

    needs_incident = True

    def build(self, box: QVBoxLayout, texts: Texts) -> None:
        """Fill the page."""
        raise NotImplementedError

    def tell(self, error: CheckError) -> None:
        """Say below the page what could not be done."""
        words = [said(self.texts, f"problem.{error.code}.{part}", error.values) for part in ("title", "meaning")]
        tell(self._wrong, f"▲ {clean(' '.join(words), 600)}", urgent=True)
        self.ensureWidgetVisible(self._wrong)

    def initials(self) -> str:
        """The initials; when there are none yet, say so and put the keyboard there."""
        if not self.who.initials:
            tell(self._wrong, f"▲ {self.texts.text('gui.who.missing')}", urgent=True)
            field = self._holder.findChild(QWidget, "initials") if self._holder else None
            if field:
                field.setFocus()
                self.ensureWidgetVisible(field)
        else:
            self._wrong.hide()
        return self.who.initials

    def first_focus(self) -> QWidget | None:
        """Its heading: the button below leads away from it."""
        return self.title

    def _focus(self) -> str | None:
        """The name of the part in which the keyboard stands, "" for one without; None: it stands elsewhere."""
        part = self.window().focusWidget()
        return part.objectName() if part and self._holder and self._holder.isAncestorOf(part) else None

    def _shown_part(self, name: str) -> QWidget | None:
        part = self._holder.findChild(QWidget, name) if name and self._holder else None
        return part if part and part.isVisible() else None
