"""The terms of art a reader may not know, and where they stand in a text: `resources/data/glossary.toml`.

What a term means is a text, `term.<id>.says`; its heading `term.<id>.word`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from core.resources import resources_dir

_LANGUAGES: tuple[Literal["ja", "en"], ...] = ("ja", "en")
_LATIN = r"[A-Za-z0-9_]"
_KATAKANA = r"[ァ-ヺー]"
# "you log in" is no log; "the log in the table" is one: what stands before tells a noun.
_NOT_A_VERB = r"(?:(?<=\bthe )|(?<=\ba )|(?<=\bthis )|(?<=\bmail )|(?<='s )|(?!logs?\s+(?:in|on|out|off)\b))"


@dataclass(frozen=True)
class Mention:
    """A term in a text: characters `start` to `end` are its spelling there."""

    term: str
    start: int
    end: int


# A term in a mail address or a host name ("postmaster@example.jp", "dns.example.jp") is a name there.
_NOT_IN_A_NAME = r"(?<![@A-Za-z0-9][.-])(?<!@)"
_NOT_OF_A_NAME = r"(?!@|\.[A-Za-z0-9])"


def terms_in(text: str, language: Literal["ja", "en"]) -> tuple[Mention, ...]:
    """Each term of the text at its first mention, in the order they come. The longest spelling wins."""
    first: dict[str, Mention] = {}
    for found in _found(text, language):
        term = _spellings(language)[found.group().lower()]
        first.setdefault(term, Mention(term, found.start(), found.end()))
    return tuple(first.values())


def terms() -> tuple[str, ...]:
    """The ids of all terms, in the file's order."""
    return tuple(_raw())


@cache
def _raw() -> Mapping[str, Mapping[str, list[str]]]:
    raw = tomllib.loads((resources_dir() / "data" / "glossary.toml").read_text(encoding="utf-8"))
    for term, entry in raw["term"].items():
        if set(entry) != set(_LANGUAGES):
            raise ValueError(f"glossary.toml, {term}: spellings wanted in {_LANGUAGES}, got {sorted(entry)}")
    terms_of_file: Mapping[str, Mapping[str, list[str]]] = raw["term"]
    return terms_of_file


@cache
def _spellings(language: Literal["ja", "en"]) -> Mapping[str, str]:
    """Spelling in small letters -> term. Raises `ValueError` when two terms share one."""
    table: dict[str, str] = {}
    for term, entry in _raw().items():
        for spelling in entry[language]:
            if table.setdefault(spelling.lower(), term) != term:
                raise ValueError(f"glossary.toml: {spelling!r} stands for two terms")
    return table


def _found(text: str, language: Literal["ja", "en"]) -> Iterator[re.Match[str]]:
    """A pattern of every spelling takes longer to make than the first window may: only of those the text holds."""
    lowered = text.lower()
    here = tuple(word for word in _spellings(language) if word in lowered)
    return _pattern(here).finditer(text) if here else iter(())


@lru_cache(maxsize=1000)
def _pattern(spellings: tuple[str, ...]) -> re.Pattern[str]:
    """Latin and katakana words only as whole words: "MX" is not in "AMX", nor 「ログ」 in 「ログイン」.

    A letter of another script beside it is no hindrance. A verb that is spelt like a term is not marked.
    """
    longest_first = sorted(spellings, key=len, reverse=True)
    words = "|".join(_bounded(word) for word in longest_first)
    return re.compile(f"{_NOT_IN_A_NAME}(?:{words}){_NOT_OF_A_NAME}", re.IGNORECASE)


def _bounded(word: str) -> str:
    noun = _NOT_A_VERB if word in ("log", "logs") else ""
    return noun + "".join(_edges(re.escape(word), word))


def _edges(escaped: str, word: str) -> Iterator[str]:
    for letters in (_LATIN, _KATAKANA):
        if re.match(letters, word):
            yield f"(?<!{letters})"
    yield escaped
    for letters in (_LATIN, _KATAKANA):
        if re.search(f"{letters}$", word):
            yield f"(?!{letters})"
