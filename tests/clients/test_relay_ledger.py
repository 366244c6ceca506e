"""The record of relay tests: counts over runs, forgets the old, survives a broken file and a full disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.clients.relay_ledger import RelayLedger

NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
SERVER = "203.0.113.25"


def test_refusals_are_counted_over_runs_and_only_of_this_server(tmp_path: Path) -> None:
    path = tmp_path / "data" / "relay-tests.json"
    RelayLedger(path).note_refusals(SERVER, 3, NOW)
    RelayLedger(path).note_refusals("203.0.113.26", 4, NOW)
    later = RelayLedger(path)
    later.note_refusals(SERVER, 1, NOW + timedelta(minutes=6))
    assert RelayLedger(path).refusals_since(SERVER, NOW) == 4
    assert RelayLedger(path).refusals_since(SERVER, NOW + timedelta(minutes=1)) == 1
    assert RelayLedger(path).refusals_since("203.0.113.99", NOW) == 0


def test_consent_is_kept_for_each_server_with_its_date(tmp_path: Path) -> None:
    path = tmp_path / "relay-tests.json"
    RelayLedger(path).note_consent(SERVER, NOW)
    assert RelayLedger(path).consented_at(SERVER) == NOW
    assert RelayLedger(path).consented_at("203.0.113.26") is None


def test_refusals_of_last_week_are_forgotten(tmp_path: Path) -> None:
    ledger = RelayLedger(tmp_path / "relay-tests.json")
    ledger.note_refusals(SERVER, 4, NOW - timedelta(days=7))
    ledger.note_refusals(SERVER, 1, NOW)
    assert ledger.refusals_since(SERVER, NOW - timedelta(days=30)) == 1


@pytest.mark.parametrize("broken", [b"", b"[]", b'{"form": 9}', b"\xff\xfe", b'{"form": 1, "servers": {"a": 3}}'])
def test_a_broken_file_is_set_aside(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "relay-tests.json"
    path.write_bytes(broken)
    ledger = RelayLedger(path)
    assert ledger.refusals_since(SERVER, NOW) == 0
    ledger.note_refusals(SERVER, 2, NOW)
    assert path.with_name("relay-tests.json.bad").read_bytes() == broken
    assert RelayLedger(path).refusals_since(SERVER, NOW) == 2


@pytest.mark.logs_warnings
def test_a_disk_that_takes_nothing_stops_no_test(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    ledger = RelayLedger(tmp_path / "file" / "relay-tests.json")
    ledger.note_refusals(SERVER, 4, NOW)
    assert ledger.refusals_since(SERVER, NOW) == 4
