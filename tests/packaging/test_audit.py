"""The look for known holes: a package that could not be looked up is never one without holes."""

from __future__ import annotations

import sys
from pathlib import Path

import audit
import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1)"}


@pytest.mark.parametrize(
    ("packages", "status"),
    [
        ([GOOD, GOOD], audit.FINE), ([GOOD, BAD], audit.HOLE), ([GOOD, SKIPPED], audit.COULD_NOT_LOOK),
        ([BAD, SKIPPED], audit.HOLE), ([SKIPPED], audit.COULD_NOT_LOOK), ([], audit.COULD_NOT_LOOK),
        ([{"name": "d"}], audit.COULD_NOT_LOOK),
    ],
)  # fmt: skip
def test_only_what_was_looked_up_counts(packages: list[dict[str, object]], status: int) -> None:
    found = audit.audit_of({"dependencies": packages})
    assert found.status == status
    assert ("no known hole" in found.told("x.lock")[0]) is (status == audit.FINE)


def test_a_hole_is_named() -> None:
    assert "  HOLE b 2: PYSEC-2026-1" in audit.audit_of({"dependencies": [BAD]}).told("x")


def program(folder: Path, body: str) -> Path:
    path = folder / "pip-audit"
    path.write_text(f"#!{sys.executable}\n{body}\n")
    path.chmod(0o700)
    return path


@pytest.mark.parametrize(
    "body",
    ["print('No known vulnerabilities found')", "raise SystemExit('no network')", "print('[]')", "print('{}')",
     "print('{\"dependencies\": [7]}')"],
)  # fmt: skip
def test_a_program_that_fails_looked_at_nothing(tmp_path: Path, body: str) -> None:
    assert audit.look(program(tmp_path, body), "requirements.lock").status == audit.COULD_NOT_LOOK
    assert audit.main([str(tmp_path / "pip-audit")]) == audit.COULD_NOT_LOOK


def test_a_program_that_is_missing_looked_at_nothing(tmp_path: Path) -> None:
    assert audit.look(tmp_path / "gone", "requirements.lock").status == audit.COULD_NOT_LOOK


def test_the_release_asks_through_this() -> None:
    workflow = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    assert "packaging/audit.py" in workflow
    assert "bin/pip-audit" not in workflow, "pip-audit alone calls it fine when it could not look"
