"""What we ship of others': by hash, and under a licence that goes with ours."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "packaging"))  # its name is taken by a library of PyPI

import licence_list  # noqa: E402


@pytest.mark.parametrize("lock", ["requirements.lock", "packaging/build.lock"])
def test_every_package_is_pinned_and_has_its_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.partition("\n\n")[2] if text.startswith("\n") else text)
    packages = [entry for entry in entries if re.match(r"[A-Za-z0-9]", entry)]
    assert len(packages) > 10
    loose = [entry.splitlines()[0] for entry in packages if "==" not in entry or "--hash=sha256:" not in entry]
    assert loose == []


def test_every_licence_is_known_and_goes_with_ours() -> None:
    assert licence_list.refused() == []


def test_the_list_of_licences_is_of_today() -> None:
    shown = set(re.findall(r"^\| (\S+) \|", licence_list.LIST.read_text(encoding="utf-8"), re.M)) - {"Package"}
    assert set(licence_list.shipped()) <= shown, "run packaging/licence_list.py"


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("LGPL-3.0-only OR GPL-3.0-only", True),
        ("MIT AND GPL-2.0-only", False),
        ("", False),
        ("Proprietary", False),
    ],
)
def test_what_does_not_go_with_ours_is_refused(expression: str, fits: bool) -> None:
    assert licence_list.acceptable(expression) is fits
