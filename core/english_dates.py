"""English names of months and weekdays, as mail programs, OpenSSL and registries write them.

Not by strftime or strptime: theirs are the names of the desktop's language as soon as Qt has asked the system for it,
so that a window on a Japanese desktop would write and expect 11月 where the server says Nov.
"""

from __future__ import annotations

from datetime import datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def month_number(name: str) -> int:
    """1 to 12, whatever the case. Raises ValueError for what is no month."""
    return MONTHS.index(name.capitalize()) + 1


def syslog_stamp(at: datetime) -> str:
    """ "Nov  3 08:00:01" (RFC 3164 section 4.1.2), in `at`'s own zone."""
    return f"{MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S}"


def queue_stamp(at: datetime) -> str:
    """ "Tue Nov 03 08:00", as Sendmail's mailq lists a letter, in `at`'s own zone."""
    return f"{WEEKDAYS[at.weekday()]} {MONTHS[at.month - 1]} {at:%d %H:%M}"
