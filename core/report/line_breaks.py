"""How wide Japanese and other text is in a terminal, and where its lines may break (UAX 11, JIS X 4051)."""

from __future__ import annotations

import unicodedata

# Kinsoku (JIS X 4051): never first on a line.
_NOT_FIRST = "、。，．）」』】〉》：；？！ー…・)]},.:;?!%’”"


def columns(text: str) -> int:
    """How many terminal columns `text` takes (UAX 11: wide and full-width count two, combining marks none)."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken at blanks, or between full-width characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and columns(line) + columns(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
            piece = piece.lstrip(" ")
        while columns(piece) > width:
            cut = _fitting(piece, width)
            lines.append(piece[:cut])
            piece = piece[cut:]
        line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """Parts a line may be broken between: words with their blank, and single full-width characters."""
    pieces: list[str] = []
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        joins = pieces and (character in _NOT_FIRST or character == " " or unicodedata.combining(character))
        goes_on = pieces and not wide and not pieces[-1].endswith(" ") and columns(pieces[-1][-1]) == 1
        opening = pieces and pieces[-1][-1] in "（「『【〈《"
        if joins or goes_on or opening:
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _fitting(piece: str, width: int) -> int:
    """How many characters of `piece` fit; at least one."""
    used = 0
    for index, character in enumerate(piece):
        used += columns(character)
        if used > width:
            return max(1, index)
    return len(piece)
