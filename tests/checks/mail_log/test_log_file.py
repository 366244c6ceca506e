"""Plain and compressed logs of any size, bombs, broken and hostile files."""

from __future__ import annotations

import bz2
import gzip
import lzma
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
    for path, code in ((tmp_path, "file.not_regular"), (Path("/dev/zero"), "file.not_regular"),
                       (tmp_path / "none", "file.unreadable")):  # fmt: skip
        with pytest.raises(UsageError) as caught:
            _read(LogFile(str(path)))
        assert caught.value.code == code


def test_utf_16_of_windows_is_read(tmp_path):
    (tmp_path / "log.txt").write_bytes("Nov 22 日本\nNov 23 x\n".encode("utf-16"))
    assert _read(LogFile(str(tmp_path / "log.txt"))) == ["Nov 22 日本", "Nov 23 x"]
