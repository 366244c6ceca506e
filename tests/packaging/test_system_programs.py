"""Programs of the system that the built program starts find their own libraries."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"


@pytest.mark.parametrize("before", [None, "/opt/company/lib"])
def test_what_we_start_does_not_inherit_the_folder_of_our_libraries(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/mail-first-aid/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    if before:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    runpy.run_path(str(PACKAGING / "system_programs.py"))
    assert os.environ.get("LD_LIBRARY_PATH") == before and "LD_LIBRARY_PATH_ORIG" not in os.environ


def test_the_built_program_runs_it_first() -> None:
    assert '"system_programs.py"' in (PACKAGING / "mail-first-aid.spec").read_text(encoding="utf-8")
