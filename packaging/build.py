"""The one build command: the program as a folder in dist/, tried, and from it what a person downloads, with its sums.

    python packaging/build.py              all of it: prepare, freeze, try, pack, write sums and bill of materials
    python packaging/build.py --frozen     the folder only, tried
    python packaging/build.py --try        try what was built before
    python packaging/build.py --prepare    only what the freezing needs: texts, fonts, licences, version resources

Windows: an NSIS setup. macOS: a .dmg for this machine's processor. Linux: a tar.xz. Signing happens when its
credentials are there (see signing.py) and is skipped with a line when not. SOURCE_DATE_EPOCH, else the last commit,
dates everything.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), *(str(HERE / name) for name in ("windows", "mac", "linux"))]

import bill  # noqa: E402
import budget  # noqa: E402
import libraries  # noqa: E402
import signing  # noqa: E402
from compile_texts import compile_changed  # noqa: E402
from release import ROOT, UNPACKED, moment  # noqa: E402
from report_fonts import make_fonts  # noqa: E402
from try_built import try_built  # noqa: E402
from version_resource import write_version_resources  # noqa: E402

MADE, DIST = ROOT / "build", ROOT / "dist"
BUILT = DIST / "mail-first-aid"
_LIMIT = 1800.0  # seconds for the slowest step on a slow machine


def prepare() -> None:
    """Everything PyInstaller is given that is not in the source tree."""
    compile_changed()
    make_fonts(MADE / "fonts")
    bill.write_licences(MADE / "licences")
    write_version_resources(MADE)
    from info_plist import write_info_plist

    write_info_plist(MADE / "Info.plist")
    if sys.platform.startswith("linux"):
        libraries.copy_spare(MADE / "spare")


def freeze() -> None:
    """PyInstaller, then what Linux's Python brings too much of: symbols. Raises CalledProcessError when it fails."""
    shutil.rmtree(BUILT, ignore_errors=True)
    folders = ["--distpath", str(DIST), "--workpath", str(MADE)]
    words = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", *folders]
    surroundings = {**os.environ, "SOURCE_DATE_EPOCH": str(moment()), "PYTHONHASHSEED": "1", **UNPACKED}
    subprocess.run([*words, str(HERE / "mail-first-aid.spec")], check=True, timeout=_LIMIT, env=surroundings)
    if sys.platform.startswith("linux"):
        _strip(BUILT / "_internal")
        libraries.write_licences(BUILT / "_internal")


def pack() -> list[Path]:
    """What a person downloads; signed where the credentials are."""
    if sys.platform == "win32":
        from windows_setup import make_setup

        for starter in sorted(BUILT.glob("*.exe")):
            signing.sign_windows(starter)
        setup = make_setup(BUILT, DIST, sign=signing.windows_command())
        signing.sign_windows(setup)
        return [setup]
    if sys.platform == "darwin":
        from disk_image import make_disk_image

        image = make_disk_image(DIST / "Mail First Aid.app", DIST)
        signing.notarise_mac(image)
        return [image]
    from linux_archive import make_archive

    return [make_archive(BUILT, DIST)]


def write_sums(files: list[Path]) -> Path:
    """SHA-256 of each file, in the form `sha256sum --check` reads."""
    target = DIST / f"{files[0].name}.sha256"
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    target.write_text("".join(lines), encoding="ascii", newline="\n")
    return target


def _strip(folder: Path) -> None:
    """Take the debugger's symbols from Python's own libraries; the wheels' come without."""
    ours = [*folder.glob("libpython*.so*"), *(folder.glob("python3*/lib-dynload/*.so"))]
    subprocess.run(["strip", "--strip-unneeded", *map(str, ours)], check=True, timeout=_LIMIT)


def _system() -> str:
    return {"win32": "windows", "darwin": "darwin"}.get(sys.platform, "linux")


def _chosen() -> str:
    parser = argparse.ArgumentParser(description="Build the program and what a person downloads.")
    group = parser.add_mutually_exclusive_group()
    for name in ("frozen", "try", "prepare"):
        group.add_argument(f"--{name}", dest="only", action="store_const", const=name)
    return str(parser.parse_args().only or "all")


def main() -> int:
    """Do what was asked for; SystemExit tells what was wrong."""
    only = _chosen()
    if only in ("all", "frozen", "prepare"):
        prepare()
    if only in ("all", "frozen"):
        freeze()
    if only != "prepare":
        try_built(BUILT)
        print(budget.hold("frozen", _system(), BUILT, BUILT), flush=True)
    if only == "all":
        made = pack()
        for path in made:
            print(budget.hold("download", _system(), path, BUILT), flush=True)
        made.append(bill.write_bill(DIST / f"{made[0].name}.cdx.json"))
        print(write_sums(made).read_text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
