"""The check of the words finds what it is for, leaves good texts alone, and holds for the texts as they are."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "packaging" / "check_words.py"


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_words", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_words"] = module
    spec.loader.exec_module(module)
    return module


words = loaded()


@pytest.mark.parametrize(
    ("language", "text", "rule"),
    [
        ("ja", "エラーが発生しました。", "word"),
        ("ja", "サーバーが止まった。", "word"),
        ("ja", "これは古い設定である。", "word"),
        ("ja", "ﾒｰﾙが届きません。", "word"),
        ("ja", "メール,電話で知らせます。", "word"),
        ("ja", "ＭＸを見ます。", "word"),
        ("ja", "設定を開いてください。保存してください。", "word"),
        ("ja", "メールを送ることができます。", "word"),
        ("ja", "あ" * 80 + "ます。", "length"),
        ("ja", "一、二、三、四、五、六を見ます。", "commas"),
        ("en", "An error occurred.", "word"),
        ("en", "Simply restart the server.", "word"),
        ("en", "Please restart the the server.", "word"),
        ("en", "word " * 31 + ".", "length"),
    ],
)
def test_a_fault_is_found(language: str, text: str, rule: str) -> None:
    assert rule in {fault.rule for fault in words.faults_of(language, "some.title", text)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "送れずにたまっているメールが{count}通あります（この規模の会社ではふつう1〜10通です）"),
        ("ja", "調べられませんでした。理由は2つあります。"),
        ("ja", "2026年11月22日(日) 8:40 に調べました。"),
        ("ja", "「エラーが発生しました」と出たときは、その画面を写します。"),
        ("en", "Sending from an office computer is normal. Only a look from outside can tell."),
    ],
)
def test_a_good_text_is_left_alone(language: str, text: str) -> None:
    assert list(words.faults_of(language, "some.title", text)) == []


def test_only_letters_ask() -> None:
    assert list(words.faults_of("en", "playbook.gmail.letter", "Please remove the address.")) == []
    assert list(words.faults_of("en", "cause.listed.step.1", "Please remove the address."))


def test_hard_english_reads_harder() -> None:
    plain = words.reading_ease(["The mail did not go out. Look at the list below."])
    hard = words.reading_ease(
        ["Authentication infrastructure misconfiguration necessitates comprehensive remediation."]
    )
    assert plain > 80
    assert hard < 0


def test_every_text_holds_and_no_exception_is_left_over(capsys: pytest.CaptureFixture[str]) -> None:
    status = words.main()
    assert (status, capsys.readouterr().out) == (0, "")
