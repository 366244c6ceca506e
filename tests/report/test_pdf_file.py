"""The PDF a director reads and a hosting company searches: real files, read back with pypdf."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core.model import PRACTICE_DOMAIN, Evidence, Finding, Report, Severity
from core.report.file_name import pdf_name
from core.report.fonts import font_files, printable
from core.report.options import ReportOptions
from core.report.pdf_file import _for_template, pdf_bytes, write_pdf
from core.texts import LANGUAGES, Language, Texts

ORDINARY_BYTES = 500_000


def opened(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def words_of(content: bytes) -> str:
    """The text layer without line breaks and break marks, as a search would see it."""
    text = "".join(page.extract_text() for page in opened(content).pages)
    assert "\u200b" not in text  # who copies a host name out of the file gets the host name
    return text.replace("\n", "")


def structure(reader: PdfReader) -> Iterator[str]:
    """The kinds of all structure elements (H1, H2, Table, Figure ...)."""
    pending: list[Any] = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while pending:
        node = pending.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, dict):
            if "/S" in node:
                yield str(node["/S"])
            pending.append(node.get("/K", []))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_found_by_a_search(relay_report: Report, language: Language) -> None:
    texts = Texts(language)
    words = words_of(pdf_bytes(relay_report, language))
    for expected in (
        texts.text("cause.open_relay.title"),
        texts.text("report.title"),
        texts.text("report.way.stop.refused"),
        "2,321",
        "mail.midori.example.jp",
        "RCPT TO:<a***@example.net>",
        "postqueue -j",
        "open_relay.accepted",
    ):
        assert expected.replace(" ", "") in words.replace(" ", ""), expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_practice_report_says_so(relay_report: Report, language: Language) -> None:
    """A loose page had read like one about the company's own mail."""
    mark = Texts(language).text("report.practice").replace(" ", "")
    practised = replace(relay_report, target=replace(relay_report.target, domain=PRACTICE_DOMAIN))
    for report, marked in ((practised, True), (relay_report, False)):
        pages = [page.extract_text().replace(" ", "") for page in opened(pdf_bytes(report, language)).pages]
        assert len(pages) > 2 and all((mark in page) is marked for page in pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_tagged_titled_and_in_its_language(relay_report: Report, language: Language) -> None:
    reader = opened(pdf_bytes(relay_report, language))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or bool(root["/MarkInfo"]["/Marked"])
    assert str(root["/Lang"]).startswith(language)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == f"{Texts(language).text('report.title')} — midori.example.jp"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    kinds = set(structure(reader))
    assert {"/H1", "/H2", "/Table", "/Figure", "/L"} <= kinds


def test_every_font_is_embedded_and_only_ours(relay_report: Report) -> None:
    fonts = {}
    for page in opened(pdf_bytes(relay_report, "ja")).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"]
            fonts[str(descriptor["/FontName"]).partition("+")[2]] = (
                "/FontFile3" in descriptor or "/FontFile2" in descriptor
            )
    assert all(fonts.values())
    families = {name.partition("-")[0] for name in fonts}
    assert families == {"NotoSansCJKjp", "DejaVuSansMono"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ordinary_report_is_small_and_short(relay_report: Report, language: Language) -> None:
    content = pdf_bytes(relay_report, language, None, ReportOptions(paper="a4"))
    reader = opened(content)
    assert len(content) < ORDINARY_BYTES
    assert 2 <= len(reader.pages) <= 4
    assert round(float(reader.pages[0].mediabox.width)) == 595
    first = reader.pages[0].extract_text()
    assert Texts(language).text("report.confidential") in first
    assert Texts(language).text("app.name") in first
    assert f"1 / {len(reader.pages)}" in first


@pytest.mark.parametrize("fixture", ["nothing_found", "could_not_look"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_without_findings_is_a_report_too(
    request: pytest.FixtureRequest, fixture: str, language: Language
) -> None:
    report: Report = request.getfixturevalue(fixture)
    key = f"report.verdict.{fixture}.title"
    title = Texts(language).text(key, {"count": 1 if fixture == "nothing_found" else 2, "unseen": 0})
    assert title.replace(" ", "") in words_of(pdf_bytes(report, language)).replace(" ", "")


def test_the_same_report_gives_the_same_bytes(relay_report: Report) -> None:
    assert pdf_bytes(relay_report, "ja") == pdf_bytes(relay_report, "ja")


HOSTILE = [
    '#eval("1+1") #read("/etc/passwd") #import "@preview/x:0.1.0" #image("/etc/hostname")',
    "= Heading\n* bold * _it_ `raw` $x^2$ <label> @ref // comment /* */ \\ #[ ] { }",
    '<script>alert(1)</script><a href="https://evil.example">x</a> https://evil.example/',
    '"}]}\\u0000\\ud800',
]


@pytest.mark.parametrize("received", HOSTILE)
def test_r01_markup_prints_as_text(with_answer: Callable[[str], Report], received: str) -> None:
    content = pdf_bytes(with_answer(received), "ja")
    words = words_of(content).replace(" ", "")
    shown = received.replace(" ", "").split("\n")
    assert all(line in words for line in shown)
    reader = opened(content)
    root: Any = reader.trailer["/Root"]
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(root) - {"/Names"}
    assert "/JavaScript" not in str(root.get("/Names", ""))
    assert not [page for page in reader.pages if page.get("/Annots")]


def test_r03_hidden_and_undrawable_characters_are_written_as_codes(with_answer: Callable[[str], Report]) -> None:
    words = words_of(pdf_bytes(with_answer("a\u202eb\udc80c\ue000d\x00e\u0e01f𠮷髙﨑⟨g\ufffd"), "en"))
    assert "a〈U+202E〉b〈U+DC80〉c〈U+E000〉d〈U+0000〉e〈U+0E01〉f𠮷髙﨑" in words
    assert "〈U+FFFD〉" in words


def test_r03_a_text_without_blanks_stays_on_the_page(with_answer: Callable[[str], Report]) -> None:
    content = pdf_bytes(with_answer("x" * 10_000), "en")
    for page in opened(content).pages:
        assert all(line.count("x") <= 130 for line in page.extract_text().splitlines())
    assert len(content) < ORDINARY_BYTES


def test_r03_a_huge_run_is_cut_and_says_so(relay_report: Report) -> None:
    """Thirty findings with lines of 10,000 characters each."""
    line = "zen.example.org 127.0.0.2 " * 400
    finding = Finding("mail_queue.long", Severity.CRITICAL, {"count": 2321}, (Evidence(line, line * 20),) * 3)
    result = replace(relay_report.results[0], findings=(finding,) * 30)
    report = replace(relay_report, results=(result,), contacted=("203.0.113.25:25 (SMTP)",) * 5000)
    content = pdf_bytes(report, "ja")
    assert len(content) < ORDINARY_BYTES
    words = words_of(content)
    assert "文字をここでは省きました" in words
    assert "4,850行をここでは省きました" in words


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(), max_size=200))
def test_whatever_is_received_gives_a_report(with_answer: Callable[[str], Report], received: str) -> None:
    assert pdf_bytes(with_answer(received), "ja").startswith(b"%PDF-")


@given(st.text(alphabet=st.characters()))
def test_printable_leaves_only_what_the_fonts_draw(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown


def test_the_whole_of_cp932_can_be_drawn() -> None:
    """What a Japanese mail may hold: every character of Windows code page 932 in two bytes, but its private ones."""
    characters = set()
    for first in [*range(0x81, 0xA0), *range(0xE0, 0xFD)]:
        for second in range(0x40, 0xFD):
            try:
                characters.add(bytes([first, second]).decode("cp932"))
            except UnicodeDecodeError:
                continue
    drawn = {character for character in characters if not "\ue000" <= character <= "\uf8ff"}
    assert len(drawn) > 7000
    assert [character for character in drawn if printable(character) != character] == []


def test_both_weights_are_there() -> None:
    assert [path.name for path in font_files()] == ["NotoSansCJKjp-Regular.otf", "NotoSansCJKjp-Bold.otf"]


def test_a_failed_write_leaves_the_older_file(relay_report: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    write_pdf(relay_report, "en", path)
    assert path.read_bytes() == pdf_bytes(relay_report, "en")
    with pytest.raises(OSError):
        write_pdf(relay_report, "en", tmp_path / "nowhere" / "report.pdf")
    folder = tmp_path / "folder.pdf"
    folder.mkdir()
    (folder / "inside").touch()
    with pytest.raises(OSError):
        write_pdf(relay_report, "en", folder)
    assert sorted(child.name for child in tmp_path.iterdir()) == ["folder.pdf", "report.pdf"]


def test_the_file_name_says_what_for_whom_and_when(relay_report: Report) -> None:
    stamp = relay_report.started_at.astimezone().strftime("%Y%m%d-%H%M")
    assert pdf_name(relay_report, "en") == f"mail-report_midori.example.jp_{stamp}.pdf"
    odd = replace(relay_report, target=replace(relay_report.target, domain="../../etc/\u202epasswd"))
    assert pdf_name(odd, "en") == f"mail-report_etc-passwd_{stamp}.pdf"


def test_a_long_name_may_end_its_line_between_its_parts() -> None:
    long = _for_template(["mail.midori-shoji.example", "x" * 60, "short.example"])
    assert long == ["mail.midori-shoji.\u200bexample", f"{'x' * 24}\u200b{'x' * 24}\u200b{'x' * 12}", "short.example"]
    assert _for_template(f".{'x' * 40}").replace("\u200b", "") == f".{'x' * 40}"
