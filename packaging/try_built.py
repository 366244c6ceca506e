"""Tries the built program, not the source: the practice incident with its PDF, the window testing itself, askpass."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

_SUFFIX = ".exe" if sys.platform == "win32" else ""
_LIMIT = 300.0  # seconds for one try on a slow machine
_CRITICAL = 2  # how the practice incident ends when all works: it holds critical things on purpose
_COULD_NOT_LOOK = 3
_NO_ASKER = 1  # how askpass ends when nobody listens


def try_built(built: Path) -> None:
    """Everything one bundle must do. Raises SystemExit at the first thing wrong."""
    window = "mail-first-aid-window" if sys.platform == "win32" else "mail-first-aid"
    with tempfile.TemporaryDirectory(prefix="mfa-build-") as name:
        folder = Path(name)
        for language in ("ja", "en"):
            pdf = folder / f"{language}.pdf"
            words = ["practice", "--lang", language, "--json", "--pdf", str(pdf)]
            said = run(built / f"mail-first-aid{_SUFFIX}", words, folder, _CRITICAL)
            for code in ("open_relay", "address_listed", "server_unsupported"):
                _expect(f'"{code}"' in said, f"the practice incident does not name {code}:\n{said}")
            _expect(pdf.exists() and pdf.read_bytes().startswith(b"%PDF-"), f"no PDF in {language}")
        said = run(built / f"{window}{_SUFFIX}", ["--self-test"], folder, 0)
        odd = [line for line in said.splitlines() if not line.startswith("self-test: ")]
        _expect(not odd and said.rstrip().endswith("self-test: ok"), f"the self-test says:\n{said}")
        _try_ssh(built / f"mail-first-aid{_SUFFIX}", folder)
        nobody = {"MFA_ASKPASS": str(folder / "nobody") + "|0"}
        run(built / f"{window}{_SUFFIX}", ["Password:"], folder, _NO_ASKER, nobody)


def _try_ssh(program: Path, folder: Path) -> None:
    """The system's ssh must not find our libraries before its own (Linux: LD_LIBRARY_PATH)."""
    if not sys.platform.startswith("linux"):
        return
    seen, stand_in = folder / "seen", folder / "ssh"
    stand_in.write_text(f'#!/bin/sh\necho "${{LD_LIBRARY_PATH-none}}" >> {seen}\necho OpenSSH_9.2p1 >&2\nexit 255\n')
    stand_in.chmod(0o755)
    words = ["check", "--ssh", "nobody@ssh.invalid", "--only", "mail_queue"]
    run(program, words, folder, _COULD_NOT_LOOK, {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"})
    _expect(seen.exists() and str(program.parent) not in seen.read_text(), "the system's ssh is given our libraries")


def run(program: Path, arguments: list[str], folder: Path, status: int, more: dict[str, str] | None = None) -> str:
    """Run a starter far from the source, with an empty home and no Python of ours in its surroundings."""
    ours = ("PYTHON", "VIRTUAL_ENV", "QT_", "DISPLAY", "WAYLAND_DISPLAY")
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    surroundings |= {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        **(more or {}),
    }
    done = subprocess.run(
        [str(program), *arguments], cwd=folder, env=surroundings, timeout=_LIMIT, check=False,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    told = f"{program.name} {' '.join(arguments)}"
    _expect(done.returncode == status, f"{told} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    if arguments == ["--self-test"]:
        _expect(not done.stderr.strip(), f"{told} says on its error output:\n{done.stderr}")
    print(f"ok: {told}", flush=True)
    return done.stdout


def _expect(good: bool, complaint: str) -> None:
    if not good:
        raise SystemExit(complaint)
