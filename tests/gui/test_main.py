"""The one command: the window, the command line without Qt, and plain words when there can be no window."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gui.__main__ import why_no_window

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")


@linux
def test_without_a_screen_it_says_so_and_ends() -> None:
    environment = {key: value for key, value in os.environ.items() if "DISPLAY" not in key and "QT_QPA" not in key}
    done = subprocess.run([sys.executable, "-m", "gui"], env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 3
    assert "There is no screen" in done.stderr.decode()
    assert done.stdout == b""


@linux
def test_a_screen_or_a_platform_is_enough() -> None:
    assert why_no_window({"QT_QPA_PLATFORM": "offscreen"}) is None


def test_the_command_line_never_imports_qt() -> None:
    script = (
        "import sys\n"
        "from gui.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "assert 'core.cli' in sys.modules\n"
        "assert not [name for name in sys.modules if name.startswith(('PySide6', 'qasync'))]\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
