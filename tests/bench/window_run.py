"""How long the window ever stands still while a queue of 100,000 messages is read, how soon it stands, what it holds.

    python tests/bench/window_run.py

Three promises: the event loop is never away for more than 100 ms during the run; the first window stands within 1.5
times an empty PySide6 window of the same run; it holds at most twice the memory. Draws offscreen without a screen.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
GAP_MS, START_TIMES, MEMORY_TIMES = 100.0, 1.5, 2.0
MESSAGES = 100_000
RUNS = 15
_LIMIT = 120.0  # seconds
_TELL = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
# Shown, drawn once, left at once: what both windows are timed by.
_LEAVE = f"{_TELL}; import os, sys; sys.stdout.flush(); os._exit(0)"
_EMPTY = f"""import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
window.resize(1120, 760)
window.show()
while not window.windowHandle().isExposed():
    app.processEvents()
app.processEvents()
{_LEAVE}
"""
# The program itself, from its first line to the moment its first page is drawn: the icon is what comes next.
_OURS = f"""import gui.__main__ as program
program.why_no_window(program.os.environ)
program.gc.disable()
from gui import window_start
def leave():
    window_start.QApplication.processEvents()
    {_LEAVE}
window_start.app_icon = leave
window_start.show_window()
"""


def started(code: str, home: str) -> tuple[float, float]:
    """Seconds from the start of the process to its end, and its megabytes."""
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": home}
    surroundings |= dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), home)
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody starts a program that compiles itself every time
    surroundings.setdefault("QT_QPA_PLATFORM", "offscreen" if not os.environ.get("DISPLAY") else "xcb")
    begun = time.perf_counter()
    words = [sys.executable, "-c", code, home]
    done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=True, timeout=_LIMIT)
    return time.perf_counter() - begun, float(done.stdout.split()[-1])


def start_and_memory(home: str) -> bool:
    """Both windows in turns; whether both promises were kept."""
    ours, empty = [], []
    for number in range(RUNS + 1):  # the first of each warms the disk
        pair = started(_OURS, home), started(_EMPTY, home)
        if number:
            ours.append(pair[0])
            empty.append(pair[1])
    mine, bare = (statistics.median(each[0] for each in runs) for runs in (ours, empty))
    held, little = (statistics.median(each[1] for each in runs) for runs in (ours, empty))
    # Each start against its neighbour: what else the machine does meanwhile slows both.
    times = statistics.median(one[0] / other[0] for one, other in zip(ours, empty, strict=True))
    kept = times <= START_TIMES and held <= MEMORY_TIMES * little
    print(
        f"{'first window':32} median {mine:6.2f} s   empty window {bare:5.2f} s   {times:4.2f} times, allowed"
        f" {START_TIMES}   {held:4.0f} MB   empty {little:4.0f} MB   {held / little:4.2f} times, allowed {MEMORY_TIMES}"
        f"   {'kept' if kept else 'BROKEN'}",
        flush=True,
    )
    return kept


def longest_gap(folder: Path) -> float:
    """Milliseconds the loop was away at most, while the window read a pasted listing and showed its answer."""
    from gui.window_start import make_app  # before all else of Qt, as in the program

    # isort: split
    from gui.bridge import run_on_qt

    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    gaps: list[tuple[float, str]] = []
    app = make_app()
    run_on_qt(app, lambda: _run_and_watch(folder, gaps))
    for milliseconds, page in sorted(gaps, reverse=True)[:3]:
        print(f"{'':32} away for {milliseconds:6.0f} ms on {page}")
    return max(gap for gap, _ in gaps)


async def _run_and_watch(folder: Path, gaps: list[tuple[float, str]]) -> int:
    from core.clients import Doors
    from core.clients.reroute import Reroute
    from gui.loading import load_ahead
    from gui.wizard import Wizard
    from tests.bench.measure import json_listing

    wizard = Wizard(
        folder / "s.json", folder / "n.sqlite3", Doors(resolver="127.0.0.1:9", reroute=Reroute(closed=True))
    )
    wizard.show()
    listing = json_listing(MESSAGES)
    watch = asyncio.ensure_future(_watch(wizard, gaps))
    await load_ahead(wizard.pages)  # as the program does while the person reads the first page
    wizard.guide.answers.domain = "example.jp"
    wizard.guide.answers.hand_over("queue", listing, "queue.json")
    wizard.guide.page = "consent"
    wizard._show_page()
    wizard.consent.choices.cards["no"].click()
    begun = time.perf_counter()
    wizard.go_on()
    assert wizard.run_task is not None, wizard.guide.page
    await asyncio.wait_for(asyncio.shield(wizard.run_task), _LIMIT)
    await asyncio.sleep(0.5)
    watch.cancel()
    print(f"{f'window, {MESSAGES:,} messages':32} {time.perf_counter() - begun:6.2f} s to the answer", flush=True)
    wizard.close()
    await wizard.closed.wait()
    return 0


async def _watch(wizard: object, gaps: list[tuple[float, str]]) -> None:
    """Wake every 5 ms; what is more than that was somebody else's."""
    last = time.perf_counter()
    while True:
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        gaps.append(((now - last - 0.005) * 1000, wizard.guide.page))  # type: ignore[attr-defined]
        last = now


def main() -> int:
    """All three; 0 when the promises were kept."""
    with tempfile.TemporaryDirectory(prefix="mfa-bench-") as name:
        kept = start_and_memory(name)
        gap = longest_gap(Path(name))
    good = gap <= GAP_MS
    print(
        f"{'longest gap of the event loop':32} {gap:6.0f} ms   allowed {GAP_MS:.0f} ms   {'kept' if good else 'BROKEN'}"
    )
    return int(not (good and kept))


if __name__ == "__main__":
    sys.exit(main())
