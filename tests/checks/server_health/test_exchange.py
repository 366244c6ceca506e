"""The block for the Exchange Management Shell: it only reads, and what it printed is understood."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest

from core.checks.mail_queue import read_queue
from core.checks.mail_queue.judge import judge
from core.checks.server_health.exchange import exchange_findings
from core.cli import main
from core.exchange_command import exchange_block
from core.knowledge.evidence_kind import kind_of

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
TOLD = {
    "kind": "mail-first-aid/exchange",
    "at": "2026-11-22T08:39:00.1234567Z",
    "servers": [{"name": "EX01", "build": "Version 15.1 (Build 2507.6)", "edition": "Standard"}],
    "setup": "15.01.2507.006",
    "queues": [
        {"id": "EX01\\3", "status": "Retry", "count": 2300, "next": "far.example", "error": ""},
        {"id": "EX01\\Submission", "status": "Ready", "count": 0, "next": "Submission", "error": ""},
        {"id": "EX01\\Poison", "status": "Ready", "count": 9, "next": "Poison Message", "error": ""},
    ],
    "messages": [
        {
            "queue": "EX01\\3",
            "from": f"user{number}@example.jp",
            "status": "Retry",
            "received": "2026-11-22T07:40:00.1234567Z",
            "error": "[{LED=451 4.4.0 Primary target IP address responded with: \"421 4.2.1 Unable to connect.\"}]",
            "to": [f"a{number}@far.example"],
        }
        for number in range(1000)
    ],
    "connectors": [
        {"name": "EX01\\Default", "enabled": True, "from": ["0.0.0.0-255.255.255.255"],
         "groups": "AnonymousUsers", "anyone": False},
        {"name": "EX01\\Copier", "enabled": True, "from": ["192.0.2.10"], "groups": "x", "anyone": True},
        {"name": "EX01\\Test", "enabled": True, "from": ["0.0.0.0-255.255.255.255"],
         "groups": "x", "anyone": True},
    ],
}  # fmt: skip
TEXT = json.dumps(TOLD, indent=4)


def test_the_block_only_reads():
    verbs = set(re.findall(r"\b([A-Z][a-z]+)-(?=[A-Z])[A-Za-z]+", re.sub(r"#.*|'[^']*'", "", exchange_block())))
    assert verbs <= {"Get", "Select", "Where", "ConvertTo", "ForEach", "New"}
    assert re.findall(r"New-\w+ [\w.]+", exchange_block()) == ["New-Object Security.Principal.SecurityIdentifier"]
    assert ">" not in re.sub(r"#.*", "", exchange_block())


def test_it_is_taken_for_a_queue():
    assert kind_of(TEXT) == "queue"
    assert kind_of(json.dumps(TOLD)) == "queue"


@pytest.mark.parametrize("text", [TEXT, json.dumps(TOLD), "PS C:\\> paste\r\n" + TEXT.replace("\n", "\r\n")])
def test_the_queue_counts_all_its_messages(text):
    facts = read_queue(text, NOW)
    assert (facts.mta, facts.total) == ("exchange", 2300)
    assert facts.recipient_domains[0].name == "far.example"
    assert facts.oldest_arrival == datetime(2026, 11, 22, 7, 40, 0, 123456, tzinfo=UTC)
    assert "mail_queue.long" in {finding.code for finding in judge(facts)}


def test_a_cut_block_is_never_an_empty_queue():
    facts = read_queue(TEXT[: len(TEXT) // 2], NOW)
    assert not facts.complete
    assert "mail_queue.empty" not in {finding.code for finding in judge(facts)}


def test_connectors_and_builds():
    found = {finding.code.partition(".")[2]: finding.values for finding in exchange_findings(TEXT, TODAY)}
    assert found["exchange_open_relay"]["connector"] == "EX01\\Test"
    assert found["exchange_relay_for"]["ranges"] == ["192.0.2.10"]
    assert found["exchange_ended"]["build"] == "15.1.2507.6"
    assert found["exchange_holes"]["ids"] == ["CVE-2022-41040 (ProxyNotShell)"]


def test_a_build_that_hides_its_updates_is_not_accused_of_holes():
    told = {**TOLD, "setup": ""}
    assert "server_health.exchange_holes" not in {each.code for each in exchange_findings(json.dumps(told), TODAY)}


def test_the_newest_one_is_left_in_peace():
    told = {**TOLD, "servers": [{"name": "EX", "build": "x"}], "setup": "15.02.2562.046", "connectors": []}
    assert exchange_findings(json.dumps(told), TODAY) == ()


@pytest.mark.parametrize(
    "odd", ["", "{", "[]", '{"kind": "mail-first-aid/exchange", "servers": 5, "connectors": {"anyone": 1}}']
)
def test_odd_text_is_no_verdict(odd):
    assert exchange_findings(odd, TODAY) == ()


def test_the_commands(tmp_path, capsys):
    assert main(["exchange-block"]) == 0
    assert "Get-ReceiveConnector" in capsys.readouterr().out
    (tmp_path / "said.txt").write_text(TEXT)
    assert main(["read-queue", "--lang", "ja", str(tmp_path / "said.txt")]) == 2
    assert "オープンリレー" in capsys.readouterr().out
