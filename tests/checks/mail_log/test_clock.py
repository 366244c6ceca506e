"""Stamps without a year, leap days, the turn of a year, zones, TAI64N."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.checks.mail_log.clock import Clock

MAY = datetime(2026, 5, 10, 12, tzinfo=UTC)


def _moments(lines: list[str], reference: datetime = MAY) -> list[datetime | None]:
    clock = Clock(reference, UTC)
    seen = [clock.at(line) for line in lines]
    return [clock.moment(each) for each in seen]


@pytest.mark.parametrize(
    ("line", "year"),
    [("May 10 11:00:00 h p: x", 2026), ("May 11 11:00:00 h p: x", 2026), ("May 12 11:00:00 h p: x", 2025),
     ("Dec 31 23:59:59 h p: x", 2025), ("Feb 29 08:00:00 h p: x", 2024)],
)  # fmt: skip
def test_the_year_is_the_latest_that_is_not_in_the_future(line, year):
    (moment,) = _moments([line])
    assert moment and moment.year == year


def test_the_year_turns_within_a_log_and_a_late_line_turns_it_back_for_itself_only():
    lines = ["Dec 31 23:59:58 h p: x", "Jan  1 00:00:01 h p: x", "Dec 31 23:59:59 h p: x", "Jan  1 00:00:02 h p: x"]
    moments = _moments(lines)
    assert [each.year for each in moments if each] == [2025, 2026, 2025, 2026]


def test_a_log_of_several_years_ends_where_the_file_does():
    clock = Clock(MAY, UTC)
    months = ["Jan", "May", "Sep", "Jan", "May", "Sep", "Jan", "May"]
    stamps = [clock.at(f"{month} 10 08:00:00 h p: x") for month in months]
    last = clock.moment(stamps[-1])
    assert last and last <= MAY + timedelta(days=1)
    assert last.year == 2026


def test_a_stamp_with_its_year_and_zone_is_taken_as_it_is():
    (moment,) = _moments(["2024-08-26T01:33:38.572449+09:00 h postfix/smtpd[1]: x"])
    assert moment == datetime(2024, 8, 26, 1, 33, 38, tzinfo=timezone(timedelta(hours=9)))


def test_exims_stamp_with_a_zone():
    (moment,) = _moments(["2013-01-04 17:03:46.123 +0900 1dJ08B-0003oP-5i <= a@b.example"])
    assert moment == datetime(2013, 1, 4, 17, 3, 46, tzinfo=timezone(timedelta(hours=9)))


@pytest.fixture
def desk_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts this computer into a time zone."""

    def put(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("here", ["UTC", "Asia/Tokyo", "America/St_Johns"])
def test_tai64n_is_ten_seconds_off_the_epoch(desk_in, here):
    """In the log's zone, wherever the one who reads it sits."""
    desk_in(here)
    clock = Clock(MAY, UTC)
    label = f"@{2**62 + 10 + 1_700_000_000:016x}0badcafe"
    assert clock.moment(clock.tai(label)) == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize("line", ["", "Feb 30 08:00:00", "Foo 12 08:00:00", "Nov 99 99:99:99", "9999-99-99T99:99:99",
                                  "2026-13-01T00:00:00", "@zz", "Nov  3", "\0" * 30])  # fmt: skip
def test_what_is_no_stamp_keeps_the_last_one(line):
    clock = Clock(MAY, UTC)
    before = clock.at("May  1 08:00:00 h p: x")
    after = clock.at(line)
    assert after == before or clock.moment(after) is not None
