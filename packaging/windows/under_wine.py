"""`make build-windows-test`: the Windows program and its setup, made and tried on Linux. Never shipped.

Freezes with a Windows Python under wine, compiles the setup with makensis, then in Japanese and in English: installs
silently, lets the installed program test itself, upgrades, uninstalls keeping the notebook, and removing it.

    python packaging/windows/under_wine.py [--keep]     --keep: do not freeze again
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import budget  # noqa: E402
from release import ROOT, UNPACKED, moment  # noqa: E402
from setup_tests import try_setup  # noqa: E402
from windows_setup import make_setup  # noqa: E402
from wine import LIMIT, Wine  # noqa: E402

MADE = ROOT / "build" / "windows-test"
FROZEN = MADE / "dist" / "mail-first-aid"


def lock_for_windows(uv: str) -> Path:
    """The build's lock, as far as it speaks of Windows."""
    lock, wanted = MADE / "windows.lock", MADE / "windows.in"
    lines = (ROOT / "packaging" / "build.in").read_text().splitlines()
    wanted.write_text("\n".join(line for line in lines if not line.startswith(("#", "cyclonedx"))))
    known = str(ROOT / "packaging" / "build.lock")
    words = [uv, "pip", "compile", str(ROOT / "pyproject.toml"), str(wanted), "-c", known]
    words += ["--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.13", "--generate-hashes", "--quiet"]
    subprocess.run([*words, "--output-file", str(lock)], check=True, timeout=LIMIT)
    return lock


def freeze(wine: Wine) -> None:
    """PyInstaller under wine. The stand-ins for missing libraries must not come along."""
    shutil.rmtree(FROZEN, ignore_errors=True)
    folders = ["--distpath", wine.windows_path(FROZEN.parent), "--workpath", wine.windows_path(MADE / "work")]
    spec = wine.windows_path(ROOT / "packaging" / "mail-first-aid.spec")
    words = [str(wine.python), "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", *folders, spec]
    wine.run(words, more={"SOURCE_DATE_EPOCH": str(moment()), **UNPACKED})
    for stub in ("bcryptprimitives.dll", "icuuc.dll"):
        (FROZEN / "_internal" / stub).unlink(missing_ok=True)


def main() -> int:
    """All of it; SystemExit tells what was wrong."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    MADE.mkdir(parents=True, exist_ok=True)
    wine = Wine(MADE / "wine")
    if "--keep" not in sys.argv[1:]:
        subprocess.run([sys.executable, str(HERE.parent / "build.py"), "--prepare"], check=True, timeout=LIMIT)
        wine.prepare(lock_for_windows(uv), uv)
        freeze(wine)
    setup = make_setup(FROZEN, MADE)
    print(budget.hold("frozen", "windows", FROZEN, FROZEN), flush=True)
    print(budget.hold("download", "windows", setup, FROZEN), flush=True)
    try_setup(wine, setup, FROZEN, MADE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
