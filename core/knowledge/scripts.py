"""Names in other letters than a-z: how the internet writes them (IDNA), and whether they pose as others (UTS 39)."""

from __future__ import annotations

import unicodedata

# Scripts that one word may mix (UTS 39 section 5.2, "highly restrictive"): Japanese, Korean, Chinese, each with Latin.
_TOGETHER = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
)
_SAME = {"CJK": "HAN", "IDEOGRAPHIC": "HAN", "KATAKANA-HIRAGANA": "KATAKANA"}
# Cyrillic letters that look like Latin ones: a word of these alone reads as another word.
_POSING = frozenset("асԁеһіјӏорԛѕԝхуьѵѡ")


def wire_form(name: str) -> str | None:
    """The name as it is asked for ("xn--..."), or None where it is plain already or cannot be a name."""
    if name.isascii():
        return None
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def poses(name: str) -> bool:
    """Whether a label mixes letters of writings that no language mixes, or is made of look-alikes alone."""
    return any(_poses(unicodedata.normalize("NFKC", label).lower()) for label in name.split("."))


def _poses(label: str) -> bool:
    letters = [character for character in label if unicodedata.category(character).startswith("L")]
    scripts = {_script(letter) for letter in letters}
    if len(scripts) > 1:
        return not any(scripts <= together for together in _TOGETHER)
    return bool(letters) and _POSING.issuperset(letters)


def _script(letter: str) -> str:
    """The first word of a letter's name is its script, as good as always."""
    word = unicodedata.name(letter, "?").split()[0]
    return _SAME.get(word, word)
