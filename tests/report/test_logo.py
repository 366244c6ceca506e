"""The company's logo: on each page when it is one, refused or told when it is none."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from pypdf import PdfReader

from core.errors import CheckError, UsageError
from core.model import Report
from core.report.logo import Logo, checked_logo, read_logo
from core.report.options import ReportOptions
from core.report.pdf_file import pdf_bytes
from core.texts import Texts

JA = Texts("ja")


def png(width: int, height: int, body: bytes | None = None) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x20\x60\xa0" * width for _ in range(height))) if body is None else body
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_company_logo_and_mark_stand_on_each_page(relay_report: Report) -> None:
    chosen = ReportOptions(company="株式会社みどり商事", logo=checked_logo(png(40, 20)), confidential=False)
    content = pdf_bytes(relay_report, "ja", None, chosen)
    pages = PdfReader(io.BytesIO(content)).pages
    words = [page.extract_text() for page in pages]
    assert all("株式会社みどり商事" in text and "社外秘" not in text for text in words)
    assert pages[1].images


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>', "logo.unknown_kind"),
        (b"", "logo.unknown_kind"),
        (b"GIF89a" + b"\0" * 40, "logo.unknown_kind"),
        (png(30_000, 30_000, b""), "logo.too_large"),
        (png(1, 1) + b"\0" * 150_000, "logo.too_large"),
        (b"\xff\xd8\xff\xe0\x00\x02\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + b"\0" * 20, "logo.too_large"),
        (b"\xff\xd8\xff" + b"\xff" * 50, "logo.unknown_kind"),
    ],
)
def test_a_hostile_logo_is_refused_before_the_engine_sees_it(data: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(data)
    with pytest.raises(UsageError) as refused:
        read_logo(path)
    assert refused.value.code == code
    assert JA.text(f"problem.{code}.title", refused.value.values)


def test_a_damaged_logo_is_told_as_one(relay_report: Report) -> None:
    damaged = Logo(png(10, 10, b"no pixels"), "png")
    with pytest.raises(CheckError) as told:
        pdf_bytes(relay_report, "ja", None, ReportOptions(logo=damaged))
    assert told.value.code == "report.bad_logo"
