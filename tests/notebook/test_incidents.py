"""Incidents: what joins, what is kept, what an older file becomes, what is gone after a deletion."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.again import watch_entries
from core.errors import CheckError
from core.incident import watch
from core.model import Report, Target
from core.notebook import Notebook
from core.notebook.schema import MIGRATIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notebook.sqlite3"


@pytest.fixture
def notebook(path: Path) -> Iterator[Notebook]:
    with Notebook(path) as opened:
        yield opened


def later(report: Report, **by: float) -> Report:
    moved = timedelta(**by)
    return replace(report, started_at=report.started_at + moved, finished_at=report.finished_at + moved)


def test_a_run_soon_after_joins_its_incident_and_one_long_after_opens_another(
    notebook: Notebook, report: Report
) -> None:
    numbers = [notebook.save_run(later(report, days=days)) for days in (0, 1, 7, 30)]
    incidents = {run.id: run.incident for run in notebook.runs()}
    assert len({incidents[number] for number in numbers[:3]}) == 1
    assert incidents[numbers[3]] != incidents[numbers[0]]


def test_another_company_practice_and_a_closed_incident_are_never_joined(notebook: Notebook, report: Report) -> None:
    notebook.save_run(report)
    notebook.save_run(replace(report, target=Target(domain="other.example")))
    notebook.save_run(report, practice="relay-2004")
    first = notebook.incidents()[-1].id
    notebook.add(first, "closed", {"initials": "NK"})
    notebook.save_run(report)
    assert len(notebook.incidents()) == 4
    assert len(notebook.runs()) == 3  # practice is not among the earlier runs unless asked for
    assert len(notebook.runs(practice=True)) == 4


def test_each_story_of_practice_is_an_incident_of_its_own(notebook: Notebook, report: Report) -> None:
    """All happen at one company: the second had been written into the first, "everything is fine" into the relay's."""
    for story in ("all-fine", "relay-2004", "relay-2004-closed", "all-fine"):
        notebook.save_run(report, practice=story)
    assert sorted((one.practice, one.runs) for one in notebook.incidents()) == [("all-fine", 2), ("relay-2004", 2)]


def test_practice_runs_join_each_other_and_are_marked(notebook: Notebook, report: Report) -> None:
    notebook.save_run(report, practice="relay-2004")
    notebook.save_run(report, practice="relay-2004-closed")
    (only,) = notebook.incidents()
    assert (only.practice, only.runs) == ("relay-2004", 2)
    assert notebook.incident(only.id).practice == "relay-2004"


def test_entries_come_back_in_order_with_their_time_and_any_script(notebook: Notebook, report: Report) -> None:
    notebook.save_run(report)
    number = notebook.runs()[0].incident
    hostile = "部長に電話 \u202e\udc80\x00 ' OR 1=1 --"
    notebook.add(number, "note", {"text": hostile, "initials": "NK"})
    notebook.add(number, "tick", {"step": "tell_boss", "initials": "NK"})
    notebook.add(number, "tick", {"step": "check_again", "initials": "KT"})
    notebook.add(number, "untick", {"step": "tell_boss", "initials": "NK"})
    incident = notebook.incident(number)
    assert incident.notes[0].word("text") == "部長に電話 \u202e\\udc80\x00 ' OR 1=1 --"
    assert [(tick.step, tick.initials) for tick in incident.ticks.values()] == [("check_again", "KT")]
    assert all(entry.at.tzinfo for entry in incident.entries)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("gossip", {}),
        ("note", {"text": "x" * 20_001}),
        ("note", {"shout": "x"}),
        ("note", {"text": 5}),
        ("tick", {"step": "x" * 501}),
        ("reminder", {"key": "k", "due": "tomorrow"}),
        ("reminder", {"key": "k", "due": "2026-11-22T10:00:00"}),
        ("delisting", {"zone": "z", "state": "sold"}),
    ],
)
def test_what_is_no_entry_is_refused_and_nothing_is_written(
    notebook: Notebook, report: Report, kind: str, content: dict[str, object]
) -> None:
    notebook.save_run(report)
    number = notebook.incidents()[0].id
    with pytest.raises(ValueError):
        notebook.add_all(number, [("note", {"text": "fine"}), (kind, content)])
    assert notebook.incident(number).entries == ()


