"""A file or paste of an office in Japan is read in whatever encoding its program wrote, and nothing makes it raise."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clients.files import decoded, read_file

NOTICE = (
    "From: MAILER-DAEMON@example.co.jp\r\nSubject: 配信できませんでした\r\n\r\n"
    "取引先あてのメールをお届けできませんでした。550 5.7.1 メールボックスがいっぱいです。\r\n"
)
SHORT = "受信拒否"
ENCODINGS = ("utf-8", "utf-8-sig", "iso2022_jp", "cp932", "euc_jp", "utf-16")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", [NOTICE, SHORT, "宛先不明のため返送", "550 ユーザーが存在しません", "①㈱髙島"])
def test_each_encoding_is_read(encoding: str, text: str) -> None:
    if text == "①㈱髙島" and encoding in ("iso2022_jp", "euc_jp"):
        pytest.skip("these encodings have no such characters")
    assert decoded(text.encode(encoding)) == text


def test_big_endian_utf_16_is_read() -> None:
    assert decoded(codecs.BOM_UTF16_BE + SHORT.encode("utf-16-be")) == SHORT


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read(order: str) -> None:
    assert decoded(NOTICE.encode(order)) == NOTICE


def test_half_width_kana_in_mail_is_read() -> None:
    assert decoded("ﾒｰﾙ".encode("iso2022_jp_ext")) == "ﾒｰﾙ"


def test_a_folder_with_a_japanese_name_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "OneDrive - 株式会社みどり商事" / "中村 花子" / "断り書き（写し）.eml"
    path.parent.mkdir(parents=True)
    path.write_bytes(NOTICE.encode("euc_jp"))
    content = read_file(str(path))
    assert (content.name, content.text()) == ("断り書き（写し）.eml", NOTICE)


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    assert isinstance(decoded(data), str)


def test_a_byte_that_is_nothing_is_escaped_and_hides_no_neighbour() -> None:
    assert "\\xff" in decoded(b"caf\xc3\xa9 \xff 550 refused")
    assert "550 refused" in decoded(b"caf\xc3\xa9 \xff 550 refused")
