"""Where the keyboard goes when parts of a page come late, or cannot be used for a while."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

_BY_TAB = 1  # Qt.FocusPolicy.TabFocus


def follow(before: QWidget, content: QWidget) -> None:
    """Tab goes from `before` into `content`: left alone, what is made late comes after everything else.

    The parts are taken as they were put in. Qt's own chain is not walked: PySide would make each the owner of the next,
    and both would go when one does."""
    window = content.window()
    for part in (content, *content.findChildren(QWidget)):
        if part.focusPolicy().value & _BY_TAB and part.window() is window:  # the list of a chooser is a window itself
            QWidget.setTabOrder(before, part)
            before = part


class Resting:
    """A button that cannot be pressed while its work goes on; the keyboard comes back to it, unless the person took
    it elsewhere in between."""

    def __init__(self, button: QWidget) -> None:
        self._button, self._stood = button, button.hasFocus()
        button.setEnabled(False)
        self._moved = QApplication.focusWidget()

    def over(self) -> None:
        """The button can be pressed again."""
        self._button.setEnabled(True)
        if self._stood and self._button.isVisible() and QApplication.focusWidget() in (self._moved, None):
            self._button.setFocus()
