"""Nothing is clipped and nothing overlaps: every page, both languages, on small and scaled screens.

A screen scaled to 150 % is, for the layout, a screen of two thirds of its size; the letters of a system with larger
text are larger beside that. Pictures of the same at real scale factors: `make screenshots-matrix`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import get_args

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QWidget,
)

from core.model import Symptom
from core.texts import LANGUAGES, Language
from gui.style import apply_style
from gui.widgets.picture import Picture
from gui.widgets.prose import line_pitch
from gui.wizard import Wizard

# Logical pixels that a screen of 1366 x 768 (less its bars) leaves at 100, 150 and 200 %.
SCREENS = {"100": (1366, 700), "150": (910, 466), "200": (683, 350)}
_TEXT = {"usual text": 1.0, "larger text": 1.5}


@pytest.fixture(params=_TEXT)
def letters(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[float]:
    """The system's text size."""
    usual = qapp.property("systemFontPoints")
    qapp.setProperty("systemFontPoints", usual * _TEXT[request.param])
    apply_style(qapp, dark=False, stark=False)
    yield _TEXT[request.param]
    qapp.setProperty("systemFontPoints", usual)
    apply_style(qapp, dark=False, stark=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS)
async def test_no_part_is_clipped_or_covered(open_wizard, language: Language, screen: str, letters: float) -> None:
    wizard = await open_wizard(language)
    width, height = SCREENS[screen]
    wizard.resize(width, height)
    wizard.guide.reading = True  # the way with every page
    wrong: list[str] = []
    for name in wizard.pages:
        wizard.guide.page = name
        wizard._show_page()
        if name == "inside":
            wizard.inside.choices.cards["paste"].click()
        # Large letters on a small screen: then it may be scrolled sideways.
        may = "wider than the window" if letters > 1 and screen != "100" else None
        wrong += [f"{name}: {each}" for each in await settled_faults(wizard, may)]
    assert (wizard.width(), wizard.height()) == (width, height) or letters > 1
    assert wrong == []


async def settled_faults(wizard: Wizard, may: str | None = None) -> list[str]:
    """The faults that stay: a layout takes its rounds of the loop, however slow the machine is.

    `may`: words of a fault that is none here."""
    wrong: list[str] = []
    for rounds in range(60):
        await asyncio.sleep(0.01 if rounds < 10 else 0.1)
        wrong = [each for each in faults(wizard) if may is None or may not in each]
        if not wrong:
            break
    return wrong


def faults(wizard: Wizard) -> list[str]:
    """What is clipped or covered on the page that is shown, in words for the one who mends it."""
    parts = [each for each in wizard.findChildren(QWidget) if each.isVisible() and _has_words(each)]
    found = [f"{_words(each)!r} {why}" for each in parts if (why := clipped(each))]
    page = wizard.page
    if page.widget().minimumSizeHint().width() > page.viewport().width():
        found.append(f"wider than the window: {page.widget().minimumSizeHint().width()} > {page.viewport().width()}")
    return found + [f"{_words(one)!r} covers {_words(two)!r}" for one, two in covered(parts)]


def clipped(part: QWidget) -> str:
    """Why the words do not fit into `part`; nothing when they do."""
    if part.hasHeightForWidth():
        need = part.heightForWidth(part.width())
        return f"needs a height of {need}, has {part.height()}" if part.height() < need - 1 else ""
    if part.property("role") == "ring":
        return ""
    need_width = part.minimumSizeHint().width() if isinstance(part, QLabel | QAbstractButton) else 0
    if isinstance(part, QLabel):
        need_width = part.sizeHint().width()
    if part.width() < need_width - 1:
        return f"needs a width of {need_width}, has {part.width()}"
    need_height = part.minimumSizeHint().height()
    return f"needs a height of {need_height}, has {part.height()}" if part.height() < need_height - 1 else ""


