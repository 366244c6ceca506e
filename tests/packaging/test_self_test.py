"""The self-test itself: it sees every page, and whatever nobody should have to say fails it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import warnings

import pytest
from PySide6.QtCore import qWarning

from core.texts import LANGUAGES
from gui.self_test import listening


def test_it_opens_every_page_in_every_language_and_prints_one_line_each() -> None:
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("QT_", "DISPLAY"))}
    done = subprocess.run(
        [sys.executable, "-m", "gui", "--self-test"],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert all(line.startswith("self-test: ") for line in lines) and lines[-1] == "self-test: ok"
    for language in LANGUAGES:
        for page in ("start", "server", "answer", "report"):
            for state in ("empty", "filled"):
                assert f"self-test: page {page} {language} {state}" in lines
        assert any(line.startswith(f"self-test: PDF {language}: ") for line in lines)


@pytest.mark.logs_warnings
def test_a_qt_message_a_log_and_a_warning_are_heard() -> None:
    with listening() as heard:
        qWarning("from Qt")
        logging.getLogger("somewhere").warning("from %s", "a log")
        logging.getLogger("somewhere").info("not worth saying")
        warnings.warn("from Python", stacklevel=1)
    assert heard == ["Qt QtWarningMsg: from Qt", "warning of somewhere: from a log", "warning: from Python"]
