"""What changes on a page is said to who cannot see it: a screen reader speaks it, the keyboard stays where it is.

WCAG 2.2, 4.1.3 (status messages). On Linux it leaves as AT-SPI's "announcement", on Windows and macOS as the system's
own notification. Without a screen reader nothing happens.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel, QWidget


class Voice(QObject):
    """`said` carries every sentence, spoken or not."""

    said = Signal(str)


VOICE = Voice()


def say_aloud(part: QWidget, words: str, *, urgent: bool = False) -> None:
    """Let a screen reader say `words` about `part`; `urgent` breaks off what it is saying."""
    if not words.strip():
        return
    VOICE.said.emit(words)
    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(part, words)
    manner = QAccessible.AnnouncementPoliteness
    event.setPoliteness(manner.Assertive if urgent else manner.Polite)
    QAccessible.updateAccessibility(event)


def tell(shown: QLabel, words: str, *, urgent: bool = False) -> None:
    """Show `words` in this line of the page, and say them; no words hide the line."""
    shown.setText(words)
    shown.setVisible(bool(words))
    say_aloud(shown, words, urgent=urgent)
