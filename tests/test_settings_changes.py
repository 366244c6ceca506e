"""What changed in the settings: only what both runs read, only of one server, and never a secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.checks.server_health.facts import ServerHealthFacts
from core.checks.server_health.judge import judge
from core.checks.server_health.settings import copied
from core.clients.remote_frames import Section
from core.clients.ssh import ServerReading
from core.model import CheckResult, Report, Severity, Target
from core.notebook import Notebook
from core.notebook.settings_history import with_settings_changes
from core.report.text_file import report_text
from core.saved_run import report_from_json, report_to_plain
from core.settings_changes import Change, changes, copy_in, with_changes
from core.texts import LANGUAGES, Texts

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BEFORE = (("main.cf: mynetworks", "127.0.0.0/8"), ("main.cf: relayhost", "[relay.example.jp]:587"))
NOW = (("main.cf: mynetworks", "0.0.0.0/0"), ("main.cf: smtpd_milters", "inet:127.0.0.1:8891"))


def a_run(settings: tuple[tuple[str, str], ...], at: datetime = START, **target: str) -> Report:
    facts = ServerHealthFacts(at, settings=settings)
    result = CheckResult("server_health", at, at, facts, judge(facts))
    to = Target(**{"ssh": "admin@mail.example.jp", "domain": "example.jp", **target})  # type: ignore[arg-type]
    return Report(to, (result,), (), at, at, "1", "2026-11-22")


def test_changed_new_and_gone_are_told_with_their_values():
    assert changes(dict(BEFORE), dict(NOW)) == (
        Change("main.cf: mynetworks", "127.0.0.0/8", "0.0.0.0/0"),
        Change("main.cf: relayhost", "[relay.example.jp]:587", None),
        Change("main.cf: smtpd_milters", None, "inet:127.0.0.1:8891"),
    )


def test_a_file_only_one_run_could_read_is_not_called_changed():
    assert changes({**dict(BEFORE), "sendmail.mc: x": "x"}, dict(BEFORE)) == ()
    assert changes({}, dict(NOW)) == ()


@pytest.mark.parametrize(("symptom", "severity"), [("not_delivered", Severity.WARNING), ("checkup", Severity.OK)])
def test_a_change_is_a_clue_where_there_is_trouble(symptom, severity):
    report = with_changes(a_run(NOW, START + timedelta(days=2), symptom=symptom), a_run(BEFORE))
    (found,) = [each for each in report.results[0].findings if each.code == "server_health.settings_changed"]
    assert found.severity is severity
    assert found.values["count"] == 3
    assert found.table is not None
    assert ("main.cf: relayhost", "[relay.example.jp]:587", "—") in found.table.rows


def test_another_server_or_nothing_changed_leaves_the_run_as_it_is():
    now = a_run(NOW)
    assert with_changes(now, a_run(BEFORE, ssh="admin@other.example.jp")) is now
    assert with_changes(now, a_run(NOW)) is now


def test_another_account_on_the_same_server_is_the_same_server():
    assert with_changes(a_run(NOW, ssh="root@MAIL.example.jp"), a_run(BEFORE)) is not None


def test_a_saved_run_keeps_its_copy():
    again = report_from_json(report_to_plain(a_run(BEFORE)))
    assert copy_in(again) == dict(BEFORE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notebook_finds_the_last_run_of_this_server(tmp_path: Path, language):
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        notebook.save_run(a_run(BEFORE))
        notebook.save_run(replace(a_run(BEFORE), results=()))  # a run without a login holds no copy
        report = with_settings_changes(a_run(NOW, START + timedelta(days=1), symptom="slow"), notebook)
    assert "mynetworks" in report_text(report, Texts(language))


def test_the_first_run_has_nothing_to_compare_with(tmp_path: Path):
    now = a_run(NOW)
    with Notebook(tmp_path / "notebook.sqlite3") as notebook:
        assert with_settings_changes(now, notebook) is now


def test_secrets_are_not_copied_and_cut_files_are_left_out():
    lines = ("smtp_sasl_password_maps = static:user:geheim", "relayhost = [mx]:587")
    sections = {
        "postfix_settings": Section("postfix_settings", lines, 0, True),
        "postfix_services": Section("postfix_services", ("smtp inet n - y - - smtpd -o x=y",), 124, False),
        "sendmail_files": Section(
            "sendmail_files", ("== /etc/mail/access", "10.1 RELAY", 'AuthInfo:x "P:geheim"'), 0, True
        ),
        "opensmtpd_relay": Section("opensmtpd_relay", ('table secrets { bob = "geheim" }', "listen on eth0"), 0, True),
    }  # fmt: skip
    found = dict(copied(ServerReading(sections, False, START)))
    assert "geheim" not in str(found)
    assert found["main.cf: relayhost"] == "[mx]:587"
    assert found["access: 10.1 RELAY"] == "10.1 RELAY"
    assert not any(name.startswith("master.cf") for name in found)
