"""Every code has its words in both languages, every word has its code, and no text asks for a value it will not get."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from core.checks import ALL
from core.texts import LANGUAGES, Language, Texts

ROOT = Path(__file__).resolve().parent.parent
PARTS = r"(title|meaning|step\.\d+)"
ERRORS = ("CheckError", "CheckTimeoutError", "CheckConnectionError", "UsageError", "Problem")
# What our own words never say: each is a sentence that helps nobody (see CONTRIBUTING, "How the app speaks").
NEVER = {"ja": ("エラーが発生", "簡単です", "ください。"), "en": ("error occurred", "simply", "Oops")}


@cache
def catalogue(language: Language) -> dict[str, Message]:
    return {str(message.id[0] if message.pluralizable else message.id): message for message in messages(language)}


def messages(language: Language) -> Iterator[Message]:
    for path in sorted((ROOT / "resources" / "locale" / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as stream:
            yield from (message for message in read_po(stream, locale=language, abort_invalid=True) if message.id)


def forms(message: Message) -> tuple[str, ...]:
    said = message.string
    return tuple(said) if isinstance(said, list | tuple) else (str(said),)


def placeholders(message: Message) -> dict[str, str]:
    """Name -> the part of its format that says which texts it draws on ("@reason"), else ""."""
    found: dict[str, str] = {}
    for form in forms(message):
        for _, name, spec, conversion in string.Formatter().parse(form):
            if name is not None:
                assert name.isidentifier(), f"{message.id}: {{{name}}} is no plain name"
                assert not conversion, f"{message.id}: no conversions"
                found[name] = spec if spec and spec.startswith("@") else ""
    return found


@cache
def sources() -> tuple[ast.Module, ...]:
    paths = [path for folder in ("core", "gui") for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths)


@cache
def raised() -> dict[str, frozenset[str] | None]:
    """Each problem's code -> the values that all places give it; None where a place hands on values it was given."""
    found: dict[str, frozenset[str] | None] = {}
    for call in (node for tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        first = call.args[0] if call.args else None
        if name not in ERRORS or not isinstance(first, ast.Constant):
            continue
        given, code = _given_values(name, call), str(first.value)
        before = found.get(code, given)
        found[code] = None if given is None or before is None else given & before
    return found


def _given_values(name: str, call: ast.Call) -> frozenset[str] | None:
    if name != "Problem":
        known = all(keyword.arg for keyword in call.keywords)
        return frozenset(str(keyword.arg) for keyword in call.keywords) if known else None
    values = call.args[1] if len(call.args) > 1 else next((k.value for k in call.keywords if k.arg == "values"), None)
    if values is None:
        return frozenset()
    if isinstance(values, ast.Dict) and all(isinstance(key, ast.Constant) for key in values.keys):
        return frozenset(str(key.value) for key in values.keys if isinstance(key, ast.Constant))
    return None


@cache
def declared() -> dict[str, tuple[str, ...]]:
    """Every finding's code of every check -> its values."""
    return {code: values for check in ALL for code, values in check.codes.items()}


@cache
def literals() -> frozenset[str]:
    """Every string that stands in the program."""
    constants = (node.value for tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))


def problems() -> dict[str, frozenset[str] | None]:
    by_check = {code: frozenset(values) for check in ALL for code, values in check.problem_codes.items()}
    return {**by_check, **raised()}


