"""The notice of the watch in a real tray (tint2) on a real X server, and a real click on its icon."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = ("Xvfb", "openbox", "tint2", "xdotool")
TRAY = "panel_items = S\npanel_size = 100% 40\npanel_position = bottom center horizontal\nsystray_icon_size = 24\n"

pytestmark = [
    pytest.mark.screen,
    pytest.mark.slow,
    pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason="packaging/setup_machine.sh test"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An X server, a window manager and a panel with a tray; the surroundings of a program on it."""
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset"]
    running = [subprocess.Popen(words, pass_fds=(writing,), stderr=subprocess.DEVNULL)]
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    # No D-Bus: the tray is X11's own.
    around = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb",
              "PYTHONPATH": str(ROOT), "XDG_RUNTIME_DIR": str(tmp_path)}  # fmt: skip
    (tmp_path / "tint2rc").write_text(TRAY)
    for argv in (["openbox"], ["tint2", "-c", str(tmp_path / "tint2rc")]):
        running.append(subprocess.Popen(argv, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    owned = "xdotool search --sync --class tint2"
    subprocess.run(owned.split(), env=around, check=True, timeout=30, capture_output=True)
    yield around
    for each in reversed(running):
        each.terminate()
        each.wait(timeout=20)


def test_a_click_in_the_tray_opens_what_is_due(desk: dict[str, str], tmp_path: Path) -> None:
    picture = tmp_path / "tray.png"
    program = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "screen" / "watch_in_tray.py"), str(picture)],
        env=desk, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout
    assert program.stdout.readline() == (
        "1 hour since the repair. It is time to check again. / 24 hours since the repair. It is time to check again.\n"
    )
    word, x, y = program.stdout.readline().split()
    assert word == "icon" and picture.stat().st_size
    subprocess.run(["xdotool", "mousemove", x, y, "click", "1"], env=desk, check=True, timeout=20)
    assert program.stdout.read() == "opened 7\n"
    assert program.wait(timeout=20) == 0
    program.stdout.close()
