"""Makes the report's fonts small: all of JIS X 0213 (the names of Japan's people and places) and of Windows code page
932, Latin, Greek and Cyrillic writing. The bold one has of the kanji those of level 1 only; the engine draws others
that stand in a heading from the regular one.

The whole fonts hold 44,810 characters and 33 MB. What a mail server can say beyond the ones kept is written as its
code (〈U+0E01〉), as the app does with every character its fonts lack; `drawable.txt` tells it which those are.
Unchanged fonts are not made again: the folder remembers what it was made from.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

PACKAGES = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
# First and last code points: Latin, Greek, Cyrillic; punctuation, arrows, marks; Japanese; full and half width.
_BLOCKS = ((0x20, 0x24F), (0x370, 0x52F), (0x2000, 0x27BF), (0x3000, 0x30FF), (0x3190, 0x33FF), (0xFF00, 0xFFEF))
_CODECS = ("cp932", "euc_jis_2004")
_FEATURES = ("ccmp", "kern", "liga", "locl", "vert")


def wanted_characters() -> frozenset[int]:
    """The code points to keep, as far as the fonts have them."""
    found = {code for first, last in _BLOCKS for code in range(first, last + 1)}
    for code in range(0x80, 0x30000):  # JIS X 0213 reaches into plane 2
        if not 0xD800 <= code < 0xE000 and any(_encodes(chr(code), codec) for codec in _CODECS):
            found.add(code)
    return frozenset(found)


def wanted_in_bold() -> frozenset[int]:
    """Without the kanji beyond level 1 of JIS X 0208 (rows 16 to 47), which headings hardly ever have."""
    return frozenset(code for code in wanted_characters() if not _is_kanji(code) or _in_level_1(chr(code)))


def _is_kanji(code: int) -> bool:
    return 0x3400 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or code >= 0x20000


def _in_level_1(character: str) -> bool:
    written = character.encode("euc_jp", "replace")
    return len(written) == 2 and 0xA0 + 16 <= written[0] <= 0xA0 + 47


def make_fonts(folder: Path) -> list[Path]:
    """The two small fonts, `drawable.txt` and the licence in `folder`; returns the files."""
    sources = [_source(package) for package in PACKAGES]
    made = [folder / source.name for source in sources]
    known, listing = folder / "made-from", folder / "drawable.txt"
    # The licence is copied from where the packages carry it, else written by us beside the fonts (resources/report).
    mark = hashlib.sha256(b"".join([Path(__file__).read_bytes(), *(path.read_bytes() for path in sources)])).hexdigest()
    if not (known.is_file() and known.read_text() == mark and listing.is_file() and all(map(Path.is_file, made))):
        folder.mkdir(parents=True, exist_ok=True)
        regular, _ = map(_shrink, sources, made, (wanted_characters(), wanted_in_bold()))
        listing.write_text(_as_ranges(regular), encoding="ascii")
        known.write_text(mark)
    return [*made, listing]


def _shrink(source: Path, target: Path, wanted: frozenset[int]) -> frozenset[int]:
    # Without shared subroutines the files are larger here and smaller in what people fetch.
    options = subset.Options(
        layout_features=list(_FEATURES), hinting=False, name_IDs=["*"], notdef_outline=True, recalc_timestamp=False,
        desubroutinize=True,
    )  # fmt: skip
    with TTFont(source, recalcTimestamp=False) as font:
        worker = subset.Subsetter(options)
        worker.populate(unicodes=wanted)
        worker.subset(font)
        font.save(target)
        return frozenset(font.getBestCmap())


def _as_ranges(codes: frozenset[int]) -> str:
    """One range a line, hexadecimal: "3041-3096"."""
    lines: list[list[int]] = []
    for code in sorted(codes):
        if lines and lines[-1][1] == code - 1:
            lines[-1][1] = code
        else:
            lines.append([code, code])
    return "".join(f"{first:04X}-{last:04X}\n" for first, last in lines)


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _source(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"the package {package} is not installed")
    return next(Path(spec.origin).parent.glob("*.otf"))


if __name__ == "__main__":
    for path in make_fonts(Path(sys.argv[1])):
        print(f"{path}  {path.stat().st_size:,} bytes")
