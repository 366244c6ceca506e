"""The report's fonts: Noto Sans CJK JP, regular and bold (SIL Open Font License 1.1).

They come whole from PyPI (noto-cjk-sans-jp-regular, -bold); the PDF embeds only the glyphs it uses. A build puts
smaller files with the same family name into `resources/report/fonts`; these then go first, and `drawable.txt` beside
them says which characters they draw, so that the built program needs no reader of fonts.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from core.clean import clean, code_of
from core.errors import CheckError
from core.resources import resources_dir

_PACKAGES = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")


@cache
def font_files() -> tuple[Path, ...]:
    """The font files, regular before bold. Raises `CheckError` "report.no_fonts" when the program is not whole."""
    built = sorted((resources_dir() / "report" / "fonts").glob("*.[ot]tf"), key=lambda path: "Bold" in path.name)
    found = built or [path for package in _PACKAGES for path in _package_folder(package).glob("*.otf")]
    if len(found) < len(_PACKAGES):
        raise CheckError("report.no_fonts")
    return tuple(found)


@cache
def _drawable() -> frozenset[int]:
    """The code points that can be drawn: by every one of the fonts, or by the engine's own DejaVu Sans Mono, as far as
    JIS X 0213 needs that one (accents and phonetic signs that Noto leaves to other fonts)."""
    return _by_fonts() | _listed(resources_dir() / "report" / "second-font.txt")


def _by_fonts() -> frozenset[int]:
    """What the fonts draw (44,810 code points in the whole ones; 0.15 s a font, once)."""
    listing = resources_dir() / "report" / "fonts" / "drawable.txt"
    if listing.is_file():
        return _listed(listing)
    from fontTools.ttLib import TTFont  # 0.1 s, and only a PDF needs it

    sets = []
    for path in font_files():
        with TTFont(path, lazy=True) as font:
            sets.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*sets)


def _listed(path: Path) -> frozenset[int]:
    ends = [line.split("-") for line in path.read_text(encoding="ascii").split()]
    return frozenset(code for first, last in ends for code in range(int(first, 16), int(last, 16) + 1))


def printable(text: str) -> str:
    """`text` with every character the fonts lack written as its code, 〈U+0E01〉: never a box, never dropped."""
    drawable = _drawable()
    if all(ord(character) in drawable for character in text):
        return text
    shown = (
        character if character == "\n" or ord(character) in drawable else code_of(character)
        for character in clean(text, 10 * len(text) + 10, keep="\n")
    )
    return "".join(shown).replace("⟨U+27E8⟩", "〈").replace("⟨U+27E9⟩", "〉").replace("⟨", "〈").replace("⟩", "〉")


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise CheckError("report.no_fonts")
    return Path(spec.origin).parent
