"""What time it is by a server's own word: the Date of a web answer, a dated greeting, the reading over ssh.

One such word proves nothing; beside this computer's clock it tells that one of the two is wrong.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterable
from datetime import UTC, datetime

# RFC 5322 3.3, as Sendmail, Exim and Exchange put it into their greetings.
_IN_TEXT = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), {1,2}\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)"
)
_EPOCH = re.compile(r"epoch=(\d{1,11})")


def time_in_text(text: str) -> datetime | None:
    """The first date in a greeting or a header (RFC 5322, RFC 9110 5.6.7); None when there is none."""
    found = _IN_TEXT.search(text[:2000])
    if found is None:
        return None
    try:
        return email.utils.parsedate_to_datetime(found[0]).astimezone(UTC)
    except (ValueError, OverflowError):  # the 99th of a month, the year 0
        return None


def time_in_reading(lines: Iterable[str]) -> datetime | None:
    """The server's clock in the section "system" of a reading."""
    for line in lines:
        if found := _EPOCH.fullmatch(line):
            return datetime.fromtimestamp(int(found[1]), UTC)
    return None
