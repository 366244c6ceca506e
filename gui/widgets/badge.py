"""A verdict by shape, word and colour together."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from core.texts import Texts
from gui.widgets.text import dress, restyle

SHAPES = {
    "critical": "●",
    "warning": "▲",
    "ok": "✓",
    "unknown": "？",
    "not_applicable": "–",
    "running": "…",
    "waiting": "○",
    "untested": "○",
}
_KEYS = {
    "running": "gui.running.state.running",
    "waiting": "gui.running.state.waiting",
    "untested": "gui.blacklists.not_tested",
}


def state_word(texts: Texts, state: str) -> str:
    """The word of a state: a severity's, or that the check waits, works, or was never asked for."""
    return texts.text(_KEYS.get(state, f"severity.{state}"))


class Badge(QLabel):
    """A state's shape and word; all badges of a language are equally wide, so that a column can be read down."""

    def __init__(self, texts: Texts, state: str) -> None:
        super().__init__()
        self._words: tuple[str, ...] = ()
        dress(self, "", "badge", wrap=False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.state = state
        self.show_state(texts, state)

    def show_state(self, texts: Texts, state: str) -> None:
        """Change to another state."""
        self.state = state
        self._words = tuple(f"{SHAPES[each]} {state_word(texts, each)}" for each in SHAPES)
        self.setText(f"{SHAPES[state]} {state_word(texts, state)}")
        restyle(self, state=state)
        self._widen()

    def changeEvent(self, event: QEvent) -> None:
        """The style gives the letters their size later than the words were set: the width follows."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._widen()

    def _widen(self) -> None:
        metrics = self.fontMetrics()
        self.setMinimumWidth(max((metrics.horizontalAdvance(word) for word in self._words), default=0) + 28)
