"""requirements.lock holds a version of everything pyproject.toml asks for: else a fresh machine lacks it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {
        canonicalize_name(name): version for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ \\;]+)", text, re.M)
    }


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(line) for group in groups for line in group]


def test_the_lock_fits_the_project_file() -> None:
    versions = locked()
    wrong = [str(each) for each in wanted() if versions.get(canonicalize_name(each.name), "0") not in each.specifier]
    wrong += [str(each) for each in wanted() if canonicalize_name(each.name) not in versions]
    assert wrong == [], "run `make lock`"
