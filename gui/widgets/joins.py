"""Where a line had better not end: between a number and its unit, inside a date, before the last few letters of a
sentence. Japanese lets a line end nearly anywhere, and leaves "す。" or "年" alone on the next.

Only what is drawn is held together (by word joiners, U+2060, which have no width): words that are copied, kept, or read
aloud are the plain ones.
"""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtGui import QClipboard, QGuiApplication

JOINER = "\u2060"
_BLANK = f"{JOINER}\u00a0"
_LONGEST = 4000  # characters; a longer text is no sentence
_WATCHED = "joinersTakenOut"  # property of the clipboard
_SCRIPTS = (("一", "龠"), ("ァ", "ー"))  # a word is written in one of them; Katakana ends with the long sound's sign
_FAR = 7  # letters
_KANA = "ぁ-んァ-ヶ一-龠々ー"
_UNIT = (
    r"(?:[%％年月日時分秒通件回人台番社個行円倍版歳つ]|か所|か月|時間|種類)"
    r"(?:間|目|前|後|ほど|まで|から|以上|以下|以内|ごと)?"
)
_DATE = r"\d{1,4}年(?:\d{1,2}月(?:\d{1,2}日(?:[(（][月火水木金土日][)）])?)?)?"
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_UNIT_EN = "years?|months?|weeks?|days?|hours?|minutes?|seconds?|times|lists?|mails?|messages?|MB|GB|KB|bytes"


@cache
def _together() -> re.Pattern[str]:
    """Made when a line first ends somewhere: the first window waits for nothing it does not need."""
    return re.compile(
        rf"{_DATE}|\d{_UNIT}|\d{{1,2}} (?:{_MONTH}) \d{{4}}|\d (?:to|of|or) \d[\d,.]*|\d (?:{_UNIT_EN})\b"
        # what ends a text: its last letters, or its last word with the one before
        rf"|(?<=.{{6}})[{_KANA}][{_KANA}。、！？」）]{{1,5}}(?=$|\u2028)|(?<=.{{12}}) [^\s{_KANA}]{{1,8}}(?=$|\u2028)",
        re.MULTILINE,
    )


def held(text: str) -> frozenset[int]:
    """The places before which no line should end, counted in characters."""
    if len(text) > _LONGEST:
        return frozenset()
    spans = ((_from_word(text, found.start()), found.end()) for found in _together().finditer(text))
    return frozenset(at for start, end in spans for at in range(start + 1, end))


def _from_word(text: str, start: int) -> int:
    """Where the word begins that `start` is in the midst of; itself where that is far."""
    for at in range(start, max(0, start - _FAR), -1):
        if not any(low <= text[at - 1] <= high and low <= text[at] <= high for low, high in _SCRIPTS):
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
    board = QGuiApplication.clipboard()
    ours = board.ownsSelection() if mode is QClipboard.Mode.Selection else board.ownsClipboard()
    ours = ours or QGuiApplication.platformName() == "offscreen"  # a clipboard of our own, which says it is nobody's
    if ours and JOINER in (text := board.text(mode)):
        board.setText(without_joins(text), mode)
