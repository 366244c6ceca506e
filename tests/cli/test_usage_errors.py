"""A command line that cannot be read is told so in the reader's language, with exit status 64."""

from __future__ import annotations

import pytest

from core.cli import main
from core.texts import LANGUAGES, Language, Texts
from core.usage_errors import language_asked, usage_error

WRONG = [
    (("nonsense",), "problem.usage.unknown_command.title", {"value": "nonsense"}),
    (("notebook", "nonsense"), "problem.usage.unknown_command.title", {"value": "nonsense"}),
    (("letter", "nobody"), "problem.usage.bad_word.title", {"value": "nobody"}),
    (("read-log",), "problem.usage.missing.title", {"names": "FILE"}),
    (("letter",), "problem.usage.missing.title", {"names": "kind (hosting|line|dns|customers|staff|boss)"}),
    (
        (),
        "problem.usage.missing.title",
        {
            "names": "COMMAND (check|read-queue|read-bounce|read-log|exchange-block|blacklists|fix|arrival|practice|"
            "notebook|checklist|again|delist|letter|report)"
        },
    ),
    (("check", "--symptom", "sad"), "problem.usage.bad_choice.title", {"option": "--symptom", "value": "sad"}),
    (("check", "--domain"), "problem.usage.no_value.title", {"option": "--domain"}),
    (("check", "--own-server=yes"), "problem.usage.takes_no_value.title", {"option": "--own-server", "value": "yes"}),
    (("check", "--bogus"), "problem.usage.not_understood.title", {"value": "--bogus"}),
    (("check", "--s"), "problem.usage.ambiguous.title", {"value": "--s"}),
    (("notebook", "--incident", "x"), "problem.usage.no_number.title", {"option": "--incident", "value": "x"}),
    (
        ("blacklists", "--set-key", "abusix", "--forget-key", "abusix"),
        "problem.usage.conflict.title",
        {"option": "--forget-key", "other": "--set-key"},
    ),
    (("check", "--address", "1.2"), "problem.usage.bad_address.title", {"value": "1.2"}),
    (("check", "--domain", "a.example", "--only", "dnsbl,zz"), "problem.usage.unknown_check.title", {"names": "zz"}),
    (("read-log", "--from", "noon", "log"), "problem.usage.bad_time.title", {"value": "noon"}),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("words", "key", "values"), WRONG)
def test_it_is_said_in_the_language_of_the_system(
    words: tuple[str, ...],
    key: str,
    values: dict[str, str],
    language: Language,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LC_ALL", {"ja": "ja_JP.UTF-8", "en": "en_GB.UTF-8"}[language])
    assert main(words) == 64
    said = capsys.readouterr()
    assert said.out == "" and Texts(language).text(key, **values).rstrip("。.") in said.err
    assert "usage:" not in said.err


@pytest.mark.parametrize("asked", [("--lang", "ja"), ("--lang=ja",)])
def test_it_is_said_in_the_language_asked_for(
    asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert main(("check", *asked, "--symptom", "sad")) == 64
    said = capsys.readouterr().err
    assert "「sad」は使えません" in said and "mail-first-aid check --help" in said


def test_a_language_we_do_not_speak_is_named_in_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert language_asked(["check", "--lang", "fr"]) == language_asked(["check", "--lang"]) == "ja"
    assert language_asked(["check", "--lang", "en"]) == "en"


@pytest.mark.parametrize(
    "message",
    [
        "argument --symptom: invalid choice: 'sad' (choose from 'slow', 'checkup')",  # Python 3.11
        "argument --symptom: invalid choice: 'sad' (choose from slow, checkup)",  # 3.12.8, 3.13
        "argument --symptom: invalid choice: 'sad', maybe you meant 'slow'? (choose from slow, checkup)",  # 3.14
    ],
)
def test_the_wordings_of_later_pythons_are_known(message: str) -> None:
    error = usage_error(message, {})
    assert error.code == "usage.bad_choice"
    assert error.values == {"option": "--symptom", "value": "sad", "known": ["slow", "checkup"]}


def test_what_was_typed_commands_no_terminal_and_is_no_template(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("check", "--lang", "en", "--\x1b[2J\u202e{names}" + "x" * 500)) == 64
    said = capsys.readouterr().err
    assert "\x1b" not in said and "\u202e" not in said and "{names}" in said and "x" * 100 not in said


def test_an_unknown_wording_is_handed_on() -> None:
    error = usage_error("something new in Python 3.99", {})
    assert (error.code, error.values) == ("usage.other", {"detail": "something new in Python 3.99"})
