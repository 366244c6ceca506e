"""The page of a run: each check says how long it may still take."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.check import Check
from core.checks import ALL
from core.model import Target
from core.texts import Language, Texts
from gui.pages.running import CheckLine, left_to_tell


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(42.1, 50.0), (10.0, 10.0), (3.0, 10.0), (60.0, 60.0), (60.5, 120.0), (299.0, 300.0), (0.0, 0.0), (-7.0, 0.0)],
)
def test_the_time_left_is_never_less_than_it_is(seconds: float, told: float) -> None:
    assert left_to_tell(seconds) == told


@pytest.mark.parametrize(
    ("language", "soon", "later", "last"),
    [("ja", "長くてもあと40秒です", "長くてもあと10秒です", "まもなく終わります"),
     ("en", "40 seconds more at most", "10 seconds more at most", "about to end")],
)  # fmt: skip
def test_a_check_that_takes_long_says_how_long(
    qtbot: QtBot, language: Language, soon: str, later: str, last: str
) -> None:
    texts, now = Texts(language), [100.0]
    line = CheckLine("dnsbl", texts, clock=lambda: now[0])
    qtbot.addWidget(line)
    waiting = line.line.text()
    line.start(texts, 45.0)
    line.tick(texts)
    assert line.time.text() == "", "a check that is quick needs no number"
    for seconds, words in ((6.0, soon), (38.0, later), (46.0, last)):
        now[0] = 100.0 + seconds
        line.tick(texts)
        assert line.line.text() == waiting
        assert line.time.text() == words


def test_only_the_thorough_relay_look_takes_long() -> None:
    checks: dict[str, Check] = {check.id: check for check in ALL}
    asked, thorough = Target(domain="example.jp"), Target(domain="example.jp", own_server=True, thorough=True)
    assert max(check.limit_on(asked) for check in ALL) <= 360
    assert checks["open_relay"].limit_on(thorough) > 1000
    assert all(
        check.limit_on(thorough) == check.limit_on(asked) for name, check in checks.items() if name != "open_relay"
    )
