"""The time stamps of log lines, as seconds of the server's own wall clock.

Traditional syslog (RFC 3164) writes neither year nor zone. The year is the latest that does not put the first line
after the file's own time; from there the lines tell themselves when a year turns. ISO 8601 (RFC 3339), Exim and
TAI64N stamps carry their year.
"""

from __future__ import annotations

import re
from calendar import isleap, timegm
from datetime import UTC, datetime, timedelta, timezone, tzinfo

MONTHS = {
    name: n
    for n, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], start=1
    )
}
# Where a stamp has its hour (with all before it), and its minute and second.
_SYSLOG, _ISO = (slice(10), slice(10, 15)), (slice(13), slice(14, 19))
_MOST_KNOWN = 3600
_HALF_YEAR, _DAY = 183 * 86400, 86400
_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)\b")
_TAI_START = 2**62 + 10  # seconds a TAI64 label of 1970 holds, by the convention of djb's programs


class Clock:
    """Reads the stamps of one log in their order. `reference`: a time the log cannot be younger than by a day."""

    def __init__(self, reference: datetime, zone: tzinfo | None = None) -> None:
        self._reference = reference.astimezone(zone)
        self.zone: tzinfo | None = self._reference.tzinfo
        self._wall = timegm(self._reference.timetuple())
        self._key, self._base, self._long = "", 0, False
        self._hour, self._hour_base = "?", 0  # a stamp up to its hour
        self._parts = _SYSLOG
        self._known: dict[str, int] = {}  # seconds of an hour, by what stands behind it: finding is less than reckoning
        self._year: int | None = None
        self._day, self._day_base = "", 0  # of a stamp without a year
        self.last = 0  # the last good stamp; 0 before the first
        self.first = 0
        self.year_guessed = False

    def at(self, line: str) -> int:
        """The stamp of a syslog, ISO or Exim line; that of the line before where this one has none."""
        to_hour, to_second = self._parts
        if line[to_hour] == self._hour:
            seconds = self._known.get(line[to_second])
            if seconds is not None:
                self.last = seconds = seconds + self._hour_base
                if not self.first:
                    self.first = seconds
                return seconds
        return self._at_any(line)

    def _at_any(self, line: str) -> int:
        key = line[:13]
        if key[:1] == "@":
            return self.tai(line[:25])
        try:
            if key != self._key:
                self._turn(line, key)
            if self._long:
                seconds = self._base + int(line[14:16]) * 60 + int(line[17:19])
            else:
                seconds = self._base + int(line[13:15])
        except ValueError:
            return self.last
        self.last = seconds
        if not self.first:
            self.first = seconds
        self._remember(line, seconds)
        return seconds

    def _remember(self, line: str, seconds: int) -> None:
        to_hour, to_second = self._parts
        if line[to_hour] == self._hour and len(self._known) < _MOST_KNOWN:
            self._known[line[to_second]] = seconds - self._hour_base

    def tai(self, label: str) -> int:
        """The stamp of a multilog line, "@" and 24 hex digits; in the log's zone."""
        try:
            seconds = int(label[1:17], 16) - _TAI_START
            self.last = seconds + int(_offset(datetime.fromtimestamp(seconds, self.zone)).total_seconds())
        except (ValueError, OverflowError, OSError):
            return self.last
        self.first = self.first or self.last
        return self.last

    def moment(self, seconds: int) -> datetime | None:
        """A stamp as a time with zone; None for none, and for one that no calendar has."""
        if not seconds:
            return None
        try:
            return self._moment(seconds)
        except (ValueError, OverflowError, OSError):  # a forged log of the year 9999, or of no year at all
            return None

    def _moment(self, seconds: int) -> datetime:
        naive = datetime(1970, 1, 1) + timedelta(seconds=seconds)
        if self.year_guessed and (late := self._years_too_late()):
            year = naive.year - late
            naive = naive.replace(year=year, day=28 if (naive.month, naive.day) == (2, 29) else naive.day)
        return naive.replace(tzinfo=self.zone) if self.zone else naive.astimezone()

    def _years_too_late(self) -> int:
        """A log of several years whose start was guessed too late ends in the future: by how many years."""
        ahead = self.last - self._wall - _DAY
        return 0 if ahead <= 0 else 1 + ahead // (366 * _DAY)

    def _turn(self, line: str, key: str) -> None:
        """A new minute (or, with a year, a new hour) begins."""
        if key[:1].isdigit():
            base = timegm((int(line[:4]), int(line[5:7]), int(line[8:10]), int(line[11:13]), 0, 0))
            if not 1 <= int(line[5:7]) <= 12:
                raise ValueError(key)
            self._take_zone(line)
            self._long = True
        elif line[:7] == self._day:
            base = self._day_base + int(line[7:9]) * 3600 + int(line[10:12]) * 60
        else:
            base = self._without_year(MONTHS.get(line[:3], 0), int(line[4:6]), int(line[7:9]), int(line[10:12]))
            self._day, self._day_base = line[:7], base - int(line[7:9]) * 3600 - int(line[10:12]) * 60
            self._long = False
        self._key, self._base = key, base
        self._parts = _ISO if self._long else _SYSLOG
        self._hour = line[self._parts[0]]
        self._hour_base = base if self._long else base - int(line[10:12]) * 60

    def _without_year(self, month: int, day: int, hour: int, minute: int) -> int:
        if not month or not 1 <= day <= 31:
            raise ValueError(month)
        self.year_guessed = True
        within = (month, day, hour, minute, 0)
        if self._year is None:
            self._year = self._reference.year
            while timegm((self._year, *within)) > self._wall + _DAY or _no_such_day(self._year, month, day):
                self._year -= 1
            return timegm((self._year, *within))
        base = timegm((self._year, *within))
        if self.last and base < self.last - _HALF_YEAR:
            self._year += 1
        elif self.last and base > self.last + _HALF_YEAR:  # a late line of December after New Year
            return timegm((self._year - 1, *within))
        return timegm((self._year, *within))

    def _take_zone(self, line: str) -> None:
        found = _OFFSET.match(line, _after_seconds(line))
        if found is None:
            return
        text = found[1].replace(":", "")
        minutes = 0 if text == "Z" else int(text[1:3]) * 60 + int(text[3:5])
        if minutes < 24 * 60:
            self.zone = timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes)) if minutes else UTC


def _after_seconds(line: str) -> int:
    """Where the zone would stand: behind the seconds, their fraction and, in Exim's form, a blank."""
    place = 19
    if line[place : place + 1] in (".", ","):
        place += 1
        while line[place : place + 1].isdigit() and place < 40:
            place += 1
    return place + (1 if line[place : place + 1] == " " else 0)


def _no_such_day(year: int, month: int, day: int) -> bool:
    return (month, day) == (2, 29) and not isleap(year)


def _offset(moment: datetime) -> timedelta:
    known = moment.utcoffset()  # of a log in UTC it is nothing, which is not unknown
    return known if known is not None else moment.astimezone().utcoffset() or timedelta()
