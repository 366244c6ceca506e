"""Since when the trouble lasts, said alike in the report and in every letter.

The person's own words come first, then when the oldest mail came that still waits; where nobody knows either, when it
was noticed. Of several runs the first counts: by the next, the mail that waited may have gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from core.clean import clean
from core.model import Report, Severity
from core.texts import Texts

_LONGEST = 150  # characters of the person's own words
_EARLIEST, _LATEST = 1990, 9000  # years that a mail server can mean
_SEEN = (Severity.CRITICAL, Severity.WARNING)


def since_words(first: Report, texts: Texts) -> str:
    """The whole answer in one line; "" when nothing was told and nothing found."""
    parts = [told] if (told := told_since(first)) else []
    if at := oldest_waiting(first):
        parts.append(texts.text("report.since.oldest", at=zoned(at, texts)))
    return " / ".join(parts) or noticed_words(first, texts)


def told_since(first: Report) -> str:
    """The person's own words, in one line."""
    return clean(first.target.since, _LONGEST) if first.target.since else ""


def noticed_words(first: Report, texts: Texts) -> str:
    """When the trouble was noticed; "" when the first run saw none."""
    return texts.text("letters.noticed", at=zoned(first.started_at, texts)) if first.severity in _SEEN else ""


def oldest_waiting(report: Report) -> datetime | None:
    """When the oldest mail came that still waits on the server; None when there is none, or nobody could see."""
    facts = next((result.facts for result in report.results if result.check_id == "mail_queue"), None)
    return readable_time(_fact(facts, "oldest_arrival")) if _fact(facts, "total") else None


def readable_time(value: object) -> datetime | None:
    """A time of the facts; None where it is none, or one that no mail server can mean."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(at, datetime):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if _EARLIEST <= at.year <= _LATEST else None


def zoned(at: datetime, texts: Texts) -> str:
    """A time a reader elsewhere understands: with its zone; in Japanese without, where it is Japan's (read at home)."""
    zone = texts.zone(at)
    return texts.datetime(at) if zone == "日本時間" else f"{texts.datetime(at)} {zone}"


def _fact(facts: object, name: str) -> object:
    """Of a saved run facts are plain values."""
    return facts.get(name) if isinstance(facts, Mapping) else getattr(facts, name, None)
