"""`mail-first-aid fix` as a program of its own: cards for a practice run, the list, a wrong name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose user folders are the test's own."""
    return {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "LC_ALL": "C.UTF-8"}


def run(home: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "core", *words]
    return subprocess.run(command, env=home, capture_output=True, text=True, timeout=120, check=False)


def test_the_practice_incident_gets_its_cards_with_its_own_values(home: dict[str, str], tmp_path: Path) -> None:
    saved = tmp_path / "run.json"
    run(home, "practice", "relay-2004", f"--json={saved}")
    japanese = run(home, "fix", "--run", str(saved), "--lang", "ja")
    assert japanese.returncode == 0, japanese.stderr
    assert "promiscuous_relay" in japanese.stdout and "mail.midori-shoji.example（Sendmail）" in japanese.stdout
    assert "8.9.3 はとても古く" in japanese.stdout.replace("\n  ", "")
    english = run(home, "fix", "--run", str(saved), "--lang", "en", "--json")
    cards = {card["cause"]: card for card in json.loads(english.stdout)["cards"]}
    assert list(cards)[:2] == ["open_relay", "queue_cleanup"] and "prevention" in cards
    assert cards["open_relay"]["server"] == "sendmail" and cards["open_relay"]["tried"] == "older"
    for step in (step for card in cards.values() for step in card["steps"]):
        assert step["ready"] == bool(step["command"] and not step["blanks"])


def test_a_kind_of_server_can_be_chosen_and_nothing_may_be_there(home: dict[str, str]) -> None:
    assert "postconf -e 'mynetworks" in run(home, "fix", "open_relay", "--server", "postfix", "--lang", "en").stdout
    said = run(home, "fix", "open_relay", "--server", "microsoft_365", "--lang", "en")
    assert said.returncode == 0 and "There are no steps" in said.stdout


def test_without_a_cause_the_list_and_a_wrong_name_is_wrong_usage(home: dict[str, str]) -> None:
    listed = run(home, "fix", "--lang", "ja")
    assert listed.returncode == 0 and "open_relay" in listed.stdout and "queue_cleanup" in listed.stdout
    wrong = run(home, "fix", "no_such_cause", "--lang", "en")
    assert wrong.returncode == 64 and "no_such_cause" in wrong.stderr and not wrong.stdout


def test_a_missing_value_is_set_on_the_command_line(home: dict[str, str]) -> None:
    words = ("fix", "resolver_broken", "--server", "postfix", "--lang", "en")
    blank = json.loads(run(home, *words, "--json").stdout)["cards"][0]
    assert blank["blanks"] == ["domain", "resolver", "mail_host"]
    values = ("--set", "resolver=192.0.2.53", "--set", "domain=Example.JP.", "--set", "mail_host=mx.example.net")
    done = json.loads(run(home, *words, *values, "--json").stdout)["cards"][0]
    assert done["blanks"] == [] and done["values"]["domain"] == "example.jp"
    assert "echo 'nameserver 192.0.2.53' > /etc/resolv.conf" in [step["command"] for step in done["steps"]]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("resolver=192.0.2.53' > /etc/passwd #", "Example: 192.0.2.53"),
        ("resolver=$(reboot)", "Example: 192.0.2.53"),
        ("resolver", "no blank called"),
        ("PATH=/tmp", "no blank called"),
        ("jail=postfix", "have no blank for"),
    ],
)
def test_a_value_that_no_command_may_hold_is_refused(home: dict[str, str], word: str, said: str) -> None:
    done = run(home, "fix", "resolver_broken", "--server", "postfix", "--lang", "en", "--set", word)
    assert done.returncode == 64 and done.stdout == ""
    assert said in done.stderr and "reboot" not in done.stderr and "passwd" not in done.stderr
