"""The machine itself against us: spreadsheets, two windows, no home, no ssh (cases R02, Y07, Y08)."""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.notebook import Notebook
from core.settings import Settings, load_settings, save_settings

ROOT = Path(__file__).resolve().parents[2]


def test_r02_no_spreadsheet_is_written() -> None:
    """A cell that begins with "=" is a command there. Whoever adds such a file must guard each cell, and this test."""
    for folder in ("core", "gui"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "csv"
                assert not (named and node.attr in ("writer", "DictWriter")), path


def test_y07_two_windows_lose_nothing_of_each_other(tmp_path: Path) -> None:
    """Both keep settings and notebook at once: the last settings stand, every run is there."""
    faults: list[BaseException] = []

    def one(number: int) -> None:
        try:
            for turn in range(20):
                save_settings(Settings("ja", {"domain": f"{number}-{turn}.example"}), tmp_path / "settings.json")
                with Notebook(tmp_path / "notebook.sqlite3") as notebook:
                    notebook.runs()
        except BaseException as error:  # noqa: BLE001  told by the test's own thread
            faults.append(error)

    windows = [threading.Thread(target=one, args=(number,)) for number in range(3)]
    for window in windows:
        window.start()
    for window in windows:
        window.join(60)
    assert faults == []
    assert load_settings(tmp_path / "settings.json").answers["domain"].endswith("-19.example")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notebook.sqlite3", "settings.json"]


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Our command line with this environment only."""
    return subprocess.run(
        [sys.executable, "-m", "core", *words], cwd=ROOT, env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True, text=True, timeout=120, encoding="utf-8", errors="replace",
    )  # fmt: skip


@pytest.mark.parametrize("home", ['田中 太郎\'s "x" %h $(id)'])
def test_y08_a_home_of_any_name_works(tmp_path: Path, home: str) -> None:
    folder = tmp_path / home
    folder.mkdir()
    done = command("practice", "all-fine", "--lang", "ja", HOME=str(folder), PATH=os.environ["PATH"])
    assert "Traceback" not in done.stderr + done.stdout
    assert done.returncode in (0, 1, 3), done.stderr
    assert "メール" in done.stdout
    assert list(folder.rglob("notebook.sqlite3")) != []


def test_y08_without_a_home_and_a_language_it_works(tmp_path: Path) -> None:
    done = command("practice", "all-fine", "--lang", "en", PATH=os.environ["PATH"], XDG_DATA_HOME=str(tmp_path))
    assert "Traceback" not in done.stderr + done.stdout
    assert done.returncode in (0, 1, 3), done.stderr


def test_r04_what_is_written_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Reports name people and addresses; the machine may be shared, and its umask a generous one."""
    files = {option: tmp_path / f"report.{option}" for option in ("json", "pdf", "markdown")}
    before = os.umask(0)
    try:
        done = command(
            "practice", "all-fine", "--lang", "en", *(f"--{option}={path}" for option, path in files.items()),
            HOME=str(tmp_path / "home"), PATH=os.environ["PATH"],
        )  # fmt: skip
    finally:
        os.umask(before)
    assert done.returncode in (0, 1, 3), done.stderr
    assert [stat.S_IMODE(path.stat().st_mode) for path in files.values()] == [0o600] * 3


def test_y08_without_ssh_it_says_what_is_missing(tmp_path: Path) -> None:
    done = command(
        "check", "--ssh", "127.0.0.1:9", "--only", "mail_queue", "--lang", "en", "--resolver", "127.0.0.1:9",
        HOME=str(tmp_path), PATH=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 3
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    ssh_is_here = Path("/usr/bin/ssh").exists()  # found without PATH, as a window started from a menu has little of it
    assert ssh_is_here or "OpenSSH" in said
