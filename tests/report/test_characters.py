"""Names of Japan's people and places must come out: the whole of JIS X 0213, and what lies beyond it as codes."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from pypdf import PdfReader

from core.model import Report
from core.report.fonts import printable
from core.report.pdf_file import pdf_bytes

# White parentheses of mathematics: neither font has them.
LACKING = frozenset("⦅⦆")
ROOT = Path(__file__).resolve().parents[2]


def jis_x_0213() -> set[str]:
    """Every character of both planes; 25 are two code points (か゚)."""
    found = set()
    for lead in [*range(0x81, 0xA0), *range(0xE0, 0xFD)]:
        for trail in range(0x40, 0xFD):
            try:
                found.add(bytes([lead, trail]).decode("shift_jis_2004"))
            except UnicodeDecodeError:
                continue
    return found


def test_all_of_jis_x_0213_is_drawn_or_written_as_its_code() -> None:
    characters = jis_x_0213()
    assert len(characters) == 11_233
    assert {one for one in characters if printable(one) != one} == LACKING
    assert printable("⦅") == "〈U+2985〉"


def test_the_engine_draws_every_one_of_them(relay_report: Report) -> None:
    """A single character without a glyph would fail the whole file (PDF/UA-1): so nothing is a box or missing."""
    characters = sorted(jis_x_0213())
    commands = tuple(" ".join(characters[at : at + 90]) for at in range(0, len(characters), 90))
    assert pdf_bytes(replace(relay_report, commands=commands), "ja").startswith(b"%PDF")
    sample = "髙﨑𠮷䯂鷗łŋʃ⅓か゚"
    content = pdf_bytes(replace(relay_report, commands=(sample,)), "ja")
    assert sample in "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_pictures_are_written_as_their_codes() -> None:
    assert printable("😀") == "〈U+1F600〉"
    assert printable("👨‍👩‍👧") == "〈U+1F468〉〈U+200D〉〈U+1F469〉〈U+200D〉〈U+1F467〉"
    assert printable("🇯🇵x") == "〈U+1F1EF〉〈U+1F1F5〉x"


def test_the_small_fonts_of_the_program_keep_what_the_whole_ones_have() -> None:
    """The build's list of characters to keep holds JIS X 0213 and code page 932."""
    namespace: dict[str, object] = {"__name__": "report_fonts", "__file__": str(ROOT / "packaging/report_fonts.py")}
    source = (ROOT / "packaging/report_fonts.py").read_text(encoding="utf-8")
    exec(compile(source, "report_fonts.py", "exec"), namespace)
    wanted = namespace["wanted_characters"]()  # type: ignore[operator]
    assert {ord(point) for one in jis_x_0213() for point in one} <= wanted
