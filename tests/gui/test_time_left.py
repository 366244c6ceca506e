"""A running check says how long it still takes, never a number that runs out below nothing, and keeps its lines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from core.checks import ALL
from core.model import CheckResult
from core.texts import LANGUAGES, Language, Texts
from gui.pages.running import RunningPage
from gui.widgets import time_left
from gui.widgets.time_left import USUAL, seconds_left

_NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)


def test_every_check_has_a_usual_time_within_its_limit() -> None:
    assert set(USUAL) == {check.id for check in ALL}
    assert all(0 < USUAL[check.id] <= check.time_limit for check in ALL)


@pytest.mark.parametrize(("seconds", "said"), [(40.0, 45), (31, 45), (30, 30), (3.2, 5), (0.1, 5), (900, 120)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_rounded_up_to_a_round_step(seconds: float, said: int, language: Language) -> None:
    texts = Texts(language)
    assert time_left.time_left(seconds, texts) == texts.text("gui.running.usually_left", seconds=said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_beyond_the_usual_time_that_is_said(language: Language) -> None:
    texts = Texts(language)
    over = seconds_left("bounce", 1000.0)
    assert time_left.time_left(over, texts) == texts.text("gui.running.longer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slowest_check_left_tells_how_long_the_whole_takes(qtbot: QtBot, language: Language) -> None:
    page, texts = RunningPage(), Texts(language)
    qtbot.addWidget(page)
    page.say(texts)
    page.show_checks(("hosting", "bounce"))
    assert texts.text("gui.running.usually_left", seconds=10) in page.count.text()
    page.show_finished(CheckResult("hosting", _NOW, _NOW, None, ()))
    assert texts.text("gui.running.usually_left", seconds=5) in page.count.text()
    page.show_started("bounce", 10.0)
    page.lines["bounce"]._begun -= 60
    page._tick()
    assert texts.text("gui.running.longer") in page.count.text()
    page.show_finished(CheckResult("bounce", _NOW, _NOW, None, ()))
    assert page.count.text() == texts.text("gui.running.progress", count=2, done=2)
