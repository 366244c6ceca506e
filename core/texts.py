"""Code + values -> words in one language.

Catalogues are gettext `.mo` files made from `resources/locale/<lang>/LC_MESSAGES/<subject>.po`; keys are semantic
(`dnsbl.listed.title`) and unique over all subjects, so that all catalogues of a language form one table.

Placeholders are `{name}` or `{name:spec}`; the value is formatted for the reader's language:

    {count}               2,321
    {released:date}       1999年2月4日 / 4 Feb 1999       from an RFC 3339 date or time
    {at:datetime}         2026年11月22日(日) 8:40 / 22 Nov 2026, 08:40   in the laptop's time zone
    {seconds:duration}    3時間 / 3 hours                the largest unit, rounded
    {seconds:age}         27年9か月 / 27 years 9 months  the two largest of years, months, days
    {bytes:bytes}         1.5 MB
    {zones}               a list: joined with 、 / commas
    {reason:@reason}      the text whose key is `reason.<value>`; a list gives several
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from core.resources import resources_dir

if TYPE_CHECKING:
    from core.model import Value

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")

_ANY = "words"  # the subject of keys that name none: `app.name`
_WEEKDAYS_JA = "月火水木金土日"
Moment = datetime  # inside the class the name is taken
_JAPAN = 540  # minutes east of Greenwich
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Singular and plural of a unit; the year is the mean Gregorian one.
_UNITS: tuple[tuple[float, str, str, str], ...] = (
    (365.2425 * 86400, "年", "year", "years"),
    (365.2425 / 12 * 86400, "か月", "month", "months"),
    (86400, "日", "day", "days"),
    (3600, "時間", "hour", "hours"),
    (60, "分", "minute", "minutes"),
    (1, "秒", "second", "seconds"),
)


class MissingTextError(KeyError):
    """A code has no text in this language: a bug that a test finds before a reader does."""


class _Catalogue:
    """All subjects of one language as one table. A subject is read when a key is wanted that may stand in it: the
    first window needs few of them."""

    def __init__(self, language: Language) -> None:
        folder = resources_dir() / "locale" / language / "LC_MESSAGES"
        paths = [path for path in folder.iterdir() if path.suffix == ".mo"]
        paths.sort(key=lambda path: (path.stem != _ANY, path.stem))
        self._unread = {path.stem: path for path in paths}
        self._table: dict[Any, str] = {}
        self._reading = Lock()  # a report is written on a thread of its own

    def find(self, *keys: Any) -> str | None:
        """The text under the first of `keys` that has one; they are forms of one key."""
        table = self._table
        found = next((table[key] for key in keys if key in table), None)
        if found is None and self._unread:
            with self._reading:
                for subject in self._likely(keys[-1]):
                    self._read(subject)
                    if (found := next((table[key] for key in keys if key in table), None)) is not None:
                        break
        return found

    def whole(self) -> dict[Any, str]:
        """Everything there is."""
        with self._reading:
            for subject in list(self._unread):
                self._read(subject)
        return self._table

    def _likely(self, key: str) -> list[str]:
        """The subjects not yet read: those the key names first (`gui.start.title`, `problem.ssh.refused.title`)."""
        first, _, rest = key.partition(".")
        second = rest.partition(".")[0]
        names = (first, second, f"{first}_{second}")
        likely = [name for name in names if name in self._unread]
        likely += [name for name in self._unread if name not in likely and name.startswith(f"{first}_")]
        return [*likely, *(name for name in self._unread if name not in likely)]

    def _read(self, subject: str) -> None:
        self._table.update(_entries(self._unread[subject].read_bytes()))
        del self._unread[subject]


def _entries(data: bytes) -> Iterator[tuple[str | tuple[str, int], str]]:
    """The texts of one `.mo` of ours by their keys; plural forms by key and number. Gettext's own reader also makes a
    function of each file's plural rule, which takes longer than all the rest."""
    count, keys_at, texts_at = struct.unpack_from("<3I", data, 8)
    keys = struct.unpack_from(f"<{2 * count}I", data, keys_at)  # length, place, length, place, ...
    texts = struct.unpack_from(f"<{2 * count}I", data, texts_at)
    for length, place, text_length, text_place in zip(keys[::2], keys[1::2], texts[::2], texts[1::2], strict=True):
        key, plural, _ = data[place : place + length].decode().partition("\0")
        text = data[text_place : text_place + text_length].decode()
        if plural:
            yield from (((key, form), each) for form, each in enumerate(text.split("\0")))
        elif key:  # without one stands what the file says of itself
            yield key, text


