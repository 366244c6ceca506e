"""Which format a text is: by a line that stands in that listing only, among the first lines."""

from __future__ import annotations

from collections.abc import Iterable

from core.checks.mail_queue.formats import FORMATS, Format

# Prompts, warnings and the odd greeting may stand before the listing.
LINES_LOOKED_AT = 500
_LONGEST = 4000


def recognise(lines: Iterable[str]) -> Format | None:
    """The format of the first line that any format knows as its own; None if there is none."""
    for line in lines:
        head = line[:_LONGEST].rstrip()
        for known in FORMATS:
            if known.signature.search(head):
                return known
    return None
