"""The part of the fixed list of commands that reads the log: it only reads, is bounded, and is understood."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from core.checks.mail_log import judge
from core.checks.mail_log.measure import from_reading
from core.clients.remote_frames import Section
from core.clients.remote_log import LOG_FILES, LOG_SECTIONS, MOST_BYTES
from core.clients.ssh import ServerReading
from core.model import Severity

PROGRAMS = {"for", "if", "then", "do", "elif", "else", "fi", "done", "[", "echo", "tail", "zcat", "wc", "command",
            "journalctl", "true", "exit", "o", "f", "in", "&&", "|", "s=", "s=$f", "break"}  # fmt: skip


@pytest.mark.parametrize("entry", LOG_SECTIONS, ids=lambda entry: entry.section)
def test_only_programs_that_read_are_run(entry):
    """The first word of each simple command."""
    text = re.sub(r'"[^"]*"', '""', entry.command.replace(">/dev/null", ""))
    for part in re.split(r";|&&|\|\||\||\bdo\b|\bthen\b|\belse\b", text):
        words = part.split()
        if words and words[0] not in ("for",):
            assert words[0] in PROGRAMS, part
    assert not re.search(r">|<|\btee\b|-f\b.*tail|--rotate|--vacuum|--flush|--sync", text)


def test_what_is_read_is_bounded():
    sizes = [int(size) for entry in LOG_SECTIONS for size in re.findall(r"tail -c (\d+)", entry.command)]
    assert sizes and max(sizes) <= 6_000_000
    assert all(entry.max_bytes <= MOST_BYTES for entry in LOG_SECTIONS)
    assert all(path.startswith(("/var/log/", "/usr/local/psa/")) for path in LOG_FILES)


def _reading(files: list[str], lines: list[str], complete: bool = True) -> ServerReading:
    sections = {
        "system": Section("system", ("epoch=1795312800", "zone=+0900 JST"), 0, True),
        "log_files": Section("log_files", tuple(files), 0, True),
        "log_lines": Section("log_lines", tuple(lines), 0, complete),
    }
    return ServerReading(sections, True, datetime(2026, 11, 22, tzinfo=UTC))


def test_a_log_we_may_not_read_is_could_not_look_with_its_place():
    facts = from_reading(_reading(["unreadable /var/log/mail.log"], []))
    (finding,) = judge(facts)
    assert (finding.code, finding.severity) == ("mail_log.permission_denied", Severity.UNKNOWN)
    assert finding.values["source"] == "/var/log/mail.log"


def test_a_journal_that_shows_us_nothing_is_could_not_look():
    hint = ["Hint: You are currently not seeing messages from other users and the system."]
    (finding,) = judge(from_reading(_reading(["journal"], hint)))
    assert (finding.code, finding.severity) == ("mail_log.permission_denied", Severity.UNKNOWN)


def test_no_log_at_all_is_could_not_look():
    (finding,) = judge(from_reading(_reading([], [])))
    assert (finding.code, finding.severity) == ("mail_log.not_found", Severity.UNKNOWN)


def test_the_servers_own_zone_and_clock_count():
    line = "Nov 22 10:28:43 mail postfix/smtpd[1]: connect from a[192.0.2.1]"
    facts = from_reading(_reading(["readable /var/log/mail.log 100"], [line]))
    assert facts.last and facts.last.isoformat().endswith("+09:00")
    assert facts.source == "/var/log/mail.log"


def test_a_log_cut_on_its_way_says_so():
    line = "Nov 22 10:28:43 mail postfix/smtpd[1]: connect from a[192.0.2.1]"
    codes = [finding.code for finding in judge(from_reading(_reading(["journal"], [line], complete=False)))]
    assert "mail_log.incomplete" in codes
