"""The 2004 story on a real X server: once with the keyboard alone, once with a screen reader's actions alone.

The walker (`walk_by_ear.py`) knows only what a screen reader is told through AT-SPI.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

WALKER = Path(__file__).with_name("walk_by_ear.py")
ROOT = WALKER.parent.parent.parent
PROGRAMS = ("Xvfb", "openbox", "xdotool", "dbus-run-session")
_LIMIT = 240  # seconds for one walk

pytestmark = [
    pytest.mark.screen,
    pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason="packaging/setup_machine.sh test"),
]


@pytest.fixture
def screen() -> Iterator[str]:
    """An X server of our own, on a number that it finds free itself."""
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(words, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(timeout=20)


@pytest.mark.parametrize("way", ["keyboard", "actions"])
def test_the_story_is_walked(screen: str, tmp_path: Path, way: str) -> None:
    with tempfile.TemporaryDirectory(prefix="mfa-walk-") as home:
        pdf = Path(home) / "report.pdf"
        done = subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", script(way, pdf)],
            env=surroundings(screen, Path(home)),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr[-3000:]
        assert pdf.read_bytes().startswith(b"%PDF")


def script(way: str, pdf: Path) -> str:
    """Window manager and app in the background, the walker before them; the app ends with the walk."""
    return (
        "openbox & wm=$!; "
        f"{sys.executable} -m gui & app=$!; "
        f"/usr/bin/python3 {WALKER} {way} {pdf}; status=$?; "
        "kill $app $wm; wait $app; exit $status"
    )


def surroundings(screen: str, home: Path) -> dict[str, str]:
    """Nothing of the person's own; the accessibility bus as with a running screen reader."""
    settings = home / "config" / "mail-first-aid" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"form": 1, "language": "en", "answers": {}}))
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_RUNTIME_DIR": str(home),
        "DISPLAY": screen,
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "PYTHONPATH": str(ROOT),
    }
