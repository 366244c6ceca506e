"""The notebook's history says in words whom a letter was for and in which language."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from core.incident import Entry
from core.letters.write import Kind
from core.report.timeline import entry_line
from core.texts import LANGUAGES, Language, Texts


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*get_args(Kind), "delisting", "delisting_by_company"])
def test_a_letter_is_told_in_words(language: Language, kind: str) -> None:
    entry = Entry(1, datetime(2026, 11, 22, tzinfo=UTC), "letter", {"letter": kind, "language": "ja", "about": "zen.x"})
    line = entry_line(entry, Texts(language))
    texts = Texts(language)
    told = [texts.text(f"notebook.letter.{kind}"), texts.text("notebook.language.ja"), "zen.x"]
    assert line.endswith(" / ".join(told)) and kind not in told


def test_a_kind_of_another_version_stands_as_it_is() -> None:
    entry = Entry(1, datetime(2026, 11, 22, tzinfo=UTC), "letter", {"letter": "to_the_moon", "language": "eo"})
    assert "to_the_moon / eo" in entry_line(entry, Texts("en"))
