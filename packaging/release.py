"""What a release is called and when it was made: version, notes, and the moment that goes into every archive."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What is compressed once is not compressed again by what people fetch: two megabytes more there, and a slower start.
UNPACKED = {"PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0"}
NAME = "mail-first-aid"
TITLE = "Mail First Aid"
TITLE_JA = "メール救急箱"
PUBLISHER = "Mail First Aid contributors"
IDENTIFIER = "jp.mailfirstaid.MailFirstAid"
COPYRIGHT = "Copyright Mail First Aid contributors. Apache-2.0."


def version() -> str:
    """The version that core/__init__.py names."""
    found = re.search(r'^__version__ = "(\d+\.\d+\.\d+)"$', (ROOT / "core" / "__init__.py").read_text(), re.MULTILINE)
    if found is None:
        raise SystemExit("core/__init__.py names no version of the form 1.2.3")
    return found.group(1)


def home() -> str | None:
    """Where this project lives, as the release workflow tells it; None on any other machine."""
    server, repository = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    return f"{server}/{repository}" if server and repository else None


def notes(wanted: str, changelog: str | None = None) -> str:
    """The part of CHANGELOG.md that speaks of this version, "Unreleased" while there is none. Raises SystemExit."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8") if changelog is None else changelog
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    titles = [title.strip().partition(" ")[0].strip("[]") for title in parts[1::2]]
    by_title = dict(zip(titles, map(str.strip, parts[2::2]), strict=True))
    body = by_title.get(wanted) or by_title.get("Unreleased", "")
    if not body:
        raise SystemExit(f"CHANGELOG.md says nothing of {wanted}")
    return body


def moment() -> int:
    """Seconds since 1970 that archives and programs shall bear: SOURCE_DATE_EPOCH, else the last commit's."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    said = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30
    )
    return int(said.stdout) if said.returncode == 0 else 0
