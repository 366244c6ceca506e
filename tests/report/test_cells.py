"""Tables show words where their columns hold codes of ours, and whatever a server said as it stands."""

import pytest

from core.checks.smtp_banner.facts import PortState
from core.report.words import cell_words, sentences
from core.texts import LANGUAGES, Language, Texts


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", PortState.__args__)  # type: ignore[attr-defined]
def test_every_state_of_a_port_has_words(language: Language, word: str) -> None:
    assert cell_words(Texts(language), "state", word) != word or word == "answered"


@pytest.mark.parametrize("cell", ["TLSv1.3", "550 no such user", "", "{state}", "x.title", "no_such_code"])
def test_what_is_no_code_of_ours_stays(cell: str) -> None:
    texts = Texts("en")
    assert [cell_words(texts, column, cell) for column in ("state", "protocol", "reason", "said")] == [cell] * 4


@pytest.mark.parametrize(
    ("language", "parts", "told"),
    [
        ("en", ["Read it (twice)", "He said “go.”", "", "Done. "], "Read it (twice). He said “go.” Done."),
        ("ja", ["見る（2回）", "「はい」と答えます", "終わり。"], "見る（2回）。「はい」と答えます。終わり。"),
    ],
)
def test_every_sentence_has_its_stop(language: Language, parts: list[str], told: str) -> None:
    assert sentences(parts, Texts(language)) == told
