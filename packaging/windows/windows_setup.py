"""Compiles the setup for Windows from the frozen folder, with NSIS, on Windows or on Linux."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from release import NAME, ROOT, moment, version

HERE = Path(__file__).resolve().parent
_LIMIT = 900.0  # seconds; 64 MB of dictionary take a minute or two
_STUB = Path("/usr/share/nsis/Stubs/lzma_solid-amd64-unicode")  # Debian's NSIS has a 64-bit starter
_ON_WINDOWS = Path(os.environ.get("PROGRAMFILES(X86)", "C:\\")) / "NSIS" / "makensis.exe"


def make_setup(frozen: Path, folder: Path, *, wanted: str | None = None, sign: str | None = None) -> Path:
    """`folder`/mail-first-aid-<version>-windows-x64-setup.exe. Every warning of the compiler is an error.

    `wanted` gives another version number (for the test of upgrading); `sign` is a command that signs a file.
    """
    compiler = shutil.which("makensis") or (str(_ON_WINDOWS) if _ON_WINDOWS.exists() else None)
    if compiler is None:
        raise SystemExit("makensis is missing: Debian's package nsis, or nsis.sourceforge.io")
    number = wanted or version()
    target = folder / f"{NAME}-{number}-windows-x64-setup.exe"
    size = sum(path.stat().st_size for path in frozen.rglob("*") if path.is_file())
    for path in sorted(frozen.rglob("*")):  # the same files, the same setup: the archive holds their times
        os.utime(path, (moment(), moment()))
    defines = {"VERSION": number, "FILES": frozen, "OUT": target, "SIZE_KB": size // 1024, "LICENCE": ROOT / "LICENSE"}
    words = [f"-D{name}={value}" for name, value in defines.items()]
    if _STUB.exists():
        words.append("-DAMD64")
    if sign:
        words.append(f"-DSIGN_UNINSTALLER={sign}")
    done = subprocess.run(
        [compiler, "-V2", "-WX", "-INPUTCHARSET", "UTF8", *words, str(HERE / "setup.nsi")],
        cwd=HERE, check=False, timeout=_LIMIT, capture_output=True, text=True, errors="replace",
    )  # fmt: skip
    if done.returncode != 0:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise SystemExit(f"makensis ended with {done.returncode}")
    return target
