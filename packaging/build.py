"""Build the program as a folder of its own in dist/mail-first-aid and try the built program, not the source.

python packaging/build.py            build and try
python packaging/build.py --try      try what was built before
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "dist" / "mail-first-aid"
_SUFFIX = ".exe" if sys.platform == "win32" else ""
_LIMIT = 300.0  # seconds for one try on a slow machine
_CRITICAL = 2  # how the practice incident ends when all works: it holds critical things on purpose


def build() -> None:
    """Catalogues, then PyInstaller; raises CalledProcessError when either fails."""
    subprocess.run([sys.executable, str(ROOT / "packaging" / "compile_texts.py")], check=True)
    shutil.rmtree(BUILT, ignore_errors=True)
    folders = ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build")]
    spec = str(ROOT / "packaging" / "mail-first-aid.spec")
    subprocess.run([sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", *folders, spec], check=True)


def try_built() -> None:
    """The practice incident with its PDF on the command line, then the window testing itself. Raises SystemExit."""
    with tempfile.TemporaryDirectory(prefix="mfa-build-") as name:
        folder = Path(name)
        for language in ("ja", "en"):
            pdf = folder / f"{language}.pdf"
            said = _run(
                "mail-first-aid", ["practice", "--lang", language, "--json", "--pdf", str(pdf)], folder, _CRITICAL
            )
            for code in ("open_relay", "address_listed", "server_unsupported"):
                _expect(f'"{code}"' in said, f"the practice incident does not name {code}:\n{said}")
            _expect(pdf.exists() and pdf.read_bytes().startswith(b"%PDF-"), f"no PDF in {language}")
        _run("mail-first-aid-window", ["--self-test"], folder, 0)


def _run(program: str, arguments: list[str], folder: Path, status: int) -> str:
    """Run one of the two starters far from the source, with an empty home and no Python of ours in its surroundings."""
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    surroundings |= {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    surroundings.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        [str(BUILT / f"{program}{_SUFFIX}"), *arguments], cwd=folder, env=surroundings, timeout=_LIMIT, check=False,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    _expect(
        done.returncode == status, f"{program} {arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    )
    print(f"ok: {program} {' '.join(arguments)}")
    return done.stdout


def _expect(good: bool, complaint: str) -> None:
    if not good:
        raise SystemExit(complaint)


def main() -> int:
    """Build unless --try is given, then try; prints the folder and its size."""
    if sys.argv[1:] != ["--try"]:
        build()
    try_built()
    size = sum(path.stat().st_size for path in BUILT.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"{BUILT.relative_to(ROOT)}  {size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
