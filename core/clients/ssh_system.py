"""The few things that differ between systems: where ssh is, how it is started and ended, how askpass reaches us.

Windows brings its own OpenSSH; before 8.1 it hangs at its exit and gives askpass no text, so it is refused.
Elsewhere `Include`, `ProxyJump` and `IgnoreUnknown` as we write them are understood since 7.6.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal, Protocol

from core.errors import CheckError, CheckTimeoutError

_VERSION = re.compile(r"OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)")
_VERSION_SECONDS = 10.0


class Process(Protocol):
    """What is needed to end a program."""

    @property
    def pid(self) -> int:
        """Its process id."""

    def kill(self) -> None:
        """End it. Raises ProcessLookupError when it is gone already."""


class System(Protocol):
    """What the door needs from the operating system."""

    name: Literal["windows", "mac", "linux"]  # as the texts have it that tell how ssh is to be had
    oldest: tuple[int, int]  # the oldest OpenSSH that works here
    local_sockets: bool  # whether askpass may use a Unix socket; else TCP on loopback
    threaded: bool  # whether programs are started with threads instead of by asyncio (see `program`)

    def find_ssh(self) -> Path | None:
        """The absolute path of ssh; never one found by looking into the current folder."""

    def start_options(self) -> dict[str, Any]:
        """Keyword arguments for starting ssh so that it can be ended with its children and shows no window."""

    def end(self, process: Process, *, by_force: bool) -> None:
        """Ask ssh and its children to end, or end them. Nothing happens when they are gone already."""


class Posix:
    """Linux, macOS, the BSDs: a session of its own, signals to the whole group."""

    name: Literal["windows", "mac", "linux"] = "mac" if sys.platform == "darwin" else "linux"
    oldest = (7, 6)
    local_sockets = True
    threaded = False

    def find_ssh(self) -> Path | None:
        found = shutil.which("ssh") or shutil.which("ssh", path="/usr/bin:/usr/local/bin:/bin")
        return Path(found) if found and Path(found).is_absolute() else None

    def start_options(self) -> dict[str, Any]:
        return {"start_new_session": True}

    def end(self, process: Process, *, by_force: bool) -> None:
        if sys.platform == "win32":
            return
        try:
            os.killpg(process.pid, signal.SIGKILL if by_force else signal.SIGTERM)
        except ProcessLookupError:
            return


class Windows:
    """Microsoft's OpenSSH from the system folder, without a console window."""

    name: Literal["windows", "mac", "linux"] = "windows"
    oldest = (8, 1)
    local_sockets = False
    threaded = True

    def find_ssh(self) -> Path | None:
        root = Path(os.environ.get("SystemRoot", r"C:\Windows"))  # noqa: SIM112 - Windows spells it so
        # A 32-bit program sees the real system folder under the name Sysnative only.
        candidates = [root / folder / "OpenSSH" / "ssh.exe" for folder in ("Sysnative", "System32")]
        return next((path for path in candidates if path.is_file()), None)

    def start_options(self) -> dict[str, Any]:
        return {"creationflags": 0x08000000}  # CREATE_NO_WINDOW

    def end(self, process: Process, *, by_force: bool) -> None:
        try:
            process.kill()
        except ProcessLookupError:
            return


def this_system() -> System:
    """The one we run on."""
    return Windows() if sys.platform == "win32" else Posix()


def version_in(text: str) -> tuple[int, int] | None:
    """The version in what `ssh -V` prints; None when it is not OpenSSH."""
    found = _VERSION.search(text)
    return (int(found.group(1)), int(found.group(2))) if found else None


def usable_ssh(system: System) -> Path:
    """The path of an ssh that works. Blocks for some milliseconds.

    Raises `CheckError` "ssh.program_missing" or "ssh.program_too_old".
    """
    path = system.find_ssh()
    if path is None:
        raise CheckError("ssh.program_missing", system=system.name)
    try:
        asked = subprocess.run([path, "-V"], capture_output=True, stdin=subprocess.PIPE, timeout=_VERSION_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise CheckTimeoutError("ssh.program_missing", system=system.name) from error
    except OSError as error:
        raise not_started(error, "ssh", system) from error
    version = version_in((asked.stderr + asked.stdout).decode("ascii", "replace"))
    if version is None:
        raise CheckError("ssh.program_missing", system=system.name)
    if version < system.oldest:
        versions = {"version": _dotted(version), "needed": _dotted(system.oldest)}
        raise CheckError("ssh.program_too_old", **versions, system=system.name)
    return path


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def run_folder(host: str) -> Path:
    """A folder for one login, entered by nobody else. Raises `CheckError` "ssh.not_started" where none can be made."""
    try:
        return Path(tempfile.mkdtemp(prefix="mfa-"))
    except OSError as error:
        raise CheckError("ssh.not_started", host=host, reason=error.strerror or type(error).__name__) from error


def not_started(error: OSError, host: str, system: System) -> CheckError:
    """Why no login was begun: ssh is not there, or this computer had no room, memory or handles left for it."""
    if isinstance(error, FileNotFoundError | PermissionError):
        return CheckError("ssh.program_missing", system=system.name)
    return CheckError("ssh.not_started", host=host, reason=error.strerror or type(error).__name__)


def remove_folder(folder: Path) -> None:
    """Remove a login's folder. Twice, for what stood in the way may have been of a moment (no free file handle)."""
    for _ in range(2):
        shutil.rmtree(folder, ignore_errors=True)
