"""Plain and compressed logs of any size, bombs, broken and hostile files."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from core.clients.log_file import LogFile, log_text
from core.errors import UsageError

LINES = [f"Nov 22 00:54:{n % 60:02} mail postfix/smtpd[1]: connect from x[192.0.2.{n % 250}]" for n in range(30_000)]
DATA = ("\n".join(LINES) + "\n").encode()


def _zip(path: Path, data: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log/mail.log", data)


WRITERS = {
    "mail.log": Path.write_bytes,
    "mail.log.gz": lambda path, data: path.write_bytes(gzip.compress(data)),
    "mail.log.bz2": lambda path, data: path.write_bytes(bz2.compress(data)),
    "mail.log.xz": lambda path, data: path.write_bytes(lzma.compress(data)),
    "mail.zip": _zip,
    "no-ending": lambda path, data: path.write_bytes(gzip.compress(data)),
}


def _read(log: LogFile) -> list[str]:
    return [line for lines in log.chunks() for line in lines]


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_lines_come_out_of_every_form(tmp_path, name):
    WRITERS[name](tmp_path / name, DATA)
    log = LogFile(str(tmp_path / name))
    assert _read(log) == LINES
    assert not log.cut and not log.damaged
    assert log_text(str(tmp_path / name))[0] == "\n".join(LINES)


@pytest.mark.parametrize("name", ["mail.log.gz", "mail.log.bz2", "mail.log.xz", "mail.zip"])
def test_f01_a_bomb_is_cut_at_the_limit(tmp_path, name):
    WRITERS[name](tmp_path / name, b"A" * 50_000_000)
    log = LogFile(str(tmp_path / name), most_bytes=3_000_000)
    lines = _read(log)
    assert log.cut
    assert sum(map(len, lines)) < 1_000_000  # one line without an end is never kept whole


@pytest.mark.parametrize("name", ["mail.log.gz", "mail.log.bz2", "mail.log.xz"])
def test_a_file_that_breaks_off_gives_what_can_be_read_and_says_so(tmp_path, name):
    WRITERS[name](tmp_path / name, DATA)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 2 // 3])
    log = LogFile(str(tmp_path / name))
    lines = _read(log)
    assert log.damaged
    assert lines[:-1] == LINES[: len(lines) - 1]


def test_the_end_of_a_long_log_is_kept_as_text(tmp_path):
    (tmp_path / "mail.log").write_bytes(DATA * 3)
    text, cut, _ = log_text(str(tmp_path / "mail.log"), most=2_500_000)
    assert cut and len(text) <= 2_500_000
    assert text.endswith(LINES[-1])


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"\x28\xb5\x2f\xfd" + b"x" * 50, "log_file.zstandard"), (b"PK\x03\x04" + b"x" * 50, "log_file.broken_zip")],
)
def test_what_cannot_be_read_is_named(tmp_path, data, code):
    (tmp_path / "f").write_bytes(data)
    with pytest.raises(UsageError) as caught:
        _read(LogFile(str(tmp_path / "f")))
    assert caught.value.code == code


def test_f01_folders_devices_and_missing_files_are_refused(tmp_path):
    for path, code in ((tmp_path, "file.folder"), (Path("/dev/zero"), "file.not_regular"),
                       (tmp_path / "none", "file.unreadable")):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            _read(LogFile(str(path)))
        assert caught.value.code == code


_HOSTILE = ["Nov 22 山田 x", "", "a\0b", "\0" * 9, "é" * 40, "x\ry", "\N{INBOX TRAY}" * 5, "\u2028", "", "end"]


@pytest.mark.parametrize("size", [7, 8, 9, 16, 33, 64, 1000])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_where_a_block_is_cut_breaks_no_line_and_no_letter(tmp_path, monkeypatch, size, end, ended, encoding):
    monkeypatch.setattr("core.clients.log_file._CHUNK", size)
    (tmp_path / "log").write_bytes((end.join(_HOSTILE) + (end if ended else "")).encode(encoding))
    assert _read(LogFile(str(tmp_path / "log"))) == _HOSTILE


@pytest.mark.parametrize("size", [7, 9, 64])
def test_bytes_that_are_no_text_are_shown_as_bytes_wherever_a_block_is_cut(tmp_path, monkeypatch, size):
    monkeypatch.setattr("core.clients.log_file._CHUNK", size)
    (tmp_path / "log").write_bytes(b"Nov \xe3\x81 x\n" * 5 + b"\xff\xff\xff\n\x80")
    assert _read(LogFile(str(tmp_path / "log"))) == ["Nov \\xe3\\x81 x"] * 5 + ["\\xff" * 3, "\\x80"]


def test_a_line_of_64_megabytes_is_cut_short_and_its_neighbours_are_whole(tmp_path):
    with (tmp_path / "log").open("wb") as out:
        out.write(LINES[0].encode() + b"\n")
        for _ in range(64):
            out.write("日".encode() * (1_000_000 // 3))
        out.write(b"\n" + LINES[1].encode())
    tracemalloc.start()
    try:
        lines = _read(LogFile(str(tmp_path / "log")))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (lines[0], lines[2:]) == (LINES[0], [LINES[1]])
    assert set(lines[1]) == {"日"} and len(lines[1]) < 200_000
    assert peak < 5_000_000


def test_utf_16_of_windows_is_read(tmp_path):
    (tmp_path / "log.txt").write_bytes("Nov 22 日本\nNov 23 x\n".encode("utf-16"))
    assert _read(LogFile(str(tmp_path / "log.txt"))) == ["Nov 22 日本", "Nov 23 x"]
