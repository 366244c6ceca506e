"""Times and sizes as queue listings write them: without a year, as an age, rounded to K."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from core.english_dates import MONTHS, WEEKDAYS

MONTH = f"({'|'.join(MONTHS)})"
WEEKDAY = f"({'|'.join(WEEKDAYS)})"
# The server's clock and zone may be ahead of ours by this much before a date is read as last year's.
_AHEAD = timedelta(days=1)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@lru_cache(maxsize=4096)
def without_year(read_at: datetime, month: str, day: str, clock: str, weekday: str = "") -> datetime | None:
    """The latest moment not after `read_at` that is written so, in `read_at`'s zone; None if there is none.

    A weekday fixes the year: "Sun Nov 22" read in 2027 is the 22nd of November 2026.
    """
    latest = read_at + _AHEAD
    past = [
        moment
        for year in range(latest.year, max(latest.year - 29, 1), -1)
        if (moment := _moment(year, month, day, clock, read_at)) and moment <= latest
    ]
    matching = [moment for moment in past if weekday and moment.weekday() == WEEKDAYS.index(weekday)]
    return next(iter(matching or past), None)


def _moment(year: int, month: str, day: str, clock: str, read_at: datetime) -> datetime | None:
    hour, minute, second = (*(int(part) for part in clock.split(":")), 0)[:3]
    try:
        number = MONTHS.index(month) + 1
        return datetime(year, number, int(day), hour, minute, second, tzinfo=read_at.tzinfo or UTC)
    except ValueError:  # 30 Feb, 25:61
        return None


def with_year(year: str, month: str, day: str, clock: str, zone: datetime) -> datetime | None:
    """A full date; `month` by name or number; the time zone is `zone`'s."""
    name = month if month in MONTHS else MONTHS[int(month) - 1] if 1 <= int(month) <= 12 else ""
    return _moment(int(year), name, day, clock, zone) if name else None


def from_epoch(seconds: float) -> datetime | None:
    """Seconds since 1970 as a moment; None when no calendar holds it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def ago(read_at: datetime, number: str, unit: str) -> datetime | None:
    """`read_at` less an age such as 3m, 25h or 4d (Exim)."""
    try:
        return read_at - timedelta(seconds=int(number) * _UNITS[unit])
    except OverflowError:
        return None


def size(number: str, unit: str = "") -> int:
    """Bytes of "471" or "1.7K" (1024 each, as the listings round)."""
    try:
        return int(float(number) * {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}[unit])
    except ValueError:  # "1.2.3"
        return 0
