"""The window without eyes and without a mouse: keys, names, the order of Tab, and what is said aloud, page by page.

What a screen reader really hears of it is tried on an X server by `make walks`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton, QRadioButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.guide import PageName
from core.model import CheckResult
from core.texts import LANGUAGES, Texts
from gui.pages.running import RunningPage
from gui.style import apply_style
from gui.widgets.aloud import VOICE
from gui.widgets.field import Field
from gui.widgets.fold import Fold
from gui.widgets.keyboard import Resting
from gui.widgets.picture import Picture
from gui.widgets.text import SpokenButton, without_key
from gui.wizard import Wizard
from tests.gui.test_aftercare import AT
from tests.patience import HANG, until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
_BY_TAB = 1
FILLED: tuple[PageName, ...] = ("answer", "first_aid", "again", "desk", "letters", "report", "blacklists", "notebook")
EMPTY: tuple[PageName, ...] = ("start", "questions", "server", "inside", "consent", "arrival", "settings", "about")


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """Every sentence that is said aloud."""
    sentences: list[str] = []
    VOICE.said.connect(sentences.append)
    yield sentences
    VOICE.said.disconnect(sentences.append)


async def filled(wizard: Wizard) -> None:
    """The practice incident, to its answer."""
    wizard.start.choices.choose("practice")
    wizard.go_on()
    await until(lambda: wizard.guide.page == "answer", HANG)


async def opened(wizard: Wizard, name: PageName) -> None:
    """This page with all its folds open."""
    wizard.guide.page = name
    wizard._show_page()
    await asyncio.sleep(0)
    while shut := [one for one in wizard.page.findChildren(Fold) if one.isVisible() and not one.button.isChecked()]:
        for fold in shut:
            fold.button.setChecked(True)
        await asyncio.sleep(0)


def reached(wizard: Wizard) -> list[QWidget]:
    """What the keyboard reaches on the page that is shown, as it is put together."""
    parts = wizard.findChildren(QWidget)
    return [one for one in parts if one.isVisible() and one.isEnabled() and one.focusPolicy().value & _BY_TAB]


def keys(wizard: Wizard) -> Counter[str]:
    """How many parts answer to each letter with Alt."""
    named = [one for one in wizard.findChildren(QLabel) if one.isVisible() and one.buddy() is not None]
    buttons = [one for one in wizard.findChildren(QAbstractButton) if one.isVisible()]
    return Counter(key for one in (*named, *buttons) if (key := QKeySequence.mnemonic(one.text()).toString()))


def told(part: QWidget) -> tuple[str, str]:
    """Name and description, as a screen reader gets them."""
    spoken = QAccessible.queryAccessibleInterface(part)
    return spoken.text(QAccessible.Text.Name).strip(), spoken.text(QAccessible.Text.Description).strip()


def wrong_on(wizard: Wizard) -> list[str]:
    """What somebody without eyes or mouse would stumble over on the page that is shown."""
    name = f"{wizard.guide.page} {wizard.texts.language}"
    found = [f"{name}: {key} {count} times" for key, count in keys(wizard).items() if count > 1]
    # The answers to a question stand in a group that is named; a number of fields may ask for the same.
    names = Counter(told(one) for one in reached(wizard) if not isinstance(one, QRadioButton))
    found += [f"{name}: {words} is {count} parts" for words, count in names.items() if count > 1]
    return found + [f"{name}: a part without a name" for words in names if not words[0]]


async def test_every_page_has_its_own_keys_and_each_part_its_own_name(open_wizard) -> None:
    wizard = await open_wizard("ja")
    wrong = []
    for name in EMPTY:
        for language in LANGUAGES:
            wizard.change_language(language)
            await opened(wizard, name)
            wrong += wrong_on(wizard)
    wizard.to_start()
    await filled(wizard)
    for name in FILLED:
        for language in LANGUAGES:
            wizard.change_language(language)
            await opened(wizard, name)
            wrong += wrong_on(wizard)
    assert wrong == []


async def test_the_pictures_are_pictures_with_a_sentence(open_wizard) -> None:
    wizard = await open_wizard("en")
    await filled(wizard)
    shown = wizard.answer.findChildren(Picture)
    assert len(shown) >= 2
    for picture in shown:
        assert QAccessible.queryAccessibleInterface(picture).role() == QAccessible.Role.Graphic
        assert told(picture)[0]


@pytest.mark.parametrize("words", [("開く(&O)", "開く"), ("&Open", "Open"), ("Done as wri&tten", "Done as written")])
def test_a_button_can_be_without_its_key(words: tuple[str, str]) -> None:
    assert without_key(words[0]) == words[1]


def test_tab_goes_into_what_was_opened(qtbot: QtBot) -> None:
    holder, after, made = QWidget(), QPushButton("after"), QWidget()
    fold = Fold(Texts("en"), lambda: made, "about")
    box, inside = QVBoxLayout(holder), QVBoxLayout(made)
    for part in (fold.button, fold, after):
        box.addWidget(part)
    parts = [QLineEdit(), QPushButton("in")]
    for part in parts:
        inside.addWidget(part)
    qtbot.addWidget(holder)
    holder.show()
    fold.button.setFocus()
    fold.button.setChecked(True)
    walked = []
    for _ in range(4):
        holder.focusNextPrevChild(True)
        walked.append(holder.focusWidget())
    assert walked == [*parts, after, fold.button]


async def test_a_button_that_rests_gets_the_keyboard_back(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard("en")
    wizard.open_side("blacklists")
    button, other = wizard.blacklists.test, wizard.footer.back
    wizard.activateWindow()
    button.setFocus()
    await until(button.hasFocus)
    resting = Resting(button)
    assert not button.hasFocus()
    resting.over()
    assert button.hasFocus()
    resting = Resting(button)
    other.setFocus()  # the person went on meanwhile
    resting.over()
    assert other.hasFocus()


async def test_a_skip_button_that_goes_hands_the_keyboard_to_nothing_that_stops(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard("en")
    wizard.guide.page = "running"
    wizard._show_page()
    page: RunningPage = wizard.running
    page.reset()
    page.show_checks(("mail_queue", "dnsbl"))
    wizard.activateWindow()
    for check, line in page.lines.items():
        await until(line.skip.isVisible)
        line.skip.setFocus()
        await until(line.skip.hasFocus)
        page.show_finished(CheckResult(check, AT, AT))
        assert page.bar.hasFocus()


async def test_what_changes_is_said(open_wizard, heard: list[str]) -> None:
    wizard = await open_wizard("en")
    wizard.go_on()  # nothing is chosen
    assert heard[-1].startswith("▲ ")
    heard.clear()
    await filled(wizard)
    answer = ["Cause (confirmed): The server passes on mail for anyone", "Your company can repair this."]
    await until(lambda: any(all(each in one for each in answer) for one in heard), HANG)
    heard.clear()
    wizard.show_aid("about")
    wizard.aftercare.about.copy.click()
    assert heard[-1] == wizard.aftercare.about.copied.text() != ""


async def test_a_page_is_said_once_when_it_opens(open_wizard, heard: list[str]) -> None:
    wizard = await open_wizard("en")
    wizard.start.choices.cards["not_delivered"].click()
    wizard.go_on()
    title = wizard.questions.title.text()
    await until(lambda: title in heard, HANG)
    wizard._show_page()
    await asyncio.sleep(0.05)
    assert heard.count(title) == 1


def test_a_wrong_entry_is_said_and_taken_back_in_silence(qtbot: QtBot, heard: list[str]) -> None:
    field = Field("gui.server.domain")
    qtbot.addWidget(field)
    field.show_wrong("That is no name.")
    field.show_wrong("")
    assert heard == ["▲ That is no name."]
    assert not field._wrong.isVisibleTo(field)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("stark", [False, True])
def test_where_the_keyboard_stands_is_seen(dressed, qapp, qtbot: QtBot, dark: bool, stark: bool) -> None:
    """On a field with a wrong entry too, and on the main button: a ring of another colour than without."""
    apply_style(qapp, dark=dark, stark=stark)
    holder = QWidget()
    box = QVBoxLayout(holder)
    field, main, other = Field("gui.server.domain"), SpokenButton("gui.footer.on", "main"), QPushButton("other")
    for part in (other, field, main):
        box.addWidget(part)
    field.show_wrong("wrong")
    main.setText("main")
    qtbot.addWidget(holder)
    holder.show()
    holder.activateWindow()
    for part in (field.edit, main):
        other.setFocus()
        qtbot.waitUntil(other.hasFocus)
        before = part.grab().toImage()
        part.setFocus()
        qtbot.waitUntil(part.hasFocus)
        after = part.grab().toImage()
        middle = after.height() // 2
        assert after.pixelColor(1, middle) != before.pixelColor(1, middle), type(part).__name__
    apply_style(qapp, dark=False, stark=False)
