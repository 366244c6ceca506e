"""A run is there whole or not at all, whatever happens to the program, the disk or the file."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import CheckError
from core.model import Pasted, Report
from core.notebook import Notebook

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "notebook.sqlite3"


@pytest.fixture
def notebook(path: Path) -> Iterator[Notebook]:
    with Notebook(path) as opened:
        yield opened


def test_a_run_comes_back_as_it_was(notebook: Notebook, path: Path, report: Report) -> None:
    run_id = notebook.save_run(report)
    notebook.close()
    with Notebook(path) as again:
        # The pasted listing itself is not kept, only its name.
        told = replace(report.target, queue=Pasted("mailq.txt", ""))
        assert again.load(run_id) == replace(report, target=told)
        assert again.kept_aside is None


def test_the_newest_run_stands_first(notebook: Notebook, report: Report) -> None:
    first = notebook.save_run(report)
    second = notebook.save_run(replace(report, causes=(), results=()))
    newest, oldest = notebook.runs()
    assert (newest.id, newest.first_cause, newest.severity) == (second, None, "unknown")
    assert (oldest.id, oldest.first_cause, oldest.severity) == (first, "open_relay", "critical")
    assert (oldest.domain, oldest.mail_host) == ("midori.example.jp", "mail.midori.example.jp:2525")
    assert oldest.started_at == report.started_at
    assert [run.id for run in notebook.runs(most=1)] == [second]


def test_a_deleted_run_is_gone_from_the_file_too(notebook: Notebook, path: Path, report: Report) -> None:
    run_id = notebook.save_run(report)
    assert b"midori.example.jp" in path.read_bytes()
    notebook.delete(run_id)
    with pytest.raises(CheckError) as refused:
        notebook.load(run_id)
    assert (refused.value.code, refused.value.values) == ("notebook.no_such_run", {"id": run_id})
    notebook.close()
    assert b"midori.example.jp" not in path.read_bytes()
    with Notebook(path) as again:
        assert again.save_run(report) > run_id


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the user's own folder private by its own rules")
def test_only_its_owner_may_read_it(path: Path, report: Report) -> None:
    path.parent.mkdir()
    path.touch(mode=0o644)
    with Notebook(path) as notebook:
        notebook.save_run(report)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_y01_a_damaged_file_is_kept_and_a_new_one_begun(path: Path, report: Report) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this was never a database" * 100)
    with Notebook(path) as notebook:
        assert notebook.kept_aside is not None
        assert notebook.kept_aside.name.endswith(".bad")
        assert notebook.kept_aside.read_bytes().startswith(b"this was never")
        assert notebook.load(notebook.save_run(report)).causes == report.causes


def test_a_page_torn_in_the_middle_is_noticed(path: Path, report: Report) -> None:
    with Notebook(path) as notebook:
        for _ in range(40):
            notebook.save_run(report)
    content = bytearray(path.read_bytes())
    content[4096:8192] = os.urandom(4096)
    path.write_bytes(content)
    with Notebook(path) as notebook:
        assert notebook.kept_aside is not None
        assert notebook.runs() == []


def test_y01_a_newer_notebook_is_left_alone(path: Path) -> None:
    Notebook(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    before = path.read_bytes()
    with pytest.raises(CheckError) as refused:
        Notebook(path)
    assert refused.value.code == "notebook.too_new"
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(CheckError) as refused:
        Notebook(blocked / "notebook.sqlite3")
    assert refused.value.code == "notebook.cannot_open"
    assert refused.value.values["folder"] == str(blocked)


def test_threads_take_turns(notebook: Notebook, report: Report) -> None:
    threads = [threading.Thread(target=notebook.save_run, args=(report,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(notebook.runs()) == 8
