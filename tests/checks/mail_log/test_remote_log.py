"""The part of the fixed list of commands that reads the log: it only reads, is bounded, and is understood."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.checks.mail_log import judge
from core.checks.mail_log.measure import from_reading
from core.clients.remote_frames import Section
from core.clients.remote_log import LOG_FILES, LOG_SECTIONS, MOST_BYTES
from core.clients.ssh import ServerReading
from core.model import Severity
from tests.patience import HANG

PROGRAMS = {"for", "if", "then", "do", "elif", "else", "fi", "done", "[", "echo", "tail", "zcat", "wc", "command",
            "journalctl", "true", "case", "esac", "continue", "m=$(postconf", "*..*)", "/var/log/*)", "*)",
            "exit", "o", "f", "in", "&&", "|", "s=", "s=$f", "break"}  # fmt: skip


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


SHELLS = (("dash",), ("bash",), ("busybox", "sh"))
LINE = "Nov 22 10:28:43 mail postfix/smtpd[1]: connect from a[192.0.2.1]\n"


def _on_a_server(tmp_path: Path, named: str, shell: tuple[str, ...]) -> dict[str, str]:
    """What the two commands print on a server whose Postfix names this log. /var/log is `tmp_path`/log."""
    programs = tmp_path / "bin"
    programs.mkdir(exist_ok=True)
    (tmp_path / "answer").write_text(named.replace("/var/log", str(tmp_path / "log")) + "\n", encoding="utf-8")
    postconf = programs / "postconf"
    postconf.write_text(f"#!/bin/sh\ncat {tmp_path}/answer\n", encoding="ascii")
    postconf.chmod(0o755)
    (programs / "journalctl").write_text("#!/bin/sh\n", encoding="ascii")
    (programs / "journalctl").chmod(0o755)
    path = f"{programs}:/usr/bin:/bin"
    printed = {}
    for entry in LOG_SECTIONS:
        command = entry.command.replace("/var/log", str(tmp_path / "log"))
        done = subprocess.run(
            [*shell, "-c", command], env={"PATH": path, "LC_ALL": "C"}, cwd=tmp_path, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=HANG, check=False,
        )  # fmt: skip
        printed[entry.section] = done.stdout
    return printed


@pytest.fixture
def log_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "log"
    (folder / "postfix").mkdir(parents=True)
    return folder


@pytest.mark.parametrize("shell", [one for one in SHELLS if shutil.which(one[0])], ids=lambda one: one[0])
class TestTheLogPostfixWritesByItself:
    @pytest.mark.parametrize("name", ["postfix.log", "postfix/mail-1_a.log"])
    def test_it_is_read_before_the_usual_ones(self, tmp_path: Path, log_folder: Path, shell, name: str) -> None:
        (log_folder / "mail.log").write_text("an old one\n", encoding="ascii")
        (log_folder / name).write_text(LINE, encoding="ascii")
        printed = _on_a_server(tmp_path, f"/var/log/{name}", shell)
        assert printed["log_lines"] == LINE
        assert printed["log_files"].startswith(f"readable {log_folder}/{name} {len(LINE)} ")

    @pytest.mark.parametrize(
        "named",
        [
            "/var/log/../secret",
            "/etc/shadow",
            "/var/log/$(touch pwned)",
            "/var/log/`touch pwned`",
            "/var/log/x; touch pwned",
            "/var/log/x\n/var/log/secret; touch pwned",
            "/var/log/*",
            "/var/log/secret /etc/hostname",
            '/var/log/"; touch pwned; "',
            "-rf /var/log/secret",
            "/dev/stdout",
            "",
        ],
    )
    def test_no_other_path_is_taken(self, tmp_path: Path, log_folder: Path, shell, named: str) -> None:
        (tmp_path / "secret").write_text("SECRET\n", encoding="ascii")
        (log_folder / "secret").write_text("SECRET\n", encoding="ascii")
        (log_folder / "mail").write_text(LINE, encoding="ascii")  # SUSE's
        printed = _on_a_server(tmp_path, named, shell)
        assert printed["log_lines"] == LINE
        assert printed["log_files"].startswith(f"readable {log_folder}/mail {len(LINE)}")
        assert "SECRET" not in "".join(printed.values()) and not (tmp_path / "pwned").exists()

    def test_a_folder_of_suse_s_name_is_no_log(self, tmp_path: Path, log_folder: Path, shell) -> None:
        (log_folder / "mail").mkdir()
        (log_folder / "exim").mkdir()
        (log_folder / "exim" / "main.log").write_text(LINE, encoding="ascii")
        printed = _on_a_server(tmp_path, "/var/log/", shell)
        assert printed["log_lines"] == LINE
        assert printed["log_files"].startswith(f"readable {log_folder}/exim/main.log")


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
