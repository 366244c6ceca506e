"""Settings: language, light or dark, which DNS server is asked, where the notebook lies; each takes effect at once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from core.clean import clean
from core.settings import LOOKS, Settings
from core.texts import LANGUAGES, Texts
from gui.pages.page import Page
from gui.widgets.aloud import tell
from gui.widgets.field import Field
from gui.widgets.finding import card
from gui.widgets.flow import FlowLayout
from gui.widgets.footer import LANGUAGE_NAMES
from gui.widgets.hint import SpokenHint
from gui.widgets.text import SpokenButton, SpokenLabel, label


class SettingsPage(Page):
    """`language_chosen`, `look_chosen` carry a word; `resolver_chosen` the address ("" for the system's)."""

    name = "settings"
    language_chosen = Signal(str)
    look_chosen = Signal(str)
    resolver_chosen = Signal(str)
    wanted = Signal(str)
    folder_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.languages = self._choice("gui.settings.language", LANGUAGES, self.language_chosen)
        self.looks = self._choice("gui.settings.look", LOOKS, self.look_chosen, "gui.settings.look_note")
        frame, box = card()
        self.resolver = Field("gui.settings.resolver")
        self.take = SpokenButton("gui.settings.take")
        self.take.clicked.connect(lambda: self.resolver_chosen.emit(self.resolver.text().strip()))
        self.told = label(role="small")
        self.told.hide()
        box.addWidget(self.resolver)
        box.addWidget(self._row(self.take))
        box.addWidget(self.told)
        self.body.addWidget(frame)
        frame, box = card()
        box.addWidget(SpokenLabel("gui.settings.notebook", "strong"))
        self.place = label(role="small", selectable=True)
        self.folder = SpokenButton("gui.notebook.folder")
        self.folder.clicked.connect(self.folder_wanted)
        box.addWidget(self.place)
        box.addWidget(SpokenLabel("gui.settings.notebook_note", "small"))
        box.addWidget(self._row(self.folder))
        self.body.addWidget(frame)
        frame, box = card()
        box.addWidget(SpokenLabel("gui.settings.keys", "strong"))
        box.addWidget(SpokenHint("gui.blacklists.keys_note", "small"))
        self.keys = SpokenButton("gui.settings.to_keys")
        self.keys.clicked.connect(lambda: self.wanted.emit("blacklists"))
        box.addWidget(self._row(self.keys))
        self.body.addWidget(frame)

    def show_settings(self, settings: Settings, place: str) -> None:
        """As they are kept now."""
        self.looks[settings.look].setChecked(True)
        self.resolver.set_text(settings.resolver)
        self.place.setText(clean(place, 400))

    def show_texts(self, texts: Texts) -> None:
        """The window's language is the one chosen."""
        self.languages[texts.language].setChecked(True)
        for name, button in self.languages.items():
            button.setText(LANGUAGE_NAMES[name])
        for name, button in self.looks.items():
            button.setText(texts.text(f"gui.settings.look.{name}"))
        for key, buttons in (("gui.settings.language", self.languages), ("gui.settings.look", self.looks)):
            for button in buttons.values():
                button.setAccessibleDescription(texts.text(key))

    def tell(self, key: str) -> None:
        """How the DNS server's address was taken."""
        tell(self.told, self.texts.text(key))

    def _choice(self, key: str, names: tuple[str, ...], signal: object, note: str = "") -> dict[str, QRadioButton]:
        frame, box = card()
        box.addWidget(SpokenLabel(key, "strong"))
        group = QButtonGroup(self)
        line = FlowLayout(18)
        buttons = {name: QRadioButton() for name in names}
        for name, button in buttons.items():
            group.addButton(button)
            button.clicked.connect(lambda _=False, name=name: signal.emit(name))  # type: ignore[attr-defined]
            line.addWidget(button)
        box.addLayout(line)
        if note:
            box.addWidget(SpokenLabel(note, "small"))
        self.body.addWidget(frame)
        return buttons

    def _row(self, button: SpokenButton) -> QWidget:
        holder = QWidget()
        line = FlowLayout(12, holder)
        line.addWidget(button)
        return holder
