"""A verdict by shape, word and colour together."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
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
}
_KEYS = {"running": "gui.running.state.running", "waiting": "gui.running.state.waiting"}


def state_word(texts: Texts, state: str) -> str:
    """The word of a state: a severity's, or that the check waits or works."""
    return texts.text(_KEYS.get(state, f"severity.{state}"))


class Badge(QLabel):
    """A state's shape and word; all badges of a language are equally wide, so that a column can be read down."""

    def __init__(self, texts: Texts, state: str) -> None:
        super().__init__()
        dress(self, "", "badge", wrap=False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.state, self._texts = state, texts
        self.show_state(texts, state)

    def show_state(self, texts: Texts, state: str) -> None:
        """Change to another state."""
        self.state, self._texts = state, texts
        self.setText(f"{SHAPES[state]} {state_word(texts, state)}")
        restyle(self, state=state)
        self.setMinimumWidth(self._widest(texts))

    def changeEvent(self, event: QEvent) -> None:
        """The style gives the letters their size later than the words were set: the width follows."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_texts"):
            self.setMinimumWidth(self._widest(self._texts))

    def _widest(self, texts: Texts) -> int:
        words = [f"{SHAPES[state]} {state_word(texts, state)}" for state in SHAPES]
        metrics = self.fontMetrics()
        return max(metrics.horizontalAdvance(word) for word in words) + 28
