"""The line above every page of practice: that it is practice, and what to look at here. With it, practice is training.

In a small window only the mark stands there; the rest is its tooltip and its description for a screen reader.
"""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from core.guide import AID, PageName
from core.texts import Texts
from gui.widgets.text import label

PAGES: tuple[PageName, ...] = ("running", "answer", "report", *AID)


class Tour(QFrame):
    """`mark` and `guide`: its two labels."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("place")  # the look of the line that tells where one is
        self.mark = label(role="strong")
        self.guide = label(role="small")
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 6, 20, 6)
        box.setSpacing(2)
        box.addWidget(self.mark)
        box.addWidget(self.guide)
        self._narrow = False

    def show_page(self, page: PageName, story: str, texts: Texts) -> None:
        """What to look at on this page; on the answer, what this story teaches besides."""
        words = [texts.text(f"gui.tour.{page}")] if page in PAGES else []
        if page == "answer" and story:
            words.append(texts.text(f"gui.tour.story.{story}"))
        self.mark.setText(texts.text("report.practice"))
        self.guide.setText("\n".join(words))
        self.setToolTip(self.guide.text())
        self.mark.setAccessibleDescription(self.guide.text())
        self.show_narrow(self._narrow)

    def show_narrow(self, narrow: bool) -> None:
        """The mark alone where there is little room."""
        self._narrow = narrow
        self.guide.setVisible(not narrow)
