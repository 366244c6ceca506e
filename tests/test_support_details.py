"""What goes to support holds versions and codes, and nothing that is the person's own."""

from __future__ import annotations

import getpass
import platform
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import __version__
from core.model import Cause, CheckResult, Problem, Report, SendingAddress, Target
from core.support_details import support_details

NOW = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
TRACE = (
    "Traceback (most recent call last):\n"
    '  File "C:\\Users\\中村\\OneDrive - 会社\\mail-first-aid\\core\\run.py", line 120, in _run_one\n'
    '  File "/home/nakamura/lib/python3.11/asyncio/tasks.py", line 500, in wait_for\n'
    "ValueError: nakamura@example.co.jp hunter2\n"
)
REPORT = Report(
    target=Target(domain="example.co.jp", mail_host="mail.example.co.jp", ssh="nakamura@mail.example.co.jp"),
    results=(
        CheckResult("mail_queue", NOW, NOW, problem=Problem("ssh.permission_denied", {"host": "mail.example.co.jp"})),
        CheckResult("dnsbl", NOW, NOW, problem=Problem("run.bug", {"what": "hunter2"}, TRACE)),
    ),
    causes=(Cause("could_not_look", "confirmed", "you"),),
    started_at=NOW,
    finished_at=NOW,
    app_version=__version__,
    data_checked_on="2026-11-22",
    addresses=(SendingAddress("203.0.113.25", "mx"),),
)


def test_it_names_versions_system_and_codes() -> None:
    said = support_details(REPORT, more={"Qt": "6.11.0"})
    for part in (__version__, platform.python_version(), "Qt: 6.11.0", "could_not_look", "ssh.permission_denied"):
        assert part in said
    assert "run.bug at core/run.py:120" in said


def test_nothing_of_the_persons_own_is_in_it() -> None:
    said = support_details(REPORT)
    own = (
        "example.co.jp",
        "203.0.113.25",
        "nakamura",
        "中村",
        "hunter2",
        "OneDrive",
        platform.node(),
        str(Path.home()),
    )
    assert [part for part in own if part and part in said] == []
    assert getpass.getuser() == "root" or getpass.getuser() not in said


def test_the_server_is_named_only_when_chosen() -> None:
    said = support_details(REPORT, with_addresses=True)
    assert "mail.example.co.jp" in said
    assert "203.0.113.25" in said
    assert "nakamura" not in said
    assert "hunter2" not in said


def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://nakamura:hunter2@proxy.example.co.jp:8080")
    said = support_details()
    assert "https_proxy" in said
    assert "hunter2" not in said
    assert "proxy.example" not in said


def test_a_hostile_name_stays_in_its_line() -> None:
    bent = replace(REPORT, target=replace(REPORT.target, domain="a\ncheck dnsbl: ok\u202e"))
    said = support_details(bent, with_addresses=True)
    assert "\ncheck dnsbl: ok" not in said.replace("\ncheck dnsbl: unknown", "")
    assert "\u202e" not in said