def test_an_incident_that_is_not_there_is_told(notebook: Notebook) -> None:
    for attempt in (
        lambda: notebook.incident(7),
        lambda: notebook.add(7, "note", {"text": "x"}),
        lambda: notebook.delete_incident(7),
    ):
        with pytest.raises(CheckError) as refused:
            attempt()
        assert (refused.value.code, refused.value.values) == ("notebook.no_such_incident", {"id": 7})


def test_deleted_for_good_means_no_byte_of_it_is_left_and_the_others_stay(
    notebook: Notebook, path: Path, report: Report
) -> None:
    other = replace(report, target=Target(domain="stays.example"))
    notebook.save_run(other)
    notebook.save_run(report)
    number = notebook.runs(most=1)[0].incident
    notebook.add(number, "note", {"text": "the secret of Nakamura-san"})
    assert b"secret of Nakamura" in path.read_bytes()
    size = path.stat().st_size
    assert notebook.delete_incident(number) is True
    content = path.read_bytes()
    assert b"secret of Nakamura" not in content
    assert b"midori.example.jp" not in content
    assert path.stat().st_size < size
    assert not path.with_name(path.name + "-journal").exists()
    assert [one.domain for one in notebook.incidents()] == ["stays.example"]
    with pytest.raises(CheckError):
        notebook.incident(number)


def test_search_finds_words_in_notes_and_runs_in_any_script_and_takes_signs_as_signs(
    notebook: Notebook, report: Report
) -> None:
    notebook.save_run(report)
    number = notebook.incidents()[0].id
    notebook.add(number, "note", {"text": "100% 中継 を_閉じた", "initials": "NK"})
    assert [(hit.incident, hit.kind) for hit in notebook.search("中継")] == [(number, "note")]
    assert [hit.kind for hit in notebook.search("金曜の夕方")] == ["run"]
    assert [hit.kind for hit in notebook.search("MIDORI.example")] == ["run"]
    assert [hit.kind for hit in notebook.search("0% 中")] == ["note"]
    assert notebook.search("を%閉") == []
    assert notebook.search("0_ 中") == []
    assert notebook.search("   ") == []


def test_a_file_of_the_first_version_becomes_one_of_today(path: Path, report: Report) -> None:
    """As session-one releases wrote it: one table, user_version 1."""
    with Notebook(path) as notebook:
        notebook.save_run(report)
        with notebook.reading() as database:
            row = database.execute("SELECT started_at, domain, mail_host, severity, first_cause, report FROM run")
            old = row.fetchone()
    path.unlink()
    database = sqlite3.connect(path)
    database.execute(MIGRATIONS[0][0])
    for _ in range(3):
        database.execute(
            "INSERT INTO run (started_at, domain, mail_host, severity, first_cause, report) VALUES (?,?,?,?,?,?)", old
        )
    database.execute("PRAGMA user_version = 1")
    database.commit()
    database.close()
    with Notebook(path) as notebook:
        assert notebook.kept_aside is None
        assert len(notebook.runs()) == 3
        assert [one.runs for one in notebook.incidents()] == [1, 1, 1]
        assert notebook.load(1).causes == report.causes
        notebook.add(2, "note", {"text": "still usable"})
        assert notebook.save_run(report) == 4
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    database.close()


def test_reminders_come_due_and_go_when_done(notebook: Notebook, report: Report) -> None:
    notebook.save_run(report)
    number = notebook.incidents()[0].id
    start = report.started_at
    notebook.add_all(number, watch_entries(start))
    incident = notebook.incident(number)
    assert incident.reminders == watch(start)
    assert [one.about for one in incident.due(start + timedelta(hours=25))] == ["1", "24"]
    assert incident.due(start + timedelta(minutes=59)) == ()
    notebook.add(number, "reminder_done", {"key": "again-1"})
    assert [one.about for one in notebook.incident(number).due(start + timedelta(hours=25))] == ["24"]