def covered(parts: list[QWidget]) -> list[tuple[QWidget, QWidget]]:
    """Pairs that lie over each other, neither inside the other."""
    pairs = []
    places = [(each, _place(each)) for each in parts]
    for at, (one, where) in enumerate(places):
        for two, there in places[at + 1 :]:
            related = one.isAncestorOf(two) or two.isAncestorOf(one)
            if not related and where.adjusted(1, 1, -1, -1).intersects(there):
                pairs.append((one, two))
    return pairs


def _place(part: QWidget) -> QRect:
    """Where it is seen in the window: what is scrolled away is not."""
    room = QRect(part.mapTo(part.window(), QPoint(0, 0)), part.size())
    above = part.parentWidget()
    while above is not None and above is not part.window():
        if isinstance(above.parentWidget(), QScrollArea):
            room = room.intersected(
                QRect(above.parentWidget().mapTo(part.window(), QPoint(0, 0)), above.parentWidget().size())
            )
        above = above.parentWidget()
    return room


def _has_words(part: QWidget) -> bool:
    if isinstance(part, Picture):  # its name is for screen readers; it draws its own words, and scales them
        return False
    return isinstance(part, QLabel | QPushButton | QRadioButton | QCheckBox | QLineEdit) and bool(_words(part))


def _words(part: QWidget) -> str:
    if isinstance(part, QLineEdit):
        return part.text() or part.accessibleName() or part.objectName() or "field"
    return part.text() or part.accessibleName()


async def test_the_filled_pages_fit_too(open_wizard) -> None:
    wizard = await open_wizard("ja")
    wizard.start.choices.choose("practice")
    wizard.go_on()
    run = wizard.run_task  # the wizard forgets it when the run is over, which may be while the sizes are tried
    assert run is not None
    await asyncio.sleep(0.6)  # some checks have begun by then
    wrong = await _at_every_size(wizard)
    await asyncio.wait_for(run, 120)
    for language in LANGUAGES:
        wizard.change_language(language)
        for page in ("running", "answer", "report"):
            wizard.guide.page = page
            wizard._show_page()
            wrong += await _at_every_size(wizard)
    assert wrong == []


async def _at_every_size(wizard: Wizard) -> list[str]:
    found = []
    for screen, (width, height) in SCREENS.items():
        wizard.resize(width, height)
        found += [f"{wizard.guide.page} at {screen} %: {each}" for each in await settled_faults(wizard)]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
async def test_long_names_of_servers_and_every_clue_fit_too(open_wizard, language: Language) -> None:
    wizard = await open_wizard(language)
    label = "a-name-as-long-as-a-label-may-be-in-the-dns-which-is-sixty-three"
    host = f"{label[:63]}.{label[:63]}.example"
    wizard.settings.recent = [
        {"domain": host, "mail_host": f"mx.{host}:2525", "how_inside": "ssh", "ssh": f"root@{host}"}
    ]
    wrong: list[str] = []
    for symptom in (*get_args(Symptom), "practice"):
        wizard.start.choices.cards[symptom].click()
        wrong += await _at_every_size(wizard)
    wizard.guide.page = "server"
    wizard._show_page()
    assert wizard.server.recent.isVisible()
    assert wrong + await _at_every_size(wizard) == []


async def test_lines_of_prose_stand_apart(open_wizard) -> None:
    wizard = await open_wizard()
    title, promise = wizard.start.title, wizard.sidebar.promise
    lines = 3
    for shown in (title, promise):
        shown.setText("\n".join("あ" * 3 for _ in range(lines)))
        one, all_lines = shown.heightForWidth(2000), None
        shown.setText("\n".join("あ" * 3 for _ in range(lines * 2)))
        all_lines = shown.heightForWidth(2000)
        pitch = (all_lines - one) / lines
        assert pitch == pytest.approx(line_pitch(shown.font(), str(shown.property("role"))), abs=0.7)
    assert pitch >= 1.5 * promise.fontInfo().pixelSize()
