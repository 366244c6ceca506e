"""The steps at the side look like what they say."""

from __future__ import annotations

from PySide6.QtGui import QColor

from gui.widgets.steps import StepLine


def _ground(line: StepLine) -> QColor:
    """The colour just inside the right edge, where no letter is."""
    picture = line.grab().toImage()
    return picture.pixelColor(picture.width() - 12, picture.height() // 2)


async def test_the_step_one_stands_at_is_marked_on_every_page(open_wizard) -> None:
    wizard = await open_wizard()
    for page in ("start", "server", "consent", "start"):
        wizard.guide.page = page
        wizard._show_page()
        lines, step = wizard.sidebar.lines, wizard.guide.step
        others = {_ground(line).name() for name, line in lines.items() if name != step}
        assert len(others) == 1
        assert _ground(lines[step]).name() not in others