@cache
def _catalogue(language: Language) -> _Catalogue:
    return _Catalogue(language)


class Texts:
    """The words of one language. Cheap to make; the catalogues are read once a process."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._catalogue = _catalogue(language)

    def has(self, key: str) -> bool:
        """Whether this language has a text under `key`."""
        return self._catalogue.find((key, 0), key) is not None

    def keys(self) -> Iterator[str]:
        """Every key of this language, a plural one once."""
        return iter(sorted({key[0] if isinstance(key, tuple) else key for key in self._catalogue.whole()}))

    def template(self, key: str, count: int | None = None) -> str:
        """The text under `key` with its placeholders; `count` chooses among plural forms.

        Raises MissingTextError where there is none.
        """
        form = 0 if self.language == "ja" or count is None or count == 1 else 1
        found = self._catalogue.find((key, form), (key, 0), key)
        if found is None:
            raise MissingTextError(key)
        return found

    def text(self, key: str, values: Mapping[str, Value] | None = None, **more: Value) -> str:
        """The text under `key`, filled. Values are never read as templates themselves.

        Where a thing is said in other words than its code's own (a domain that never was is no contract that ended),
        the values name those as `words`: `<words>.title` instead of `<code>.title`.
        """
        filled = {**(values or {}), **more}
        key = self._in_other_words(key, filled.get("words"))
        count = filled.get("count")
        template = self.template(key, count if isinstance(count, int) else None)
        if ":datetime}" in template:
            from core.unknown_times import without_unknown_times  # the first window tells no times

            template = without_unknown_times(template, filled)
        return template.format_map(_Filling(self, filled))

    def steps(self, prefix: str, values: Mapping[str, Value] | None = None) -> list[str]:
        """The texts `<prefix>.step.1`, `.step.2`, ... as long as they follow on one another.

        When the values name other steps as `steps`, those: who else must act. Last comes the text to send or read
        out, when the values name one as `letter`.
        """
        found: list[str] = []
        prefix = self.steps_key(prefix, values)
        while self.has(key := f"{prefix}.step.{len(found) + 1}"):
            found.append(self.text(key, values))
        letter = (values or {}).get("letter")
        if found and isinstance(letter, str) and self.has(letter):
            found.append(self.text(letter, values))
        return found

    def steps_key(self, prefix: str, values: Mapping[str, Value] | None) -> str:
        """The key whose steps count: the one the values name as `steps`, or as `words`, else `prefix`."""
        named = [(values or {}).get(name) for name in ("steps", "words")]
        return next((each for each in named if isinstance(each, str) and self.has(f"{each}.step.1")), prefix)

    def _in_other_words(self, key: str, words: Value) -> str:
        part = key.rpartition(".")[2]
        other = f"{words}.{part}" if isinstance(words, str) and part in ("title", "meaning") else key
        return other if other != key and self.has(other) else key

    def number(self, value: int | float) -> str:
        """A number with thousands separators; at most one decimal."""
        if isinstance(value, float) and not value.is_integer():
            return f"{value:,.1f}"
        return f"{int(value):,}"

    def joined(self, items: list[str]) -> str:
        """Several words in a row, as the language writes them."""
        return ("、" if self.language == "ja" else ", ").join(items)

    def date(self, value: str | date) -> str:
        """A calendar date: 1999年2月4日 / 4 Feb 1999; of "1999-02" and "1999" what is known."""
        if isinstance(value, str) and len(value) < len("1999-02-04"):
            year, _, month = value.partition("-")
            if self.language == "ja":
                return f"{year}年" + (f"{int(month)}月" if month else "")
            return f"{_MONTHS_EN[int(month) - 1]} {year}" if month else year
        day = datetime.fromisoformat(value).date() if isinstance(value, str) else value
        if self.language == "ja":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"

    def datetime(self, value: str | datetime) -> str:
        """A moment in the laptop's time zone: 2026年11月22日(日) 8:40 / 22 Nov 2026, 08:40."""
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        local = _local(moment)
        if self.language == "ja":
            return f"{self.date(local)}({_WEEKDAYS_JA[local.weekday()]}) {local.hour}:{local.minute:02}"
        return f"{self.date(local)}, {local.hour:02}:{local.minute:02}"

    def zone(self, moment: Moment | None = None) -> str:
        """The time zone that times are shown in: 日本時間 where it is that in Japanese, else UTC+9, UTC, UTC-3:30."""
        local = _local(moment or Moment.now(UTC))
        minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
        if minutes == _JAPAN:
            return "日本時間" if self.language == "ja" else "UTC+9"
        hours, rest = divmod(abs(minutes), 60)
        sign = "-" if minutes < 0 else "+"
        return "UTC" + (f"{sign}{hours}" if minutes else "") + (f":{rest:02}" if rest else "")

    def duration(self, seconds: float) -> str:
        """A length of time in its largest whole unit."""
        return self._in_units(seconds, _UNITS, most=1)

    def age(self, seconds: float) -> str:
        """A length of time in its two largest of years, months and days; under a day as a duration."""
        if seconds < 86400:
            return self.duration(seconds)
        return self._in_units(seconds, _UNITS[:3], most=2)

    def size(self, count: int | float) -> str:
        """A number of bytes with a decimal unit."""
        for unit in ("bytes", "KB", "MB", "GB"):
            if count < 1000 or unit == "GB":
                return f"{self.number(round(count, 1))} {unit}"
            count /= 1000
        raise AssertionError

    def _in_units(self, seconds: float, units: tuple[tuple[float, str, str, str], ...], most: int) -> str:
        rest = max(0.0, seconds)
        words: list[str] = []
        for length, ja, one, many in units:
            count = int(rest // length)
            if count or (length == units[-1][0] and not words):
                words.append(f"{count}{ja}" if self.language == "ja" else f"{count} {one if count == 1 else many}")
                rest -= count * length
            if words and (len(words) == most or not count):
                break
        return ("" if self.language == "ja" else " ").join(words)


def _local(moment: Moment) -> Moment:
    """In the laptop's time zone; as it is at the ends of the calendar, where certificates like to lie."""
    try:
        return moment.astimezone()
    except (OverflowError, ValueError, OSError):
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class _Filling(dict[str, "_Said"]):
    """What fills a catalogue template: `str.format_map` asks for each name, and hands the value its own format."""

    def __init__(self, texts: Texts, values: Mapping[str, Any]) -> None:
        self._texts, self._values = texts, values

    def __missing__(self, name: str) -> _Said:
        value = self._values[name]
        # A port is a name made of digits, not an amount: 36321, never 36,321.
        return _Said(self._texts, str(value) if name == "port" and isinstance(value, int) else value)


class _Said:
    """One value, formatted by language. Templates are our own: a test holds them to names without attributes."""

    __slots__ = ("_texts", "_value")

    def __init__(self, texts: Texts, value: Any) -> None:
        self._texts, self._value = texts, value

    def __format__(self, format_spec: str) -> str:
        """A value of another kind than its text expects stands there as it is: a saved run, or one of another
        version, may hold anything, and whoever reads it must not lose the rest. Tests fail on the log line."""
        if self._value is None:
            return "—"
        try:
            return self._formatted(self._value, format_spec)
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError, IndexError) as unfit:
            import logging  # takes longer than the first window has

            logging.getLogger(__name__).error("%r does not fit {:%s}: %r", self._value, format_spec, unfit)
            return str(self._value)

    def _formatted(self, value: Any, format_spec: str) -> str:
        texts = self._texts
        if format_spec.startswith("@"):
            words = value if isinstance(value, list) else [value]
            return texts.joined([texts.text(f"{format_spec[1:]}.{word}") for word in words])
        if format_spec in ("date", "datetime"):
            return texts.date(value) if format_spec == "date" else texts.datetime(value)
        if format_spec in ("duration", "age", "bytes"):
            return {"duration": texts.duration, "age": texts.age, "bytes": texts.size}[format_spec](value)
        if isinstance(value, list):
            return texts.joined([str(item) for item in value])
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return texts.number(value)


def system_language() -> Language:
    """Japanese when the system speaks it, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "ja" if value.startswith("ja") else "en"
    if sys.platform == "win32":
        import ctypes

        # Primary language 0x11 is Japanese (Windows language identifiers, low ten bits).
        return "ja" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 0x11 else "en"
    return "en"
