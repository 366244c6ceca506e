"""The winget and Homebrew manifests and the release notes, made from the version, the sums and CHANGELOG.md.

    python packaging/manifests.py FOLDER --url https://.../releases/download/v1.2.3

FOLDER holds what was built on every system; the manifests are written to FOLDER/winget, FOLDER/homebrew, and the notes
to FOLDER/notes.md. Texts of the manifests: packaging/winget/*.in and packaging/homebrew/*.in.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from release import NAME, moment, notes, version  # noqa: E402

WINGET_ID = "MailFirstAid.MailFirstAid"


def values(folder: Path, url: str) -> dict[str, str]:
    """What the manifests are filled with. Raises SystemExit when a file of this version is not in `folder`."""
    number = version()
    files = {
        "WINDOWS": f"{NAME}-{number}-windows-x64-setup.exe",
        "MAC_ARM": f"{NAME}-{number}-macos-arm64.dmg",
        "MAC_INTEL": f"{NAME}-{number}-macos-x86_64.dmg",
    }
    filled = {
        "VERSION": number,
        "URL": url.rstrip("/"),
        "HOME": url.partition("/releases/")[0],
        "WINGET_ID": WINGET_ID,
        "DATE": datetime.fromtimestamp(moment(), UTC).date().isoformat(),
    }
    for key, name in files.items():
        path = folder / name
        if not path.is_file():
            raise SystemExit(f"{name} is not in {folder}")
        filled[f"{key}_FILE"], filled[f"{key}_SHA256"] = name, hashlib.sha256(path.read_bytes()).hexdigest()
    return filled


def write_manifests(folder: Path, url: str) -> list[Path]:
    """Every manifest with its values; raises SystemExit for a placeholder nobody fills."""
    if not url.startswith("https://"):
        raise SystemExit(f"not an https address: {url}")
    filled, written = values(folder, url), []
    for source in [*sorted((HERE / "winget").glob("*.in")), *sorted((HERE / "homebrew").glob("*.in"))]:
        text = source.read_text(encoding="utf-8")
        for key, value in filled.items():
            text = text.replace(f"@{key}@", value)
        if left := re.findall(r"@[A-Z_0-9]+@", text):
            raise SystemExit(f"{source.name}: nobody fills {left}")
        target = folder / source.parent.name / source.name.removesuffix(".in")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        written.append(target)
    return written


def main() -> int:
    """Manifests and notes."""
    parser = argparse.ArgumentParser(description="Write winget and Homebrew manifests and the release notes.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", required=True, help="where the files can be fetched")
    given = parser.parse_args()
    for path in write_manifests(given.folder, given.url):
        print(path)
    (given.folder / "notes.md").write_text(notes(version()) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
