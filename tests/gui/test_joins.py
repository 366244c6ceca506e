"""No line ends between a number and its unit, or leaves two letters alone; what is copied or read aloud is plain."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.texts import Texts
from gui.widgets.hint import HintLabel
from gui.widgets.joins import JOINER, held, joined, without_joins
from gui.widgets.prose import Prose
from gui.widgets.text import label

SAID = (
    "この版の資料は2026年10月22日(木)に確かめました。頼まれた試験の1通のほかに、メールは送りません。",
    "待っているメールが2,321通あります（この規模の会社では、ふだん0通）",
    "最後の更新から5日ほどたっています。返事はまだ来ていないと、相手に言われた",
    "2,321 messages are waiting to be sent (a company of this size usually has 1 to 10)",
    "Reference data checked on 22 Oct 2026. It sends no mail unless you ask for a message.",
)


def drawn_lines(shown: Prose, width: int) -> list[str]:
    """What stands on each line at this width."""
    layout = shown._laid_out(width)
    whole, ends = layout.text(), [layout.lineAt(number) for number in range(layout.lineCount())]
    return [without_joins(whole[line.textStart() : line.textStart() + line.textLength()]) for line in ends]


@pytest.mark.parametrize("said", SAID)
def test_lines_end_where_they_may(qtbot: QtBot, said: str) -> None:
    shown = label(said)
    qtbot.addWidget(shown)
    assert isinstance(shown, Prose)
    places, letter = held(said), shown.fontMetrics().horizontalAdvance("あ")
    assert places
    for letters in range(18, 60):
        lines, at = drawn_lines(shown, letter * letters), 0
        assert "".join(lines) == said
        for line in lines[:-1]:
            at += len(line)
            assert at not in places, lines


def test_the_end_of_a_text_begins_with_a_whole_word() -> None:
    said = "このサーバーから社外へ送っている機器を調べます（複合機、支店、通販、監視）。"
    assert joined(said).replace(JOINER, "/").endswith("、通/販/、/監/視/）/。")
    assert joined("会社のサーバーが外へ送り届けています（ふつうは0通）").endswith(JOINER.join("ふつうは0通）"))
    assert joined("このソフトは1999年のもので、もう直されていません").endswith("もう" + JOINER.join("直されていません"))


def test_a_width_too_small_for_the_whole_date_still_shows_it_all(qtbot: QtBot) -> None:
    shown = label(SAID[0])
    qtbot.addWidget(shown)
    assert isinstance(shown, Prose)
    assert "".join(drawn_lines(shown, shown.fontMetrics().horizontalAdvance("あ") * 3)) == SAID[0]


@pytest.mark.parametrize("said", [*SAID, "", "a", "中継（リレー）\n0通", "\U0001f4e7 5日ほど"])
def test_joining_loses_nothing(said: str) -> None:
    assert without_joins(joined(said)) == said


def test_what_is_copied_or_read_aloud_is_plain(qtbot: QtBot) -> None:
    said = "中継（リレー）を許すサーバーに、2,321通が5日ほど待っていると言われた"
    for shown in (label(said, selectable=True), HintLabel(Texts("ja"), said, selectable=True)):
        qtbot.addWidget(shown)
        assert JOINER in QLabel.text(shown)
        assert shown.accessibleName() == said
        _copy_all(shown)
        assert QGuiApplication.clipboard().text() == said
    shown = label("先に5日ほど待っていると言われた", selectable=True)
    qtbot.addWidget(shown)
    shown.setText("0通")
    assert shown.accessibleName() == shown.text() == "0通"


def _copy_all(shown: QLabel) -> None:
    for key in (Qt.Key.Key_A, Qt.Key.Key_C):
        QCoreApplication.sendEvent(shown, QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.ControlModifier))
    QCoreApplication.processEvents()


def test_commands_are_never_touched(qtbot: QtBot) -> None:
    shown = label("postsuper -d 5日ほど待っていると言われた", "code", selectable=True)
    qtbot.addWidget(shown)
    assert QLabel.text(shown) == shown.text()


@pytest.mark.parametrize("said", SAID)
def test_no_joiner_is_dragged_out_of_a_label(qtbot: QtBot, said: str) -> None:
    shown = HintLabel(Texts("ja"), said, selectable=True)
    qtbot.addWidget(shown)
    shown.resize(400, 100)
    shown.show()
    QTest.keyClick(shown, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert JOINER in shown.selectedText()
    QTest.mousePress(shown, Qt.MouseButton.LeftButton, pos=QPoint(10, shown.fontMetrics().height() // 2))
    assert JOINER not in shown.selectedText()  # a move from here drags nothing
