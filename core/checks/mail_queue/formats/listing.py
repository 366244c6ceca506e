"""What a format module gives: how to know its listing by one line, and how to read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.checks.mail_queue.tally import Tally

# Where a listing is cut by the terminal's width, a reason goes on over the next lines: at most so many.
MOST_CONTINUED = 12


@dataclass(frozen=True)
class Format:
    """`signature` matches a line found in this listing only; `read` gives every message to the tally."""

    mta: str
    signature: re.Pattern[str]
    read: Callable[[Iterable[str], Tally], None]
    tried: bool = True  # False: written from the documentation, no recorded listing was at hand
