"""The way through a product's screens, by the names the reader's own screens show.

Fix cards hold the English names (`open = "Exchange admin center » Mail flow » Message trace"`). Where the maker
publishes another language's names, they are texts: `menu.<name in small letters, joined by _>`.
"""

from __future__ import annotations

import re

from core.texts import Texts

_JOINTS = re.compile(r"( » |; )")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def menu_path(path: str, texts: Texts) -> str:
    """`path` in the reader's words with the English in brackets; as it stands where we know no other names."""
    translated = "".join(_name(part, texts) for part in _JOINTS.split(path))
    if translated == path:
        return path
    return texts.text("menu.and_english", path=translated, english=path)


def _name(part: str, texts: Texts) -> str:
    key = f"menu.{_NOT_A_WORD.sub('_', part.lower()).strip('_')}"
    return texts.text(key) if texts.has(key) else part
