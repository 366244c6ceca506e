"""Labels and buttons whose words are known by key, so that the language can change at once.

Every label is plain text: a server's reply that holds markup is shown as what it is (no picture is ever loaded).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from core.clean import clean
from core.texts import Texts
from gui.widgets.prose import PLAIN_TEXT, Prose

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QKeyEvent

    from core.model import Value


def label(text: str = "", role: str = "body", *, wrap: bool = True, selectable: bool = False) -> QLabel:
    """The only way to make a label: plain text, its look chosen by `role`."""
    made = Prose()
    dress(made, text, role, wrap=wrap)
    if selectable:
        from PySide6.QtCore import Qt

        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


def dress(made: QLabel, text: str, role: str, *, wrap: bool) -> None:
    """Give a label its plain text and its look."""
    made.setProperty("textFormat", PLAIN_TEXT)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    made.setText(text)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)


def said(texts: Texts, key: str, values: Mapping[str, Value] | None = None) -> str:
    """The text under `key`; values that came from outside are made visible and stay in their line."""
    try:
        # Without values these are our own words, and need no cleaning.
        return clean(texts.text(key, values), keep="\n") if values else texts.text(key)
    except (
        KeyError
    ) as missing:  # of a run by a newer version, or by somebody's own hand: the code is better than nothing
        import logging  # takes longer than the first window has

        logging.getLogger(__name__).error("no text %s in %s: %r", key, texts.language, missing)
        return clean(key)


def restyle(widget: QWidget, **properties: str) -> None:
    """Set properties the style sheet looks at, and let it look again; a widget never shown is looked at when it is."""
    if properties and all(widget.property(name) == value for name, value in properties.items()):
        return
    from PySide6.QtCore import Qt

    for name, value in properties.items():
        widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def rule() -> QFrame:
    """A thin line between two rows."""
    made = QFrame()
    made.setProperty("role", "rule")
    return made


class SpokenLabel(Prose):
    """A label that knows its words by key."""

    def __init__(self, key: str, role: str = "body", *, wrap: bool = True) -> None:
        super().__init__()
        self.key = key
        self.values: dict[str, Value] = {}
        dress(self, "", role, wrap=wrap)

    def say(self, texts: Texts) -> None:
        """Show the words in this language."""
        self.setText(said(texts, self.key, self.values))


class SpokenButton(QPushButton):
    """A button that knows its words by key; `role` is "main", "link" or "plain"."""

    def __init__(self, key: str, role: str = "plain") -> None:
        super().__init__()
        self.key = key
        self.setProperty("role", role)
        self.setAutoDefault(False)

    def say(self, texts: Texts) -> None:
        """Show the words in this language."""
        self.setText(texts.text(self.key))

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer becomes a hand."""
        point_at(self)
        super().enterEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button it stands on, as Space does."""
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)


def without_key(words: str) -> str:
    """A button's words without the letter that presses it: "開く(&O)" is 「開く」, "&Open" is "Open"."""
    bare = words[:-4] if words.endswith(")") and words[-4:-2] == "(&" else words
    return bare.replace("&&", "\0").replace("&", "").replace("\0", "&&")


def point_at(button: QPushButton) -> None:
    """Show a hand over `button`; asked for when the pointer comes, since it takes the names in `Qt`."""
    from PySide6.QtCore import Qt

    button.setCursor(Qt.CursorShape.PointingHandCursor)


def pressed_by_enter(button: QPushButton, event: QKeyEvent) -> bool:
    """Press `button` if the key is Enter (Qt does so in dialogs only, where the dialog itself decides what Enter
    means: there it never goes on with a fingerprint that was not compared). A key held down counts once."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QDialog

    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or isinstance(button.window(), QDialog):
        return False
    if not event.isAutoRepeat():
        button.click()
    return True


def say_all(parent: QWidget, texts: Texts) -> None:
    """Let everything inside `parent` that knows its words by key say them in this language."""
    for child in parent.findChildren(QWidget):
        say = getattr(child, "say", None)
        if callable(say):
            say(texts)
