"""Where a line had better not end: between a number and its unit, inside a date, before the last few letters of a
sentence. Japanese lets a line end nearly anywhere, and leaves "す。" or "年" alone on the next.

Only what is drawn is held together (by word joiners, U+2060, which have no width): words that are copied, kept, or read
aloud are the plain ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QClipboard

JOINER = "\u2060"
_BLANK = f"{JOINER}\u00a0"
_LONGEST = 4000  # characters; a longer text is no sentence
_WATCHED = "joinersTakenOut"  # property of the clipboard
# A word is written in Kanji, its ending in Hiragana, or all of it in Katakana, which ends with the long sound's sign.
_KANJI, _KATAKANA, _HIRAGANA = ("一", "龠"), ("ァ", "ー"), ("ぁ", "ん")
_WITHIN_A_WORD = ((_KANJI, _KANJI), (_KANJI, _HIRAGANA), (_HIRAGANA, _HIRAGANA), (_KATAKANA, _KATAKANA))
_FAR = 8  # letters
_AFTER_KANA = "。、！？」）"
# How many last letters of a paragraph, or of its last word, belong together; how many must stand before them.
_LETTERS, _BEFORE_LETTERS = 6, 6
_WORD, _BEFORE_WORD = 8, 12
_REACH = _FAR + 14  # characters: the longest date, from the word before it
_UNIT = (
    r"(?:[%％年月日時分秒通件回人台番社個行円倍版歳つ]|か所|か月|時間|種類)"
    r"(?:間|目|前|後|ほど|まで|から|以上|以下|以内|ごと)?"
)
_DATE = r"\d{1,4}年(?:\d{1,2}月(?:\d{1,2}日(?:[(（][月火水木金土日][)）])?)?)?"
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_UNIT_EN = "years?|months?|weeks?|days?|hours?|minutes?|seconds?|times|lists?|mails?|messages?|MB|GB|KB|bytes"


@cache
def _with_numbers() -> re.Pattern[str]:
    """Made when a line first ends beside a number: the first window waits for nothing it does not need."""
    return re.compile(
        rf"{_DATE}|\d{_UNIT}|\d{{1,2}} (?:{_MONTH}) \d{{4}}|\d (?:to|of|or) \d[\d,.]*|\d (?:{_UNIT_EN})\b"
    )


def held(text: str) -> frozenset[int]:
    """The places before which no line should end, counted in characters."""
    if len(text) > _LONGEST:
        return frozenset()
    return _inside(text, _ends(text)) | _inside(text, _numbers(text))


def held_against(text: str, begins: set[int]) -> frozenset[int]:
    """The same if a line begins at one of them, else none; found out faster, since most lines end where they may."""
    if len(text) > _LONGEST:
        return frozenset()
    places = _inside(text, _ends(text))
    near = (text[max(0, at - _REACH) : at + _REACH] for at in begins)
    if begins & places or any(any(map(str.isdecimal, part)) for part in near):
        places |= _inside(text, _numbers(text))
    return places if begins & places else frozenset()


def _inside(text: str, spans: Iterator[tuple[int, int]]) -> frozenset[int]:
    return frozenset(at for start, end in spans for at in range(_from_word(text, start) + 1, end))


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Numbers with their units, and dates."""
    if not any(map(str.isdecimal, text)):
        return iter(())
    return (found.span() for found in _with_numbers().finditer(text))


def _ends(text: str) -> Iterator[tuple[int, int]]:
    """What ends each paragraph: its last letters, or its last word with the blank before it."""
    begin = 0
    for paragraph in text.replace("\u2028", "\n").split("\n"):
        end = begin + len(paragraph)
        if end - (start := begin + _last_letters(paragraph)) > 1:
            yield start, end
        blank = paragraph.rfind(" ", max(_BEFORE_WORD, len(paragraph) - _WORD - 1))
        if blank >= 0 and not any(map(_is_japanese, paragraph[blank + 1 :])):
            yield begin + blank, end
        begin = end + 1


def _last_letters(paragraph: str) -> int:
    """Where its last Japanese letters begin; its length where it ends otherwise."""
    length = start = len(paragraph)
    while start > max(_BEFORE_LETTERS, length - _LETTERS) and (
        _is_japanese(paragraph[start - 1]) or paragraph[start - 1] in _AFTER_KANA or paragraph[start - 1].isdecimal()
    ):
        start -= 1
    while start < length and not (_is_japanese(paragraph[start]) or paragraph[start].isdecimal()):
        start += 1
    return start


def _is_japanese(char: str) -> bool:
    return "ぁ" <= char <= "ん" or "ァ" <= char <= "ヶ" or "一" <= char <= "龠" or char in "々ー"


def _from_word(text: str, start: int) -> int:
    """Where the word begins that `start` is in the midst of; itself where that is far."""
    for at in range(start, max(0, start - _FAR), -1):
        before, after = text[at - 1], text[at]
        if not any(a[0] <= before <= a[1] and b[0] <= after <= b[1] for a, b in _WITHIN_A_WORD):
            return at
    return start


def joined(text: str, start: int = 0, end: int | None = None, places: frozenset[int] | None = None) -> str:
    """`text` from `start` to `end` with its joiners; `places` where `held` was asked already."""
    places = held(text) if places is None else places
    if not places:
        return text[start:end]
    return "".join(_drawn(text, at, places) for at in range(start, len(text) if end is None else end))


def _drawn(text: str, at: int, places: frozenset[int]) -> str:
    """A line may end at any blank, whatever follows it: a held one is drawn as one that does not break."""
    if text[at] == " " and at + 1 in places:
        return _BLANK
    return f"{JOINER}{text[at]}" if at in places else text[at]


def without_joins(text: str) -> str:
    """The plain words again."""
    return text.replace(_BLANK, " ").replace(JOINER, "")


def keep_copies_plain() -> None:
    """From now on what this app puts into the clipboard has no joiners."""
    board = QGuiApplication.clipboard()
    if not board.property(_WATCHED):
        board.setProperty(_WATCHED, True)
        board.changed.connect(_take_out)


def _take_out(mode: QClipboard.Mode) -> None:
    from PySide6.QtGui import QClipboard

    board = QGuiApplication.clipboard()
    ours = board.ownsSelection() if mode is QClipboard.Mode.Selection else board.ownsClipboard()
    ours = ours or QGuiApplication.platformName() == "offscreen"  # a clipboard of our own, which says it is nobody's
    if ours and JOINER in (text := board.text(mode)):
        board.setText(without_joins(text), mode)
