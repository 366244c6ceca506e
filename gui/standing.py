"""Where the window stood last time; the first time as large as is pleasant, and never beyond the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_PLEASANT = (1120, 760)  # pixels
_TITLE_BAR = 40  # pixels that the system puts above the window; how many, it tells only when the window is shown


def stand_as_before(window: QWidget, kept: str) -> None:
    """Give `window` the place in `kept` (base64, from `standing`); anything else is as good as nothing."""
    room = window.screen().availableSize()
    window.resize(min(_PLEASANT[0], room.width()), min(_PLEASANT[1], room.height() - _TITLE_BAR))
    if not kept:
        return
    from PySide6.QtCore import QByteArray

    place = QByteArray.fromBase64(kept.encode("ascii", "replace"))
    if not place.isEmpty():
        window.restoreGeometry(place)  # Qt checks what it reads, and moves it onto a screen that is there


def standing(window: QWidget) -> str:
    """Where `window` stands now, to be kept."""
    return bytes(window.saveGeometry().toBase64().data()).decode("ascii")
