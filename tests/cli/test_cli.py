"""The command line as scripts use it: a program of its own, its output, its exit status."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

QUEUE = """-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
4F1B2C3D4E      453 Sun Nov 22 08:00:01  tanaka@example.jp
(host mx.example.com[192.0.2.10] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))
                                         someone@example.com

-- 0 Kbytes in 1 Request.
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose user folders are the test's own."""
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    return {**keep, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "LANG": "C.UTF-8"}


def run(home: dict[str, str], *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "core", *words]
    return subprocess.run(command, env=home, input=stdin, capture_output=True, text=True, timeout=120, check=False)


def test_practice_names_the_three_causes_and_writes_the_pdf(home: dict[str, str], tmp_path: Path) -> None:
    pdf, saved = tmp_path / "out.pdf", tmp_path / "out.json"
    done = run(home, "practice", "--lang", "ja", "--pdf", str(pdf), f"--json={saved}")
    assert done.returncode == 2, done.stderr
    causes = [cause["code"] for cause in json.loads(saved.read_text(encoding="utf-8"))["causes"]]
    assert causes[0] == "open_relay" and {"address_listed", "server_unsupported"} <= set(causes)
    assert pdf.read_bytes().startswith(b"%PDF")
    assert "中継" in done.stdout


def test_a_saved_run_prints_again_in_the_other_language(home: dict[str, str], tmp_path: Path) -> None:
    saved = tmp_path / "run.json"
    made = run(home, "practice", "--lang", "ja", f"--json={saved}")
    assert made.returncode == 2, made.stderr
    again = run(home, "report", str(saved), "--lang", "en")
    assert again.returncode == 2, again.stderr
    assert "passes on mail for anyone" in again.stdout


def test_json_alone_writes_only_json_and_never_eats_the_next_file(home: dict[str, str], tmp_path: Path) -> None:
    listing = tmp_path / "mailq.txt"
    listing.write_text(QUEUE, encoding="utf-8")
    done = run(home, "read-queue", "--json", str(listing))
    result = json.loads(done.stdout)
    assert (result["mta"], result["total"], result["deferred"]) == ("postfix", 1, 1)
    assert listing.read_text(encoding="utf-8") == QUEUE


def test_the_readers_take_standard_input_and_several_files(home: dict[str, str], tmp_path: Path) -> None:
    assert json.loads(run(home, "read-queue", "--json", "-", stdin=QUEUE).stdout)["total"] == 1
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text(QUEUE, encoding="utf-8")
    second.write_text("nothing like a queue", encoding="utf-8")
    done = run(home, "read-queue", "--json", str(first), str(second), str(tmp_path / "missing"))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in lines] == [str(first), str(second), str(tmp_path / "missing")]
    assert "error" in lines[1] and "error" in lines[2] and lines[0]["total"] == 1
    assert done.returncode != 64


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "--only", "nonsense", "--domain", "example.jp"),
        ("check", "--symptom", "sad"),
        ("check", "--address", "not-an-address"),
        ("check", "--domain", "bad domain"),
        ("check", "--mail-host", "-oProxyCommand=x"),
        ("check", "--mail-host", "mx.example.jp:99999"),
        ("check", "--resolver", "nonsense", "--domain", "example.jp"),
        ("check", "--ssh", "-oProxyCommand=x"),
        ("read-queue", "/nonexistent"),
        ("read-queue", "/dev/zero"),
        ("read-queue", "/etc"),
        ("check", "--queue", "/etc"),
        ("report", "/etc/hostname"),
        ("nonsense",),
        (),
    ],
)
def test_wrong_usage_is_64_with_a_sentence_and_no_traceback(home: dict[str, str], words: tuple[str, ...]) -> None:
    done = run(home, *words)
    assert done.returncode == 64, done.stderr
    assert done.stdout == "" and done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Windows do not break so")
def test_a_reader_that_has_gone_is_no_fault_of_ours(home: dict[str, str]) -> None:
    """`mail-first-aid fix | head -1`"""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core", "fix"],
            env=home,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_file_that_is_no_listing_is_told_what_to_do_instead(home: dict[str, str], tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Our mail has stopped.\n", encoding="utf-8")
    done = run(home, "read-queue", "--lang", "en", str(letter))
    assert done.returncode == 64
    assert "list of waiting mail. It is none of" in done.stderr and "mailq" in done.stderr


def test_a_refused_file_commands_no_terminal(home: dict[str, str], tmp_path: Path) -> None:
    """What a complaint quotes may come from a stranger: no escape character, no reversed text."""
    run_file = tmp_path / "run.json"
    run_file.write_text(json.dumps({"schema": "\x1b[2J\u202egnp"}), encoding="utf-8")
    done = run(home, "report", str(run_file))
    assert done.returncode == 64 and "U+001B" in done.stderr
    assert "\x1b" not in done.stderr and "\u202e" not in done.stderr


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_ends_with_130(home: dict[str, str]) -> None:
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # takes every question, answers none
    silent.bind(("127.0.0.1", 0))
    resolver = f"127.0.0.1:{silent.getsockname()[1]}"
    command = [sys.executable, "-m", "core", "check", "--domain", "example.jp", "--resolver", resolver]
    process = subprocess.Popen(
        command, env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=_heed_ctrl_c,
    )  # fmt: skip
    silent.settimeout(60)
    silent.recv(512)  # it works by now, however slowly it started
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    silent.close()
    assert process.returncode == 130, errors
    assert "Traceback" not in errors


def test_a_file_longer_than_what_is_read_is_said_so_and_never_called_good(home: dict[str, str], tmp_path: Path) -> None:
    listing = tmp_path / "mailq.txt"
    listing.write_text(QUEUE, encoding="utf-8")
    whole = run(home, "read-queue", "--lang", "en", "--json", str(listing))
    with listing.open("a") as stream:
        stream.write(" " * 64 * 1024 * 1024)
    done = run(home, "read-queue", "--lang", "en", "--json", str(listing))
    assert "only a part" not in whole.stderr and "mailq.txt is long: only a part" in done.stderr
    codes = [[one["code"] for one in json.loads(each.stdout)["findings"]] for each in (whole, done)]
    assert "mail_queue.incomplete" not in codes[0] and "mail_queue.incomplete" in codes[1]
    bounced = run(home, "read-bounce", "--lang", "ja", "--json", str(listing))
    assert "一部だけを読みました" in bounced.stderr
