"""The .dmg: the app, a link to Applications, and what to do when macOS refuses it. Needs macOS's hdiutil."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

from release import NAME, TITLE, moment, version

HERE = Path(__file__).resolve().parent
_TRIES = 5  # hdiutil says "resource busy" while Spotlight looks at the new volume
_PAUSE = 10.0  # seconds
_LIMIT = 900.0


def lay_out(app: Path, folder: Path) -> Path:
    """The content of the image, as a folder: three things, so that a person sees what to do."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(app, folder / app.name, symlinks=True)
    (folder / "Applications").symlink_to("/Applications")
    shutil.copyfile(HERE / "read-me-first.txt", folder / "はじめに - Read me first.txt")
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            os.utime(path, (moment(), moment()))
    return folder


def make_disk_image(app: Path, folder: Path) -> Path:
    """`folder`/mail-first-aid-<version>-macos-<arm64|x86_64>.dmg. Raises SystemExit when hdiutil keeps failing."""
    content = lay_out(app, folder / "dmg")
    target = folder / f"{NAME}-{version()}-macos-{platform.machine()}.dmg"
    words = [
        "hdiutil",
        "create",
        "-volname",
        TITLE,
        "-srcfolder",
        str(content),
        "-fs",
        "HFS+",
        "-format",
        "ULMO",
        "-ov",
    ]
    for attempt in range(1, _TRIES + 1):
        done = subprocess.run([*words, str(target)], capture_output=True, text=True, check=False, timeout=_LIMIT)
        if done.returncode == 0:
            return target
        print(f"hdiutil, attempt {attempt}: {done.stderr.strip()}", flush=True)
        time.sleep(_PAUSE)
    raise SystemExit("hdiutil could not make the disk image")
