"""One incident out and in: whole, masked, and never more than bounded when the file is a stranger's."""

from __future__ import annotations

import json
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from core.incident import Incident
from core.masking import Mask
from core.model import Cause, CheckResult, Evidence, Finding, Report, Severity, Table
from core.notebook import Notebook, incident_file, incident_from_text, write_incident

NOW = datetime(2026, 11, 22, tzinfo=UTC)
# Every address in here must go; the text is what logs, headers and DNS really hold.
ADDRESSES = (
    "tanaka@midori.example.jp",
    "o'brien+list@example.co.jp",
    '"taro yamada"@example.jp',
    "user@[203.0.113.77]",
    "bounce+sato=example.org@lists.example",
    "203.0.113.25",
    "2001:db8:0:0:1::25",
    "::ffff:198.51.100.9",
)
DISGUISED = (
    "orcpt=rfc822;sato+40example.com",
    "sato%40example.com",
    "25.113.0.203.zen.spamhaus.org",
    "203-0-113-25.flets.example",
    ".".join(reversed("20010db8000000000001000000000025")) + ".ip6.arpa",
)


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    with Notebook(tmp_path / "notebook.sqlite3") as opened:
        yield opened


@pytest.fixture
def incident(notebook: Notebook, report: Report) -> Incident:
    said = " | ".join((*ADDRESSES, *DISGUISED))
    finding = Finding(
        "bounce.ip_blocked",
        Severity.CRITICAL,
        {"recipients": list(ADDRESSES), "sending_address": "203.0.113.25", "said": f"550 <{ADDRESSES[0]}>: {said}"},
        (Evidence(f"to=<{ADDRESSES[0]}>, relay=mx.example[{ADDRESSES[5]}]:25", said),),
        Table(("said",), ((said,),)),
    )
    facts = {ADDRESSES[0]: [{"nested": said}]}
    told = replace(report.target, ssh="nakamura@mail.midori.example.jp", ssh_config="/home/nakamura/.ssh/config")
    cause = Cause("account_hijacked", "possible", "you", ("bounce.ip_blocked",), {"sender": ADDRESSES[0]})
    result = CheckResult("bounce", NOW, NOW, facts, (finding,))
    number = notebook.save_run(replace(report, target=told, results=(result,), causes=(cause,)))
    incident_number = notebook.runs()[0].incident
    assert number
    notebook.add(incident_number, "note", {"text": f"{said} に電話", "initials": "NK"})
    notebook.add(incident_number, "delisting", {"zone": "z", "subject": "203.0.113.25", "state": "asked"})
    return notebook.incident(incident_number)


def test_what_goes_out_comes_back_whole(notebook: Notebook, incident: Incident, tmp_path: Path) -> None:
    path = tmp_path / "incident.json"
    write_incident(incident_file(incident, mask=False, now=NOW), path)
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    number = notebook.import_incident(incident_from_text(path.read_text(encoding="utf-8")))
    again = notebook.incident(number)
    assert number != incident.id
    assert [run.report for run in again.runs] == [run.report for run in incident.runs]
    assert [(one.at, one.kind, one.content) for one in again.entries] == [
        (one.at, one.kind, one.content) for one in incident.entries
    ]
    assert again.imported_at is not None
    assert notebook.incident(incident.id).imported_at is None


def test_r04_masked_no_address_is_left_and_the_file_can_still_be_read(notebook: Notebook, incident: Incident) -> None:
    text = json.dumps(incident_file(incident, mask=True, now=NOW), ensure_ascii=False)
    left = re.sub(r"(mail-\d+@|ip-\d+\.)masked\.invalid", "", text)
    assert "@" not in left and "%40" not in left and "+40" not in left
    for part in ("tanaka", "brien", "yamada", "sato", "nakamura", "203.0.113", "113.0.203", "203-0-113", "198.51"):
        assert part not in left, part
    assert "2001:db8:0" not in left and "5.2.0.0.0.0" not in left
    assert "に電話" in left and "midori.example.jp" in left
    again = notebook.incident(notebook.import_incident(incident_from_text(text)))
    assert again.causes[0].code == "account_hijacked"


def test_one_address_has_one_stand_in_also_reversed() -> None:
    mask = Mask()
    first, second, third = (mask.text(word) for word in ("203.0.113.25", "25.113.0.203", "203-0-113-25"))
    assert first == second == third == "ip-1.masked.invalid"
    assert mask.text("198.51.100.7") == "ip-2.masked.invalid"
    assert mask.text("A@example.jp a@example.jp") == "mail-1@masked.invalid mail-1@masked.invalid"


@pytest.mark.parametrize(
    "harmless", ["127.0.0.4", "2.0.0.127.zen.spamhaus.org", "08:40:12", "Sendmail 8.9.3/8.9.3", "550 5.7.1", "a::b::c"]
)
def test_what_names_nobody_stays(harmless: str) -> None:
    assert Mask().text(harmless) == harmless


@given(st.text())
def test_masking_never_fails_and_leaves_no_at_sign_between_words(text: str) -> None:
    masked = Mask().text(text + " tanaka@example.jp 203.0.113.25")
    assert "tanaka" not in masked and "203.0.113.25" not in masked


def broken(document: dict[str, Any], **changes: Any) -> str:
    return json.dumps({**document, **changes})


def test_a_hostile_file_is_refused_and_nothing_of_it_is_kept(notebook: Notebook, incident: Incident) -> None:
    whole = incident_file(incident, mask=False, now=NOW)
    entry = whole["entries"][0]
    runs = whole["runs"]
    hostile = [
        "", "[]", "{", "null", "[" * 100_000, '{"schema": 1e999}', broken(whole, schema="other/9"),
        broken(whole, runs={}), broken(whole, runs=[1]), broken(whole, runs=runs * 501), broken(whole, entries="x"),
        broken(whole, entries=[{**entry, "kind": "gossip"}]), broken(whole, entries=[{**entry, "at": "x"}]),
        broken(whole, entries=[{**entry, "at": "0001-01-01T00:00:00+23:00"}]), broken(whole, opened_at=None),
        broken(whole, entries=[{**entry, "content": {"text": "x" * 30_000}}]), broken(whole, practice=[]),
        broken(whole, entries=[entry] * 20_001), broken(whole, runs=[{**runs[0], "results": [None]}]),
        broken(whole, runs=[{**runs[0], "started_at": "0001-01-01T00:00:00+23:00"}]),
        broken(whole, runs=[{**runs[0], "severity": "ok", "causes": [{"code": 5}]}]),
        json.dumps(whole).replace('"count"', '"count": NaN, "other"', 1) + "NaN",
    ]  # fmt: skip
    before = len(notebook.incidents())
    for text in hostile:
        with pytest.raises(UsageError) as refused:
            incident_from_text(text)
        assert refused.value.code.startswith("incident."), text[:80]
    assert len(notebook.incidents()) == before


def test_numbers_that_json_does_not_know_are_refused(incident: Incident) -> None:
    text = json.dumps(incident_file(incident, mask=False, now=NOW))
    with pytest.raises(UsageError):
        incident_from_text(text.replace('"masked": false', '"masked": Infinity'))


def test_a_file_that_cannot_be_written_leaves_the_old_one(incident: Incident, tmp_path: Path) -> None:
    path = tmp_path / "incident.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ValueError):
        write_incident({"x": float("nan")}, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.glob(".incident-*")) == []
    with pytest.raises(UsageError) as refused:
        write_incident({}, tmp_path / "nowhere" / "x.json")
    assert refused.value.code == "file.unwritable"
