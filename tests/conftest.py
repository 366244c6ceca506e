"""What every test gets: fresh catalogues, the lab of real mail servers, and no unexpected log line."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.lab import Lab, obstacles

ROOT = Path(__file__).resolve().parent.parent
# The numbered cases of a hostile world: SMTP, DNS, ssh, files, report, window (G), system (Y).
_CASE = re.compile(r"test_([shdfrgy]\d\d)_")
_began = time.monotonic()


# A machine that goes to the web through a proxy must not change what a test sees.
for _name in ("http_proxy", "https_proxy", "all_proxy", "socks_proxy", "auto_proxy", "no_proxy", "xdg_current_desktop"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)


# Nor may its letters (Qt wants UTF-8) and the names of days and months in its language, which Qt takes up for the
# whole process.
os.environ["LANG"] = os.environ.pop("LC_ALL", "") or os.environ.get("LANG", "C.UTF-8")
os.environ["LC_TIME"], os.environ["LC_CTYPE"] = "C", "C.UTF-8"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs_warnings: the program is meant to log a warning or an error in this test")
    _compile_texts()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the lab is marked `lab`, so that -m 'not lab' leaves it out; a numbered case is `hostile`."""
    for item in items:
        if "lab" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.lab)
        if _CASE.match(item.name):
            item.add_marker(pytest.mark.hostile)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """`make hostile` ends with one line of figures."""
    if config.option.markexpr != "hostile":
        return
    ended = {word: terminalreporter.stats.get(word, []) for word in ("passed", "failed", "error", "skipped")}
    names = (report.nodeid.rpartition("::")[2] for report in ended["passed"])
    cases = {found.group(1) for name in names if (found := _CASE.match(name))}
    tests = ", ".join(f"{len(reports)} {word}" for word, reports in ended.items())
    terminalreporter.write_line(f"hostile: {len(cases)} cases, {tests}, {time.monotonic() - _began:.0f} s")


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The network of real mail servers; one for the whole run. Where it cannot be, its tests fail and say why."""
    if reason := obstacles():
        pytest.fail(reason, pytrace=False)
    with Lab() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_unexpected_log_lines(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("logs_warnings"):
        return
    said = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert not said, f"unexpected log lines: {said}"


def _compile_texts() -> None:
    """`packaging/` is no Python package (its name is taken by one from PyPI), so its file is loaded by its path."""
    spec = importlib.util.spec_from_file_location("compile_texts", ROOT / "packaging" / "compile_texts.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.compile_changed()
