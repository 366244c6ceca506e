"""The 2004 story on the command line, on the practice company, from the first check until the lists let go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ZEN = "zen.spamhaus.org"


class Story:
    """One person's computer: their own user folders, and the command line."""

    def __init__(self, home: Path) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
        self._environment = {**kept, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "LANG": "C.UTF-8"}

    def does(self, *words: str, status: int = 0) -> str:
        command = [sys.executable, "-m", "core", *words]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout

    def knows(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.does(*words, "--json", status=status))["result"]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def test_from_the_first_check_to_the_day_the_lists_let_go(story: Story, tmp_path: Path) -> None:
    story.does("practice", status=2)
    (incident,) = story.knows("notebook")
    assert (incident["practice"], incident["first_cause"]) == ("relay-2004", "open_relay")

    # The desk is closed, and a hurried person is told why.
    assert story.knows("delist")["gate"]["why"] == "not_looked"
    story.does("delist", ZEN, status=64)
    story.does("checklist", "--tick", "hold_outgoing", status=64)  # who?
    done = story.knows("checklist", "--tick", "hold_outgoing", "--tick", "keep_settings", "--initials", "NK")
    assert [line["step"] for line in done if line["tick"]] == ["hold_outgoing", "keep_settings"]

    # Not repaired yet: still wrong, and the desk stays closed.
    assert story.knows("again", status=2)["verdict"] == "still_wrong"
    assert story.knows("delist")["gate"]["why"] == "still_wrong"

    # The relay is closed; a check shows it; the lists have not noticed.
    story.does("checklist", "--tick", "repair_cause", "--initials", "NK")
    found = story.knows("again", "--practice", "relay-2004-closed", "--watch", status=2)
    assert found["verdict"] == "repaired_but_listed"
    assert {row["check_id"]: row["change"] for row in found["rows"]}["open_relay"] == "repaired"
    desk = story.knows("delist")
    assert (desk["gate"]["state"], desk["gate"]["why"]) == ("open", "repaired")
    assert {line["zone"]: line["who"] for line in desk["lines"]} == {ZEN: "you", "bl.spamcop.net": "nobody"}

    request = story.knows("delist", ZEN, "--company", "Midori Shoji", "--lang", "ja")
    assert request["language"] == "en"  # the list reads English
    for part in ("203.0.113.25", "mail.midori-shoji.example", "550 Relaying denied", "Midori Shoji", "Spamhaus ZEN"):
        assert part in request["body"], part
    assert "PRACTICE" in request["subject"]
    assert "登録の解除をお願いいたします" in story.knows("delist", ZEN, "--in", "ja")["body"]
    story.does("delist", "bl.spamcop.net", status=64)  # ends by itself
    assert story.knows("delist", ZEN, "--asked", "--initials", "NK")["state"] == "asked"

    # Days later.
    found = story.knows("again", "--practice", "relay-2004-delisted", status=1)
    assert found["verdict"] == "repaired"
    assert {line["state"] for line in story.knows("delist")["lines"]} == {"removed"}

    story.does("notebook", "note", "保守会社に電話した tanaka@midori-shoji.example", "--initials", "NK")
    pdf, out = tmp_path / "report.pdf", tmp_path / "incident.json"
    printed = story.does("notebook", "report", "--pdf", str(pdf), "--lang", "ja")
    assert pdf.read_bytes().startswith(b"%PDF") and "保守会社に電話した" in printed and "NK" in printed
    story.does("notebook", "export", str(out), "--mask")
    assert "203.0.113.25" not in out.read_text(encoding="utf-8")
    number = story.knows("notebook", "import", str(out))["incident"]
    story.does("again", "--incident", str(number), status=64)  # a file never makes us contact anybody
    story.does("notebook", "delete", "--incident", str(incident["id"]), status=64)
    story.does("notebook", "delete", "--incident", str(incident["id"]), "--yes")
    assert [one["id"] for one in story.knows("notebook")] == [number]


def test_nothing_recorded_yet_is_said_plainly(story: Story, tmp_path: Path) -> None:
    for words in (("checklist",), ("again",), ("delist",), ("letter", "boss"), ("notebook", "show")):
        story.does(*words, status=64)
    assert story.knows("notebook") == []
    story.does("notebook", "import", str(tmp_path / "nowhere.json"), status=64)


def test_a_written_reason_opens_the_desk_and_stands_in_the_record(story: Story) -> None:
    story.does("practice", status=2)
    story.does("delist", "--override", "too short", "--initials", "NK", status=64)
    story.does("delist", "--override", "The hosting company closed it and showed us", "--initials", "NK")
    assert story.knows("delist")["gate"]["state"] == "overridden"
    assert "[what was done, and when]" in story.knows("delist", ZEN, "--lang", "en")["body"]
    assert "showed us" in story.does("notebook", "report", "--lang", "en")


def test_a_letter_is_printed_with_its_draft(story: Story) -> None:
    story.does("practice", status=2)
    text = story.does("letter", "boss", "--lang", "ja", "--draft", "--to", "boss@example.jp")
    assert "mailto:boss%40example.jp?" in text and "メールの不具合について報告します" in text


def test_a_real_incident_is_never_checked_on_the_practice_company(story: Story) -> None:
    story.does("check", "--domain", "nowhere.invalid", "--resolver", "127.0.0.1:9", "--only", "dns_health", status=3)
    story.does("again", "--practice", "all-fine", status=64)
