"""The report as Markdown: whatever others wrote stays text, and opens no block."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from core.model import Report
from core.report.markdown_file import escaped, report_markdown
from core.report.options import ReportOptions
from core.texts import Texts

EN = Texts("en")
HOSTILE = (
    "# x\n* [a](http://evil.example) ![i](x) <script>alert(1)</script> `c` | d | ~~e~~ "
    "https://evil.example www.evil.example a@b.example &amp; $m$"
)


def test_markdown_holds_no_markup_of_others(with_answer: Callable[[str], Report]) -> None:
    shown = report_markdown(with_answer(HOSTILE), EN, None, ReportOptions(masked="nothing"))
    outside, inside = [], False
    for line in shown.splitlines():
        if line.startswith("```"):
            inside = not inside
        elif not inside:
            outside.append(line)
    text = "\n".join(outside)
    for markup in ("<script", "](http", "[i]", "://", "@b", "~e"):
        assert not re.search(rf"(?<!\\){re.escape(markup)}", text), markup
    assert "www.evil" not in text
    assert "\\<script\\>" in text
    assert not inside


def test_markdown_fences_are_longer_than_any_within(with_answer: Callable[[str], Report]) -> None:
    shown = report_markdown(with_answer("``` \x00````` x"), EN)
    assert "``````text" in shown
    assert "\x00" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# a", "\\# a"),
        ("1. a", "1\\. a"),
        ("- a", "\\- a"),
        ("=== a", "\\=== a"),
        ("a-b #1", "a-b #1"),
        ("a\nb", "a b"),
    ],
)
def test_a_line_opens_no_block(text: str, shown: str) -> None:
    assert escaped(text) == shown
