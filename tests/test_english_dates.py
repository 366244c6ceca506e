"""Days and months keep their English names on a desktop of any language: servers write no other."""

from __future__ import annotations

import ast
import locale
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.checks.domain_life.whois_text import read_whois
from core.checks.server_health.certificates import moment
from core.english_dates import month_number, queue_stamp, syslog_stamp
from core.practice.incident import RELAY_2004
from core.practice.log_listing import sendmail_log
from core.practice.queue_listing import sendmail_listing

ROOT = Path(__file__).resolve().parents[1]
AT = datetime(2026, 11, 3, 8, 0, 1, tzinfo=UTC)
# Directives of strftime(3) whose words are those of a language.
_NAMED = re.compile(r"%[-_^#]?[aAbBhpPcxXr](?![a-z])")


def test_stamps() -> None:
    assert (syslog_stamp(AT), queue_stamp(AT)) == ("Nov  3 08:00:01", "Tue Nov 03 08:00")
    assert [month_number(name) for name in ("Jan", "jul", "DEC")] == [1, 7, 12]
    with pytest.raises(ValueError, match="not in tuple"):
        month_number("11月")


def _formats(tree: ast.AST) -> Iterator[str]:
    """Texts that format or read a time: what stands behind the colon in an f-string, and what has a day or an hour."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            yield "".join(str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search("%[dHMY]", node.value):
            yield node.value


def test_nothing_asks_the_desktop_for_a_months_name() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for folder in ("core", "gui")
        for path in (ROOT / folder).rglob("*.py")
        for text in _formats(ast.parse(path.read_text(encoding="utf-8")))
        if _NAMED.search(text)
    ]
    assert found == []


@pytest.fixture
def japanese_desktop() -> Iterator[None]:
    before = locale.setlocale(locale.LC_TIME)
    try:
        locale.setlocale(locale.LC_TIME, "ja_JP.UTF-8")
    except locale.Error:
        pytest.skip("this system has no Japanese locale; the test above holds without one")
    assert AT.strftime("%b") != "Nov"
    yield
    locale.setlocale(locale.LC_TIME, before)


def test_a_japanese_desktop_reads_and_writes_what_servers_do(japanese_desktop: None) -> None:
    assert moment("notAfter=Aug  3 10:00:00 2026 GMT") == datetime(2026, 8, 3, 10, tzinfo=UTC)
    registration = read_whois("Domain Name: example.com\nExpiry Date: 9-Jul-2027\nRegistrar: A\n")
    assert registration is not None and registration.expires == datetime(2027, 7, 9, tzinfo=UTC)
    assert next(sendmail_log(RELAY_2004, AT)).startswith(("Nov ", "Oct "))
    listing = "\n".join(sendmail_listing(RELAY_2004, AT))
    assert " Oct 31 " in listing and "月" not in listing
