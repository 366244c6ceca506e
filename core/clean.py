"""Received text made safe to show: what is invisible or misleading becomes a visible code such as ⟨U+202E⟩.

Mail servers, DNS and pasted text are hostile. A right-to-left override turns later words round, an escape
character commands a terminal, a zero-width space hides in a host name (Unicode UTR 36, UAX 9). Nothing is
dropped silently: a reader sees that something was there, and a specialist sees what.
"""

from __future__ import annotations

import re
from functools import cache

# Control, format (bidi, zero width, tags), surrogate, private use, unassigned, line and paragraph separators.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Drawn as nothing although their category says letter, mark or symbol (Default_Ignorable_Code_Point, Braille blank).
_HIDDEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
# Real writing never stacks more marks on one letter; a longer pile covers the lines above and below.
_MOST_MARKS = 4
_PLAIN = r"\x20-\x7e\u3040-\u309f\u30a0-\u30ff\u4e00-\u9fff"


# Made at the first text that came from outside: sets so wide take as long to compile as a page to draw.
@cache
def _all_plain() -> re.Pattern[str]:
    return re.compile(f"[{_PLAIN}]*")


@cache
def _not_plain(newline_stays: bool) -> re.Pattern[str]:
    return re.compile(f"[^\\n{_PLAIN}]+" if newline_stays else f"[^{_PLAIN}]+")


def code_of(character: str) -> str:
    """The visible code that stands for a character: ⟨U+202E⟩."""
    return f"⟨U+{ord(character):04X}⟩"


def clean(text: str, limit: int = 2000, *, keep: str = "") -> str:
    """`text` with every hidden character made visible, at most `limit` characters long.

    `keep` names control characters to leave, usually "\\n" or "\\n\\t" (CRLF then becomes one newline);
    otherwise a tab becomes a blank and a newline its code, so that a value can never start a line of its own.
    A text that was cut ends with "…".
    """
    # Cleaning only lengthens: one more than the limit is enough to know that something was cut.
    part = text[: limit + 1]
    if len(part) <= limit and ((part.isascii() and part.isprintable()) or _all_plain().fullmatch(part)):
        return part
    if "\n" in keep:
        part = part.replace("\r\n", "\n")
    # Only what is not plain is looked at one by one: ten thousand lines are cleaned while a window waits for them.
    cleaned = _not_plain("\n" in keep).sub(lambda found: _visible(found[0], keep), part)
    if len(cleaned) <= limit and len(text) <= limit:
        return cleaned
    return cleaned[: max(0, limit - 1)] + "…"


def clean_lines(text: str, most: int = 200, limit: int = 2000) -> tuple[list[str], int]:
    """The lines of `text`, each cleaned, and how many lines beyond `most` were left off.

    Lines end at LF, CRLF or a lone CR only; other separators stay inside a line, as their codes.
    """
    lines = re.split(r"\r\n|\n|\r", text)
    if lines and not lines[-1]:
        lines.pop()
    return [clean(line, limit) for line in lines[:most]], max(0, len(lines) - most)


def _visible(text: str, keep: str) -> str:
    import unicodedata  # a library of its own, which the first window does without

    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if character in keep:
            shown.append(character)
        elif character == "\t":
            shown.append(" ")
        elif category in _HIDDEN_CATEGORIES or character in _HIDDEN or marks > _MOST_MARKS:
            shown.append(code_of(character))
        else:
            shown.append(character)
    return "".join(shown)
