"""What the app keeps for itself, in every bad state: it begins afresh, and no file is halved (Y01, Y02, Y06)."""

from __future__ import annotations

import errno
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clients.arrival_ledger import ArrivalLedger, Test
from core.clients.relay_ledger import RelayLedger
from core.kept_file import replace_kept
from core.settings import Settings, load_settings, save_settings
from tests.patience import HANG

NOW = datetime.now(UTC)
SERVER = "203.0.113.25"
BAD = {
    "empty": b"",
    "cut": b'{"form": 1, "answers": {"domain": "exa',
    "binary": bytes(range(256)),
    "newer": b'{"form": 99}',
    "nested": b"[" * 40_000,
    "digits": b'{"form": ' + b"9" * 10_000 + b"}",
    "wrong kinds": b'{"form": 1, "answers": 5, "servers": 5, "tests": 5, "language": []}',
    "wrong kinds inside": b'{"form": 1, "language": "ja", "answers": [], "servers": {"x": 1}, "tests": [7]}',
    "utf-16": '{"form": 1}'.encode("utf-16"),
}
USES: dict[str, Callable[[Path], object]] = {
    "settings": lambda path: load_settings(path) == Settings(),
    "relay tests": lambda path: RelayLedger(path).refusals_since(SERVER, NOW) == 0,
    "arrivals": lambda path: ArrivalLedger(path).latest() is None,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("state", BAD)
def test_y01_a_bad_file_means_a_fresh_start_and_is_kept(tmp_path: Path, use: str, state: str) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(BAD[state])
    assert USES[use](path)
    (left,) = tmp_path.iterdir()
    assert (left.suffix, left.read_bytes()) == (".bad", BAD[state])


@pytest.mark.parametrize("use", USES)
def test_y01_a_place_that_is_no_file_means_a_fresh_start(tmp_path: Path, use: str) -> None:
    folder = tmp_path / "kept.json"
    folder.mkdir()
    assert USES[use](folder)
    loop = tmp_path / "loop.json"
    loop.symlink_to(loop)
    assert USES[use](loop)
    assert USES[use](Path("/proc/self/mem"))  # opens, and breaks when it is read


def test_y02_a_full_disk_leaves_the_old_settings(tmp_path: Path) -> None:
    """The kernel itself refuses (RLIMIT_FSIZE): half a file is written and then no more."""
    path = tmp_path / "settings.json"
    save_settings(Settings("ja", {"domain": "example.jp"}), path)
    script = (
        "import resource, signal, sys; from pathlib import Path; from core.settings import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try: save_settings(Settings('en', {'domain': 'x' * 5000}), Path(sys.argv[1]))\n"
        "except OSError as error: print(error.errno)"
    )
    said = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=30)
    assert said.stdout.strip() == str(errno.EFBIG), said.stderr
    assert load_settings(path) == Settings("ja", {"domain": "example.jp"})
    assert [entry.name for entry in tmp_path.iterdir()] == ["settings.json"]


@pytest.mark.logs_warnings
def test_y02_records_that_cannot_be_kept_stop_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("x")
    ledger = RelayLedger(blocked / "relay.json")
    ledger.note_refusals(SERVER, 3, NOW)
    assert ledger.refusals_since(SERVER, NOW) == 3  # this run still counts
    arrivals = ArrivalLedger(blocked / "arrivals.json")
    arrivals.note(Test("A1", "relay", "me@example.org", NOW))
    assert arrivals.find("a1") is not None


def test_y02_no_open_file_is_left_to_us(tmp_path: Path) -> None:
    """Out of file handles: refused, and the old file stands."""
    path = tmp_path / "kept.json"
    replace_kept(path, "old")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(OSError):
            replace_kept(path, "new")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert path.read_text() == "old"


def test_y06_killed_at_any_moment_the_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    replace_kept(path, "0" * 50_000)
    script = (
        "import sys; from pathlib import Path; from core.kept_file import replace_kept\n"
        "print('begun', flush=True)\n"
        "for n in range(100000): replace_kept(Path(sys.argv[1]), str(n % 10) * 50000)"
    )
    for _ in range(10):
        process = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout as output:
            assert output.readline() == b"begun\n"
            process.kill()
        process.wait(HANG)
        text = path.read_text()
        assert len(text) == 50_000 and len(set(text)) == 1
