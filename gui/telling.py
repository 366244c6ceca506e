"""What the window asks and tells in a window of its own; the dialogs are loaded when the first of them opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.clean import clean
from core.texts import Texts

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.clients.askpass import Prompt


async def notice(owner: QWidget, texts: Texts, key: str, what: str) -> None:
    """Tell something, and wait until it is read."""
    from gui.widgets.dialogs import Confirm, answer_of

    await answer_of(Confirm(owner, texts, key, what, notice=True))


async def offer(owner: QWidget, texts: Texts, left: Mapping[str, str]) -> bool:
    """Whether to go on with what was looked at when the app ended without being asked to."""
    from gui.widgets.dialogs import Confirm, answer_of

    what = clean(left.get("mail_host") or left.get("domain") or texts.text("gui.unfinished.somewhere"), 100)
    return await answer_of(Confirm(owner, texts, "gui.unfinished", what))


async def confirm_close(owner: QWidget, texts: Texts) -> bool:
    """Whether to close although checks run."""
    from gui.widgets.dialogs import Confirm, answer_of

    return await answer_of(Confirm(owner, texts, "gui.close"))


async def words_here(owner: QWidget, texts: Texts, page: QWidget) -> None:
    """What the terms of art on this page mean."""
    from gui.widgets.dialogs import answer_of
    from gui.widgets.words_here import WordsHere, terms_on

    await answer_of(WordsHere(owner, texts, terms_on(page, texts)))


async def answered(owner: QWidget, texts: Texts, prompt: Prompt) -> str | None:
    """The person's answer to a question of ssh; None when there is none."""
    from gui.widgets.dialogs import ask

    return await ask(owner, texts, prompt)
