"""Files a stranger may have made, by the numbers of the hostile world: a result or a refusal, nothing followed."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.checks.bounce import CHECK, read_bounce
from core.clients.files import read_file
from core.clients.log_file import log_text
from core.errors import UsageError
from tests.patience import HANG

HEAD = b"From: MAILER-DAEMON@x.jp\nTo: a@b.jp\nSubject: failure notice\n"
REFUSAL = b"\n<x@y.jp>: 550 5.1.1 User unknown\n"


def refused(path: Path | str) -> str:
    """The code with which both doors to files refuse it."""
    codes = set()
    for door in (read_file, log_text):
        with pytest.raises(UsageError) as caught:
            door(str(path))
        codes.add(caught.value.code)
    (code,) = codes
    return code


def test_f01_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.eml"
    os.mkfifo(pipe)
    # One that waited for the pipe's other end, or read the device, would never come back.
    assert [refused(path) for path in (pipe, "/dev/zero", tmp_path)] == ["file.not_regular"] * 2 + ["file.folder"]
    assert refused(tmp_path / "gone.eml") == "file.unreadable"


def test_f01_a_name_that_no_system_knows_is_unreadable() -> None:
    assert refused("a\0b.eml") == "file.unreadable"


def test_f01_a_file_that_breaks_while_it_is_read_is_unreadable() -> None:
    assert refused("/proc/self/mem") == "file.unreadable"  # opens, and then has nothing at its beginning


def test_f01_a_link_to_a_device_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "bounce.eml"
    link.symlink_to("/dev/zero")
    assert refused(link) == "file.not_regular"


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"\x89PNG\r\n\x1a\n", "file.picture"),
        (b"\xff\xd8\xff\xe0", "file.picture"),
        (b"RIFF\0\0\0\0WEBP", "file.picture"),
        (b"%PDF-1.7\n", "file.document"),
        (b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0[Content_Types].xml", "file.document"),
    ],
)
def test_f01_a_picture_or_a_document_is_no_mail_without_a_refusal(head: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "画面 写し.eml"
    path.write_bytes(head + REFUSAL)
    with pytest.raises(UsageError) as caught:
        read_file(str(path))
    assert caught.value.code == code


def test_f01_a_zip_of_logs_is_no_document(tmp_path: Path) -> None:
    path = tmp_path / "maillog.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("var/log/maillog", REFUSAL)
    content = read_file(str(path))
    assert (content.name, content.data, content.packed) == ("maillog.zip", REFUSAL, True)
    path.write_bytes(path.read_bytes()[:-30])  # its list of contents is gone
    with pytest.raises(UsageError, match="broken_zip"):
        read_file(str(path))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_f01_a_packed_mail_is_unpacked_to_the_limit(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "returned.eml.gz"
    path.write_bytes(pack(REFUSAL))
    assert read_file(str(path)).data == REFUSAL
    path.write_bytes(pack(b"x" * 5_000_000))  # a bomb: a few kilobytes
    content = read_file(str(path), limit=100_000)
    assert (len(content.data), content.cut) == (100_000, True)
    path.write_bytes(pack(REFUSAL * 50)[:-12])  # broken off: what there is
    assert read_file(str(path)).packed


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"7z\xbc\xaf\x27\x1c", "file.packed"),
        (b"Rar!\x1a\x07\x01\0", "file.packed"),
        (b"\x4c\0\0\0\x01\x14\x02\0", "file.shortcut"),
        (b"[InternetShortcut]\r\nURL=https://example.jp/\r\n", "file.shortcut"),
        (b"BM\x36\0\x10\0\0\0\0\0", "file.picture"),
        (b"\0\0\0\x1cftypavif", "file.picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "file.document"),
    ],
)
def test_f01_what_offices_drop_by_mistake_is_called_what_it_is(head: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "お知らせ"
    path.write_bytes(head + bytes(64) + REFUSAL)
    with pytest.raises(UsageError) as caught:
        read_file(str(path))
    assert caught.value.code == code


def test_f01_an_outlook_item_is_read_wherever_it_is_handed_over(tmp_path: Path) -> None:
    """Its text had been understood on the command line alone; the window read the wrapping."""
    path = tmp_path / "戻り.msg"
    words = REFUSAL.decode().encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"\1" * 64 + words + b"\1" * 64)
    assert REFUSAL.decode().strip() in read_file(str(path)).text()


def test_f01_a_file_of_ten_gigabytes_is_read_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "huge.eml"
    with path.open("wb") as stream:
        stream.truncate(10 * 1024**3)
    content = read_file(str(path), 1_000_000)
    assert (len(content.data), content.cut) == (1_000_000, True)


def test_f01_a_file_that_grows_and_goes_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "growing.log"
    path.write_bytes(b"line\n" * 1000)
    stop, begun = threading.Event(), threading.Event()

    def grow() -> None:
        with path.open("ab") as stream:
            begun.set()
            while not stop.wait(0.01):
                stream.write(b"line\n" * 1000)

    writer = threading.Thread(target=grow)
    writer.start()
    assert begun.wait(HANG)
    try:
        text, _, _ = log_text(str(path), 100_000)
        path.unlink()
    finally:
        stop.set()
        writer.join()
    assert len(text) < 300_000  # its end, though it has none
    assert refused(path) == "file.unreadable"


def read(data: bytes) -> float:
    """Seconds it took to read and judge."""
    began = time.process_time()
    assert CHECK.judge(read_bounce(data))
    return time.process_time() - began


@pytest.mark.parametrize("depth", [500, 2000, 20_000])
def test_f02_nesting_without_end(depth: int) -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    assert read(HEAD + nested + REFUSAL) < 2


@pytest.mark.parametrize("filler", [b"X-A: b\n" * 200_000, b"Cc: " + b"a@b.example, " * 20_000 + b"\n"])
def test_f03_headers_without_end(filler: bytes) -> None:
    assert read(HEAD + filler + REFUSAL) < 2


@pytest.mark.parametrize(
    "header",
    [
        b"Message-ID: <<<[\n", b"Message-ID: [\n", b"Date: \xff\xff\n", b"Date: Mon, 99 Foo 99999 99:99\n",
        b"To: =?\n", b"From: @@@<<\n", b"Reply-To: \"\n", b"Content-Type: ;;;=\n", b"Sender: group:;;\n",
    ],
)  # fmt: skip
def test_f04_headers_that_are_none(header: bytes) -> None:
    facts = read_bounce(HEAD + header + REFUSAL)
    assert [entry.reason for entry in facts.recipients] == ["user_unknown"]


def test_f05_a_wild_subject_is_shown_as_codes() -> None:
    wild = b"=?utf-8?q?a=00=1B[31m=E2=80=AE?= \x1b]52;c;x\x07"
    findings = CHECK.judge(read_bounce(HEAD.replace(b"failure notice", b"failure notice " + wild) + REFUSAL))
    shown = [str(value) for one in findings for value in one.values.values()]
    shown += [cell for one in findings if one.table for row in one.table.rows for cell in row]
    assert not any(character in text for text in shown for character in "\x00\x07\x1b\u202e")


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"Content-Type: text/plain; charset=x-nobody-knows\n" + REFUSAL,
        HEAD + b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!not base64!!!\n",
        HEAD + b"Content-Type: text/plain; charset=utf-7\n\n+ADw-x@y.jp+AD4-: 550 5.1.1 User unknown",
        b"\xef\xbb\xbf" + HEAD + REFUSAL.rstrip(b"\n"),
        b"From MAILER-DAEMON Mon Jan 12 08:40:12 2004\n" + HEAD + REFUSAL,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4096,
    ],
)
def test_f06_other_encodings_and_kinds_of_file_end_in_a_finding(data: bytes) -> None:
    assert read(data) < 1


@pytest.mark.parametrize("name", ["..\\..\\evil", "CON", "x" * 250, "a\u202egpj.exe", "$(id)", "a;b|c", "=cmd"])
def test_f07_a_files_name_is_for_people_only(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(HEAD + REFUSAL)
    content = read_file(str(tmp_path / name))
    assert content.name == name
    assert [path.name for path in tmp_path.iterdir()] == [name]  # nothing was written beside it
