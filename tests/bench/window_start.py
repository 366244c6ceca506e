"""How soon the built window stands on the screen, beside an empty PySide6 window frozen the same way in the same run.

    make bench-window

The promise: at most twice the empty window. Both are timed from the start of the process to the moment the
X server (a virtual screen) shows the window, in turns, warm; the median counts.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILT = ROOT / "dist" / "mail-first-aid" / "mail-first-aid"
MADE = ROOT / "build" / "empty-window"
SCREEN = ":96"
RUNS = 9
TIMES = 2.0
LIMIT = 60.0  # seconds for one start
EMPTY = """import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
app.setApplicationName("mail-first-aid")
window = QMainWindow()
window.resize(1120, 760)
window.show()
sys.exit(app.exec())
"""


def make_empty() -> Path:
    """Freeze the empty window, once."""
    program = MADE / "dist" / "empty-window" / "empty-window"
    if not program.exists():
        MADE.mkdir(parents=True, exist_ok=True)
        (MADE / "empty-window.py").write_text(EMPTY)
        words = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=ERROR", "--name", "empty-window"]
        words += ["--distpath", str(MADE / "dist"), "--workpath", str(MADE / "work"), "--specpath", str(MADE)]
        subprocess.run([*words, str(MADE / "empty-window.py")], check=True, timeout=600)
    return program


def started_in(program: Path, home: Path) -> float:
    """Seconds until a window of this process is shown. Raises RuntimeError when none comes."""
    surroundings = {**os.environ, "DISPLAY": SCREEN, "HOME": str(home), "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        surroundings[name] = str(home)
    begun = time.perf_counter()
    process = subprocess.Popen([str(program)], env=surroundings, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - begun < LIMIT and process.poll() is None:
            time.sleep(0.01)
            search = ["xdotool", "search", "--onlyvisible", "--pid", str(process.pid)]
            if subprocess.run(search, env=surroundings, capture_output=True, check=False, timeout=LIMIT).stdout.strip():
                return time.perf_counter() - begun
        raise RuntimeError(f"{program.name} showed no window")
    finally:
        process.terminate()
        process.wait(timeout=LIMIT)


def wait_for_screen() -> None:
    """Until the virtual screen answers. Raises RuntimeError when it does not."""
    for _ in range(200):
        asked = ["xdotool", "getdisplaygeometry"]
        if (
            subprocess.run(asked, env={**os.environ, "DISPLAY": SCREEN}, capture_output=True, check=False).returncode
            == 0
        ):
            return
        time.sleep(0.1)
    raise RuntimeError("Xvfb does not answer")


def main() -> int:
    """Both in turns; 0 when the promise was kept."""
    if not BUILT.exists():
        raise SystemExit("nothing is built: make build")
    empty = make_empty()
    screen = subprocess.Popen(["Xvfb", SCREEN, "-screen", "0", "1280x900x24", "-noreset"], stderr=subprocess.DEVNULL)
    try:
        with tempfile.TemporaryDirectory(prefix="mfa-bench-") as name:
            wait_for_screen()
            ours, theirs = [], []
            for number in range(RUNS + 1):  # the first of each warms the disk
                pair = started_in(BUILT, Path(name)), started_in(empty, Path(name))
                if number:
                    ours.append(pair[0])
                    theirs.append(pair[1])
    finally:
        screen.terminate()
        screen.wait(timeout=LIMIT)
    mine, bare = statistics.median(ours), statistics.median(theirs)
    kept = mine <= TIMES * bare
    print(
        f"{'built window':32} median {mine:6.2f} s   empty window {bare:5.2f} s   {mine / bare:4.1f} times,"
        f" allowed {TIMES:.1f}   {'kept' if kept else 'BROKEN'}"
    )
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