@cache
def causes() -> set[str]:
    calls = (node for tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Call))
    named = (
        c for c in calls if getattr(c.func, "id", "") == "Cause" and c.args and isinstance(c.args[0], ast.Constant)
    )
    return {str(call.args[0].value) for call in named if isinstance(call.args[0], ast.Constant)}


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("ja")) == set(catalogue("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_stands_in_one_catalogue_only_and_has_words(language: Language) -> None:
    keys = Counter(message.id[0] if message.pluralizable else message.id for message in messages(language))
    assert [key for key, count in keys.items() if count > 1] == []
    assert [key for key, message in catalogue(language).items() if not all(forms(message)) or message.fuzzy] == []


def test_both_languages_use_the_same_values() -> None:
    shared = set(catalogue("ja")) & set(catalogue("en"))
    different = {key for key in shared if placeholders(catalogue("ja")[key]) != placeholders(catalogue("en")[key])}
    assert different == set()


def test_every_finding_has_a_title_and_a_meaning() -> None:
    wanted = {f"{code}.{part}" for code in declared() for part in ("title", "meaning")}
    wanted |= {f"check.{check.id}.{part}" for check in ALL for part in ("name", "doing")}
    assert wanted - set(catalogue("en")) == set()


def test_every_finding_code_starts_with_its_check() -> None:
    assert [code for check in ALL for code in check.codes if not code.startswith(f"{check.id}.")] == []


def test_findings_use_declared_values_only() -> None:
    undeclared = {
        key: sorted(unknown)
        for code, values in declared().items()
        for key, message in catalogue("en").items()
        if re.fullmatch(rf"{re.escape(code)}\.{PARTS}", key) and (unknown := set(placeholders(message)) - set(values))
    }
    assert undeclared == {}


def test_every_problem_has_a_title_and_a_meaning() -> None:
    wanted = {f"problem.{code}.{part}" for code in problems() for part in ("title", "meaning")}
    assert wanted - set(catalogue("en")) == set()


def test_problems_use_values_that_every_place_gives() -> None:
    undeclared = {
        key: sorted(unknown)
        for code, values in problems().items()
        for key, message in catalogue("en").items()
        if values is not None and re.fullmatch(rf"problem\.{re.escape(code)}\.{PARTS}", key)
        and (unknown := set(placeholders(message)) - values)
    }  # fmt: skip
    assert undeclared == {}


def test_every_cause_has_a_title_a_meaning_and_a_step() -> None:
    assert len(causes()) >= 5
    wanted = {f"cause.{code}.{part}" for code in causes() for part in ("title", "meaning", "step.1")}
    assert wanted - set(catalogue("en")) == set()


def test_steps_follow_on_one_another() -> None:
    steps = [key for key in catalogue("en") if re.search(r"\.step\.\d+$", key)]
    for key in steps:
        prefix, number = key.rsplit(".", 1)
        assert int(number) == 1 or f"{prefix}.{int(number) - 1}" in steps, f"{key} has no step before it"


def test_words_drawn_on_by_a_text_exist() -> None:
    """{reason:@reason} needs at least one reason.<word>."""
    drawn = {spec[1:] for message in catalogue("en").values() for spec in placeholders(message).values() if spec}
    assert {prefix for prefix in drawn if not any(key.startswith(f"{prefix}.") for key in catalogue("en"))} == set()


def is_known_code(key: str) -> bool:
    """Whether `key` is a part of a finding's, a problem's or a cause's text, and the program has that code.

    A problem's code stands in the program whole ("dns.timed_out"), or as its door and its state ("ssh." "refused").
    """
    prefix, _, part = key.rpartition(".step.") if ".step." in key else key.rpartition(".")
    if not re.fullmatch(r"title|meaning|\d+", part):
        return False
    if prefix.startswith("problem."):
        code = prefix.removeprefix("problem.")
        door, _, state = code.partition(".")
        return code in literals() or (f"{door}." in literals() and state in literals())
    return prefix in declared() or prefix.removeprefix("cause.") in causes()


def test_every_text_has_its_code() -> None:
    """A key is a code's, or a word of a value, or stands (whole, or its beginning up to a dot) in the program."""
    codes = (*(f"{code}." for code in declared()), "problem.", "cause.")
    values = {name for names in declared().values() for name in names}
    drawn = {spec[1:] for message in catalogue("en").values() for spec in placeholders(message).values() if spec}
    ids = {f"{kind}.{check.id}" for check in ALL for kind in ("column", "check")}
    dotted = {text.removesuffix(".") for text in literals() if re.fullmatch(r"[a-z_]+\.([a-z_0-9]+\.?)*", text)}
    begun = tuple(f"{text}." for text in values | drawn | ids | dotted)
    of_codes = {key for key in catalogue("en") if key.startswith(codes)}
    orphans = {key for key in of_codes if not is_known_code(key)}
    orphans |= {key for key in set(catalogue("en")) - of_codes if key not in literals() and not key.startswith(begun)}
    assert orphans == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_app_never_says_what_helps_nobody(language: Language) -> None:
    said = {
        (key, phrase)
        for key, message in catalogue(language).items()
        for form in forms(message)
        for phrase in NEVER[language]
        if phrase.lower() in form.lower() and not key.endswith(".letter")  # a letter asks politely
    }
    assert said == set()


def test_a_port_is_written_as_it_is_dialled() -> None:
    for language in LANGUAGES:
        said = Texts(language).text("smtp_banner.answers.meaning", {"host": "mx", "port": 36321})
        assert "36321" in said
