"""Every command and option says what it is for, in both languages, and nothing else is kept in the help's catalogue."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from core.cli import _parser, main
from core.texts import LANGUAGES, Language, Texts


def parsers(language: Language) -> Iterator[argparse.ArgumentParser]:
    waiting = [_parser("", language)]
    while waiting:
        parser = waiting.pop()
        yield parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                waiting += [sub for name, sub in action.choices.items() if name != "practice-ssh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_option_says_what_it_is_for(language: Language) -> None:
    """`format_help` fails on one without a text."""
    texts, programs = Texts(language), []
    for parser in parsers(language):
        said = parser.format_help()
        programs.append(parser.prog)
        assert said.startswith(f"{texts.text('help.heading.usage')}: {parser.prog}")
        assert f"\n{texts.text('help.heading.options')}:\n" in said
        for action in parser._actions:
            assert action.help or isinstance(action, argparse._SubParsersAction), f"{parser.prog} {action.dest}"
    assert len(programs) == len(set(programs)) > 25


def test_nothing_else_stands_in_its_catalogue() -> None:
    used = {"help.program", "help.heading.usage", "help.heading.positional", "help.heading.options"}
    texts = Texts("en")
    for parser in parsers("en"):
        path = parser.prog.split()[1:]
        if path:
            used.add(".".join(("help.command", *path)))
        for action in parser._actions:
            own = ".".join(("help", *path, action.dest))
            used.add(own if texts.has(own) else f"help.{action.dest}")
    assert [key for key in sorted(texts.keys()) if key.startswith("help.") and key not in used] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--help",), "会社のメールの救急箱です"),
        (("check", "--lang", "ja", "-h"), "会社のドメイン（example.co.jp）"),
        (("notebook", "note", "--help"), "メモ。- は標準入力"),
    ],
)
def test_help_is_in_the_language_asked_for(
    words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8" if "--lang" not in words else "C.UTF-8")
    assert main(words) == 0
    told = capsys.readouterr()
    assert said in told.out and told.err == "" and "usage" not in told.out and "options" not in told.out
