"""The report's pictures: why mail waits, how long, and who sent how much when. Drawn here once, as shapes.

The window (QPainter) and the PDF (typst) draw the same shapes blindly, so that they never disagree. Each bar has its
number beside it and each sender a pattern of its own: black and white, or eyes that see no red, miss nothing.
A drawing is 500 wide; lengths are in its own units, and 12 of them are a line of text. Where letters are large and the
window is small, a narrow one is drawn instead, so that its letters need not shrink. Names come from the mail server:
cleaned, and cut to fit.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from core.clean import clean
from core.model import Report
from core.report.timeline import facts_of
from core.report.words import phrase
from core.since import readable_time
from core.texts import Texts

WIDTH = 500.0
PATTERNS = ("solid", "stripes", "dots", "crossed", "empty")
_BAR = 13.0
_MOST_BARS, _MOST_SENDERS, _MOST_COLUMNS = 8, 4, 48
_HEIGHT = 110.0  # of the columns
_LABEL_COLUMNS = 36  # half-width characters

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Shape:
    """A filled box (`text` "") or a line of text at its baseline; the origin is the upper left corner."""

    x: float
    y: float
    width: float = 0.0
    height: float = 0.0
    pattern: str = ""
    text: str = ""
    anchor: Anchor = "start"


@dataclass(frozen=True)
class Drawing:
    """One picture with its title, and the same in words for those who hear it."""

    name: str
    check_id: str
    title: str
    alt: str
    height: float
    shapes: tuple[Shape, ...]
    width: float = WIDTH


@dataclass(frozen=True)
class _Form:
    """`label`: where bars begin; 0: below their label. `row`: from bar to bar. `names`: side by side in a legend."""

    width: float
    label: float
    row: float
    names: int


_WIDE, _NARROW = _Form(WIDTH, 190.0, 20.0, 2), _Form(300.0, 0.0, 36.0, 1)


def drawings(report: Report, texts: Texts, *, narrow: bool = False) -> list[Drawing]:
    """Every picture this run has something for."""
    queue, log = facts_of(report, "mail_queue"), facts_of(report, "mail_log")
    form = _NARROW if narrow else _WIDE
    found = [_reasons(queue, form, texts), _ages(queue, form, texts), _senders(log, form, texts)]
    return [drawing for drawing in found if drawing]


def _reasons(facts: Mapping[str, Any], form: _Form, texts: Texts) -> Drawing | None:
    rows = [
        (phrase(texts, f"reason.{word}") if texts.has(f"reason.{word}") else word, count)
        for word, count in _counted(facts.get("reasons"), "reason")
    ]
    return _bars("reasons", rows, form, texts)


def _ages(facts: Mapping[str, Any], form: _Form, texts: Texts) -> Drawing | None:
    rows = [
        (phrase(texts, f"report.chart.age.{word}"), count)
        for word, count in _counted(facts.get("ages"), "name")
        if texts.has(f"report.chart.age.{word}")
    ]
    return _bars("ages", rows, form, texts) if any(count for _, count in rows) else None


def _counted(value: object, key: str) -> list[tuple[str, int]]:
    items = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    pairs = [(clean(str(item.get(key, "")), 200), item.get("count")) for item in items]
    return [(name, count) for name, count in pairs if isinstance(count, int) and 0 <= count < 10**12][:_MOST_BARS]


def _bars(name: str, rows: Sequence[tuple[str, int]], form: _Form, texts: Texts) -> Drawing | None:
    """Lying bars, a label before (or above) and the number behind each."""
    if not rows:
        return None
    most = max(1, *(count for _, count in rows)) if len(rows) > 1 else max(1, rows[0][1])
    room = form.width - form.label - 60
    shapes = []
    for number, (label, count) in enumerate(rows):
        top = (number + 1) * form.row - _BAR - 3
        base = top + _BAR - 3
        words = Shape(form.label - 6, base, text=_cut(label), anchor="end")
        shapes.append(words if form.label else Shape(0, top - 6, text=_cut(label)))
        length = max(1.0 if count else 0.0, room * count / most)
        shapes.append(Shape(form.label, top, length, _BAR, "solid"))
        shapes.append(Shape(form.label + length + 5, base, text=texts.number(count)))
    told = [f"{label} {texts.number(count)}" for label, count in rows]
    return _drawing((name, "mail_queue"), (form.width, len(rows) * form.row + 4), shapes, told, texts)


def _senders(facts: Mapping[str, Any], form: _Form, texts: Texts) -> Drawing | None:
    """Standing columns over time: those who sent most, each with a pattern, one on top of the other."""
    told = _hours(facts)
    if not told or sum(len(hours) for _, hours in told) < 2:
        return None
    first = min(min(hours) for _, hours in told)
    last = max(max(hours) for _, hours in told)
    span = _span(first, last)
    columns = [_binned(hours, first, span) for _, hours in told]
    places = int((last - first) / span) + 1
    if places < 2:
        return None  # one column shows nothing that its number does not say
    most = max(sum(column.get(place, 0) for column in columns) for place in range(places))
    wide = (form.width - 40) / places
    shapes = [*_stacks(columns, places, wide, most), Shape(34, 12, text=texts.number(most), anchor="end")]
    shapes.append(Shape(38, _HEIGHT + 8, form.width - 40, 0.7, "solid"))
    shapes.append(Shape(38, _HEIGHT + 20, text=texts.datetime(first)))
    shapes.append(Shape(form.width, _HEIGHT + 20, text=texts.datetime(last), anchor="end"))
    shapes += _legend([name for name, _ in told], form)
    words = [f"{name} {texts.number(sum(hours.values()))}" for name, hours in told]
    height = _HEIGHT + 30 + 16 * math.ceil(len(told) / form.names)
    return _drawing(("senders", "mail_log"), (form.width, height), shapes, words, texts)


def _hours(facts: Mapping[str, Any]) -> list[tuple[str, dict[datetime, int]]]:
    identities = facts.get("identities")
    found = []
    for one in identities if isinstance(identities, list) else []:
        listed = one.get("hours") if isinstance(one, dict) else None
        hours: dict[datetime, int] = {}
        for item in listed if isinstance(listed, list) else []:
            said = item if isinstance(item, dict) else {}
            at, count = readable_time(said.get("at")), said.get("messages")
            if at and isinstance(count, int) and 0 < count < 10**12:
                hours[at] = count
        if hours:
            found.append((_cut(clean(str(one.get("name", "")), 200)), hours))
    return found[:_MOST_SENDERS]


def _span(first: datetime, last: datetime) -> timedelta:
    """The width of a column: as short as the room allows."""
    hours = (last - first) / timedelta(hours=1)
    fitting = next((step for step in (1, 3, 6, 24) if hours / step < _MOST_COLUMNS), None)
    return timedelta(hours=fitting or math.ceil(hours / _MOST_COLUMNS))


def _binned(hours: Mapping[datetime, int], first: datetime, span: timedelta) -> dict[int, int]:
    binned: dict[int, int] = {}
    for at, count in hours.items():
        place = int((at - first) / span)
        binned[place] = binned.get(place, 0) + count
    return binned


def _stacks(columns: Sequence[Mapping[int, int]], places: int, wide: float, most: int) -> list[Shape]:
    shapes = []
    for place in range(places):
        floor = _HEIGHT + 8
        for number, column in enumerate(columns):
            if count := column.get(place, 0):
                height = _HEIGHT * count / most
                floor -= height
                shapes.append(Shape(39 + place * wide, floor, max(1.0, wide * 0.85), height, PATTERNS[number]))
    return shapes


def _legend(names: Sequence[str], form: _Form) -> list[Shape]:
    shapes = []
    for number, name in enumerate(names):
        x, y = 38 + (number % form.names) * 235, _HEIGHT + 28 + 16 * (number // form.names)
        shapes += [Shape(x, y, 14, 10, PATTERNS[number]), Shape(x + 19, y + 9, text=name)]
    return shapes


def _drawing(
    about: tuple[str, str], size: tuple[float, float], shapes: Sequence[Shape], told: Sequence[str], texts: Texts
) -> Drawing:
    (name, check_id), (width, height) = about, size
    title = phrase(texts, f"report.chart.{name}")
    alt = phrase(texts, "report.chart.alt", title=title, rows=list(told))
    return Drawing(name, check_id, title, alt, height, tuple(shapes), width)


def _cut(label: str) -> str:
    """As much as has room before a bar; a full-width character takes two places."""
    used = 0
    for index, character in enumerate(label):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > _LABEL_COLUMNS:
            return label[: max(1, index - 1)] + "…"
    return label
