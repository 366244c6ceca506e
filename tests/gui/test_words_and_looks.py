"""Texts are plain and complete, nothing is clipped, colours can be read, and Qt keeps its references."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QLineEdit, QProgressBar
from pytestqt.qtbot import QtBot

from core.clean import clean
from core.knowledge.glossary import terms_in
from core.model import Evidence
from core.resources import resources_dir
from core.texts import LANGUAGES, Language, Texts
from gui.style import DARK, LIGHT, STARK_DARK, STARK_LIGHT, apply_style, colours_now, colours_of, filled
from gui.widgets.badge import SHAPES, Badge
from gui.widgets.hint import HintLabel
from gui.widgets.raw import evidence_text
from gui.widgets.text import label


async def test_g01_every_label_is_plain_text(open_wizard) -> None:
    wizard = await open_wizard()
    assert all(wizard.pages.values())  # each is made when it is asked for
    labels = wizard.findChildren(QLabel)
    assert len(labels) > 50
    plain = [each for each in labels if not isinstance(each, HintLabel)]
    assert all(each.textFormat() == Qt.TextFormat.PlainText for each in plain)


def test_g01_markup_from_a_server_is_shown_as_it_is(qtbot: QtBot) -> None:
    hostile = '<img src="http://192.0.2.1/x"><b>220 mx</b>'
    shown = label(hostile)
    qtbot.addWidget(shown)
    assert shown.text() == hostile
    assert shown.textFormat() == Qt.TextFormat.PlainText


def test_evidence_is_cleaned() -> None:
    shown = evidence_text([Evidence("EHLO x", "250 \u202egnp.exe\x1b[2J\nok")], Texts("en"))
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert clean("\u202e") in shown
    assert shown.endswith("\nok")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal")
def test_qt_does_not_lose_references_to_none(qtbot: QtBot) -> None:
    shown = QLabel()
    qtbot.addWidget(shown)
    before = sys.getrefcount(None)
    for number in range(1000):
        shown.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 100


@pytest.mark.parametrize(
    "colours", [LIGHT, DARK, STARK_LIGHT, STARK_DARK], ids=["light", "dark", "stark", "stark dark"]
)
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "ground", 7),
        ("quiet", "surface", 4.5),
        ("quiet", "ground", 4.5),
        ("accent", "surface", 4.5),
        ("accent", "chosen", 4.5),
        ("quiet", "chosen", 4.5),
        ("on_accent", "accent", 4.5),
        ("on_done", "done", 4.5),
        ("critical", "surface", 4.5),
        ("critical", "critical_ground", 4.5),
        ("warning", "warning_ground", 4.5),
        ("ok", "ok_ground", 4.5),
        ("unknown", "unknown_ground", 4.5),
        ("example", "surface", 4.5),  # what stands in an empty field
        ("accent", "surface", 4.5),  # a bar that shows progress, and the part still to come
        ("field", "surface", 3),
        ("field", "ground", 3),
        ("focus", "surface", 3),
        ("focus", "ground", 3),
    ],
)
def test_colours_can_be_read(colours: dict[str, str], ink: str, ground: str, least: float) -> None:
    assert contrast(colours[ink], colours[ground]) >= least


@pytest.mark.parametrize("colours", [STARK_LIGHT, STARK_DARK], ids=["light", "dark"])
def test_high_contrast_is_high(colours: dict[str, str]) -> None:
    grounds = [colours[name] for name in colours if name.endswith("ground") or name in ("surface", "sunken", "chosen")]
    for ground in grounds:
        for name in ("ink", "quiet", "faint", "example", "accent", "critical", "warning", "ok", "unknown"):
            assert contrast(colours[name], ground) >= 7, name
        for name in ("line", "field", "focus", *(name for name in colours if name.endswith("_edge"))):
            assert contrast(colours[name], ground) >= 4.5, name


@pytest.mark.parametrize("stark", [False, True])
@pytest.mark.parametrize("dark", [False, True])
async def test_what_is_drawn_wears_these_colours(dressed, qapp, qtbot: QtBot, dark: bool, stark: bool) -> None:
    """Qt mixes colours of its own where the style sheet names none."""
    apply_style(qapp, dark=dark, stark=stark)
    field, bar, colours = QLineEdit(), QProgressBar(), colours_of(dark=dark, stark=stark)
    badges = {state: Badge(Texts("en"), state) for state in SHAPES}
    for part in (field, bar, *badges.values()):
        qtbot.addWidget(part)
        part.ensurePolished()
    bar.setValue(50)
    bar.setTextVisible(False)
    bar.resize(200, bar.sizeHint().height())
    assert field.palette().placeholderText().color().name() == colours["example"]
    drawn = bar.grab().toImage()
    middle = drawn.height() // 2
    assert drawn.pixelColor(50, middle).name() == colours["accent"]
    assert drawn.pixelColor(150, middle).name() == colours["surface"]
    assert contrast(drawn.pixelColor(150, 0).name(), colours["ground"]) >= 3
    if stark:
        for state, badge in badges.items():
            image = badge.grab().toImage()
            assert contrast(image.pixelColor(image.width() // 2, 0).name(), colours["surface"]) >= 4.5, state
    apply_style(qapp, dark=False, stark=False)


async def test_the_picture_wears_the_windows_colours(dressed, qapp) -> None:
    for dark in (False, True):
        for stark in (False, True):
            apply_style(qapp, dark=dark, stark=stark)
            assert colours_now() == colours_of(dark=dark, stark=stark)
    apply_style(qapp, dark=False, stark=False)


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in QColor(colour).getRgbF()[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_light_and_dark_fill_the_same_sheet() -> None:
    template = (resources_dir() / "style" / "window.qss").read_text(encoding="utf-8")
    assert LIGHT.keys() == DARK.keys() == STARK_LIGHT.keys() == STARK_DARK.keys()
    assert "@" not in filled(template, DARK, 10.0)
    assert "25.0pt" in filled("@body", LIGHT, 20.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_has_no_term_of_art_to_explain_in_its_lead(language: Language) -> None:
    assert not terms_in(Texts(language).text("gui.start.lead"), language)
