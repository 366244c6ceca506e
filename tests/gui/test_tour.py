"""Practice is marked on every page and in the window's title, and each of its pages says what to look at."""

from __future__ import annotations

import pytest

from core.texts import LANGUAGES, Texts
from gui.pages.start import STORIES
from gui.widgets.tour import PAGES
from gui.wizard import Wizard
from tests.patience import until

MARK = Texts("en").text("report.practice")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [*PAGES, *(f"story.{story}" for story in STORIES)])
def test_every_page_and_every_story_has_its_lesson(language, key: str) -> None:
    assert Texts(language).text(f"gui.tour.{key}")


async def practised(wizard: Wizard) -> None:
    wizard.start.choices.choose("practice")
    wizard.start.read_answers(wizard.guide.answers)
    wizard.go_on()
    await until(lambda: wizard.guide.page == "answer")


async def test_practice_is_marked_on_every_page_and_the_real_thing_never(open_wizard) -> None:
    wizard = await open_wizard("en")
    assert wizard.tour is None and MARK not in wizard.windowTitle()
    await practised(wizard)
    for page in ("answer", "first_aid", "again", "desk", "letters", "report"):
        if page == "report":
            wizard.guide.page = "report"
            wizard._show_page()
        elif page != "answer":
            wizard.show_aid(page)
        assert wizard.tour is not None and wizard.tour.isVisible()
        assert MARK in wizard.windowTitle() and wizard.tour.mark.text() == MARK
        assert wizard.texts.text(f"gui.tour.{page}") in wizard.tour.guide.text()
    wizard.guide.to_start()
    wizard._show_page()
    assert not wizard.tour.isVisible() and MARK not in wizard.windowTitle()


async def test_a_small_window_keeps_the_mark(open_wizard) -> None:
    wizard = await open_wizard("en")
    await practised(wizard)
    wizard.resize(640, 400)
    await until(lambda: not wizard.tour.guide.isVisible())
    assert wizard.tour.mark.isVisible()
    assert wizard.texts.text("gui.tour.answer") in wizard.tour.mark.accessibleDescription()
